"""Opening things: a project, a sample, or data of the user's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from workbench.data.samples import sample_project
from workbench.errors import UserError
from workbench.graph import DataSection, Project, file
from workbench.ui import places
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.importing.result import Imported


class Opening(QObject):
    """Turns whatever people give it into an open project; what goes wrong is told, and nothing changes."""

    project_made = Signal(object)
    """Data were read, and this `Project` was made for them; `create` opens it."""
    import_written = Signal(object)
    """An imported model is a project in this folder; `open_project` opens it."""
    data_opened = Signal()
    """A project that was made just now is open."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace

    def open_sample(self, name: str) -> None:
        """Open a sample in a folder of the user's own; an untouched earlier copy is used again."""
        try:
            project = sample_project(name)
            folder = _untouched(name, project) or places.free_folder(name)
            self._workspace.create(project, folder)
        except UserError as error:
            self._workspace.tell_error(error)

    def open_project(self, path: Path) -> None:
        """Open a project folder or file."""
        try:
            self._workspace.open(path)
        except UserError as error:
            self._workspace.tell_error(error)

    def open_data(self, path: Path, target: str | None = None) -> None:
        """Read data in the background and make a project for it, with a stack that fits."""
        self._workspace.tell(Notice("good", self.tr("Reading {}…").format(path.name)))
        job = self._workspace.jobs.call(partial(_project_for, path, target))
        job.done.connect(self.project_made)
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def write_import(self, imported: Imported) -> None:
        """Write an imported model into a folder of its own, in the background."""
        job = self._workspace.jobs.call(partial(_written, imported))
        job.done.connect(self.import_written)
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def replace_data(self, path: Path) -> None:
        """Give the open project other data; the stack stays."""
        folder = self._workspace.folder
        if folder is not None:
            job = self._workspace.jobs.call(partial(_describe, path, folder))
            job.done.connect(partial(self._replace, folder))
            job.failed.connect(self._workspace.tell_error)
            job.start()

    def _replace(self, folder: Path, section: DataSection) -> None:
        if folder != self._workspace.folder:
            return  # another project was opened meanwhile
        project = self._workspace.project.model_copy(update={"data": section})
        self._workspace.edit(self.tr("Change data"), project)

    def create(self, project: Project) -> None:
        """Write a new project into a folder of its own, and open it."""
        try:
            self._workspace.create(project, places.free_folder(project.name))
        except UserError as error:
            self._workspace.tell_error(error)
            return
        self.data_opened.emit()


def _untouched(name: str, project: Project) -> Path | None:
    folder = places.projects_folder() / name
    same = file.file_of(folder).is_file() and not (folder / "runs").exists()
    if same and file.file_of(folder).read_text(encoding="utf-8") == file.dump(project):
        return folder
    return None


def _project_for(path: Path, target: str | None) -> Project:
    from workbench.data.intake import project_for

    found: tuple[Project, Any] = project_for(path, target)
    return found[0]


def _written(imported: Imported) -> Path:
    from workbench.importing.project import write_project

    folder = places.free_folder(imported.name)
    write_project(imported, folder)
    return folder


def _describe(path: Path, folder: Path) -> DataSection:
    from workbench.data.intake import describe

    return describe(path, folder=folder)
