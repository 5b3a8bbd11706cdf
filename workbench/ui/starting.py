"""The ways to begin: what the user is asked, and where a file that is given leads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from workbench.data.samples import SAMPLES
from workbench.graph import Graph, Project, file
from workbench.ui import places
from workbench.ui.file_choice import ask_for_file
from workbench.ui.opening import Opening
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.importing.result import Imported
    from workbench.ui.import_dialog import ImportDialog


class Starting(QObject):
    """Samples, data, projects, templates and models from elsewhere.

    ``may_leave`` asks about what would be lost of the open project.
    """

    def __init__(self, workspace: Workspace, window: QWidget, may_leave: Callable[[], bool]) -> None:
        super().__init__(window)
        self._workspace, self._window, self._may_leave = workspace, window, may_leave
        self.opening = Opening(workspace)
        self.opening.project_made.connect(self._open_made)
        self.opening.import_written.connect(self._open_written)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the actions of this part do, by their keys."""
        return {
            "new_template": self.templates,
            "open_sample": self.ask_for_sample,
            "open_data": self.ask_for_data,
            "open_data_folder": self.ask_for_data_folder,
            "open_project": self.ask_for_project,
            "import_pytorch": self.import_pytorch,
            "import_onnx": self.import_onnx,
        }

    # What is given

    def open_sample(self, name: str) -> None:
        """Open a sample as a project of the user's own."""
        if self._may_leave():
            self.opening.open_sample(name)

    def open_path(self, path: Path) -> None:
        """Open a project, import a model, or make a project from a data file or folder."""
        suffix = path.suffix.lower()
        if suffix == ".onnx" and path.is_file():
            self.import_onnx(path)
        elif suffix == ".py" and path.is_file():
            self.import_pytorch(path)
        elif not file.file_of(path).is_file():
            self.opening.open_data(path)  # asks to leave what is open once there is something to open
        elif self._may_leave():
            self.opening.open_project(path)

    # What is asked

    def ask_for_sample(self) -> None:
        """Let the user choose a sample."""
        titles = [sample.title for sample in SAMPLES]
        title, chosen = QInputDialog.getItem(
            self._window, self.tr("Open a sample"), self.tr("Sample"), titles, editable=False
        )
        if chosen:
            self.open_sample(SAMPLES[titles.index(title)].name)

    def ask_for_data(self) -> None:
        """Let the user choose a data file."""
        kinds = self.tr("Data (*.csv *.tsv *.txt *.npz *.npy *.gz *idx*-ubyte);;All files (*)")
        chosen = ask_for_file(self._window, self.tr("Choose data"), kinds, "data")
        if chosen is not None:
            self.open_path(chosen)

    def ask_for_data_folder(self) -> None:
        """Let the user choose a folder of images or arrays."""
        chosen = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder of data"))
        if chosen:
            self.open_path(Path(chosen))

    def ask_for_other_data(self, folder: bool) -> None:
        """Let the user choose a file, or a folder, in place of the open project's data."""
        if folder:
            chosen = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder of data"))
        else:
            chosen, _ = QFileDialog.getOpenFileName(self._window, self.tr("Choose data"))
        if chosen:
            self.opening.replace_data(Path(chosen))

    def ask_for_project(self) -> None:
        """Let the user choose a project folder."""
        start = str(places.projects_folder())
        chosen = QFileDialog.getExistingDirectory(self._window, self.tr("Open a project"), start)
        if chosen:
            self.open_path(Path(chosen))

    # Templates

    def templates(self) -> None:
        """Show the gallery of templates."""
        from workbench.ui.template_gallery import TemplateGallery

        gallery = TemplateGallery(self._workspace, self._window)
        gallery.use_wanted.connect(self._use_template)
        gallery.new_wanted.connect(self._new_from_template)
        gallery.open()

    def _use_template(self, title: str, graph: Graph) -> None:
        workspace = self._workspace
        project = workspace.project.model_copy(update={"model": graph})
        workspace.edit(self.tr("Use template {}").format(title), project)
        self._fold(graph)

    def _new_from_template(self, title: str, graph: Graph) -> None:
        if self._may_leave():
            self.opening.create(Project(name=title, model=graph))
            self._fold(graph)

    def _fold(self, graph: Graph) -> None:
        """Show a stack that the user hasn't seen yet with its blocks folded."""
        if self._workspace.graph is graph or self._workspace.graph == graph:
            self._workspace.stack.fold([block.id for block in graph.blocks], True)

    # Models from elsewhere

    def import_pytorch(self, path: Path | None = None) -> None:
        """Show the dialog that imports a class of a .py file."""
        from workbench.ui.import_pytorch import ImportPyTorch

        self._present(ImportPyTorch(self._workspace, self._window), path)

    def import_onnx(self, path: Path | None = None) -> None:
        """Show the dialog that imports an .onnx file; a file that is given is read at once."""
        from workbench.ui.import_onnx import ImportOnnx

        self._present(ImportOnnx(self._workspace, self._window), path)

    def _present(self, dialog: ImportDialog, path: Path | None) -> None:
        dialog.new_wanted.connect(self.opening.write_import)
        dialog.use_wanted.connect(self._use_import)

        def present() -> None:
            dialog.open()
            if path is not None:
                dialog.set_path(path)

        if self._window.isVisible():
            present()
        else:  # the program was started with this file: the window comes first
            QTimer.singleShot(0, dialog, present)

    def _use_import(self, imported: Imported) -> None:
        """Make an import the open project's stack; its weights are written first."""
        folder = self._workspace.folder
        if folder is None:
            return
        job = self._workspace.jobs.call(partial(_write_weights, imported, folder))
        job.done.connect(partial(self._replace, imported, folder))
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def _replace(self, imported: Imported, folder: Path, weights: str) -> None:
        workspace = self._workspace
        if folder != workspace.folder:
            return  # another project was opened meanwhile
        training = workspace.project.training.model_copy(update={"weights": weights})
        project = workspace.project.model_copy(update={"model": imported.graph, "training": training})
        workspace.edit(self.tr("Import {}").format(imported.name), project)
        self._fold(imported.graph)

    def _open_made(self, project: Project) -> None:
        if self._may_leave():
            self.opening.create(project)

    def _open_written(self, folder: Path) -> None:
        if self._may_leave():
            self.opening.open_project(folder)
            self._fold(self._workspace.graph)


def _write_weights(imported: Imported, folder: Path) -> str:
    from workbench.importing.project import write_weights

    return write_weights(imported, folder)
