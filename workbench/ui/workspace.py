"""What is open in the window: the project, its data and what checking found."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.errors import UserError
from workbench.graph import Document, Graph, Project, file
from workbench.graph.copies import spread
from workbench.graph.facts import Facts
from workbench.ui.ahead import import_ahead
from workbench.ui.checking import Checking
from workbench.ui.data_reading import DataReading
from workbench.ui.jobs import Jobs
from workbench.ui.kept_blocks import KeptBlocks
from workbench.ui.notice import Notice
from workbench.ui.saving import Saving
from workbench.ui.stack_edits import StackEdits

if TYPE_CHECKING:
    from workbench.build.check import Report
    from workbench.data.dataset import Dataset


class Workspace(QObject):
    """One open project. Every panel reads it and changes it through the methods here."""

    opened = Signal()
    """Another project is open."""
    changed = Signal()
    """The project was edited, undone, redone or saved."""
    checked = Signal()
    """`report` is new."""
    data_changed = Signal()
    """`dataset`, `data_error` or `loading` is new."""
    selected = Signal(str)
    """Another layer or block is selected."""
    notified = Signal(object)
    """A `Notice` for the user."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(jobs)
        self.jobs = jobs
        self.folder: Path | None = None
        self.document = Document(Project())
        self.selection = ""
        self._seen = Graph()  # the stack that the selection is of
        self._engine = False
        self.stack = StackEdits(self)
        self.kept = KeptBlocks(jobs, self.tell_error, self)
        self.saving = Saving(self)
        self._check = Checking(jobs, self)
        self._check.checked.connect(self.checked)
        self._check.failed.connect(self.tell_error)
        self._data = DataReading(jobs, self)
        self._data.changed.connect(self.data_changed)
        self._data.failed.connect(self.tell_error)
        self._data.ended.connect(self._recheck)

    # The project

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.document.project

    @property
    def graph(self) -> Graph:
        """The stack as it is now."""
        return self.document.project.model

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self.folder is not None

    def open(self, folder: Path) -> None:
        """Open the project in a folder. Raises `UserError`, leaving what was open as it was."""
        project = file.load(folder)
        self.folder = (folder.parent if folder.suffix == ".json" else folder).absolute()
        self.document = Document(project)
        self._check.forget()
        self._data.forget()
        self.selection = ""
        recovered = file.load_recovery(self.folder)
        self.opened.emit()
        if recovered is not None and recovered != project:
            self.document.apply(self.tr("Restore unsaved work"), recovered)
            self.tell(
                Notice(
                    "warning",
                    self.tr("Unsaved work from the last time was restored."),
                    ((self.tr("Discard it"), self.undo),),
                )
            )
        self._refresh()

    def create(self, project: Project, folder: Path) -> None:
        """Write a new project into a folder and open it. Raises `UserError`."""
        file.save(project, folder)
        self.open(folder)

    def edit(self, label: str, project: Project, merge_key: str | None = None) -> None:
        """Change the project; undo takes it back under this name."""
        if self.document.apply(label, project, merge_key):
            self._refresh()
            self.saving.keep_recovery_soon()

    def edit_graph(self, label: str, change: Callable[[Graph], Graph], merge_key: str | None = None) -> bool:
        """Change the stack; a change that can't be is told and left undone. Return whether it was made."""
        try:
            graph = spread(self.graph, change(self.graph))
        except UserError as error:
            self.tell_error(error)
            return False
        self.edit(label, self.project.model_copy(update={"model": graph}), merge_key)
        return True

    def undo(self) -> None:
        """Take the last edit back."""
        if self.document.undo() is not None:
            self._refresh()
            self.saving.keep_recovery_soon()

    def redo(self) -> None:
        """Do the edit last taken back again."""
        if self.document.redo() is not None:
            self._refresh()
            self.saving.keep_recovery_soon()

    # The stack

    def select(self, layer_id: str) -> None:
        """Make a layer or a block the one that panels show."""
        if layer_id != self.selection:
            self.selection = layer_id
            self.selected.emit(layer_id)

    # What is worked out in the background

    def start_engine(self) -> None:
        """Let the background work begin that needs torch; called once the window is painted."""
        self._engine = True
        self.jobs.call(_load_ahead).start()
        self._refresh()

    @property
    def report(self) -> Report | None:
        """What checking found; None before it did."""
        return self._check.report

    @property
    def dataset(self) -> Dataset | None:
        """The data; None where there are none, or while they are read."""
        return self._data.dataset

    @property
    def data_error(self) -> UserError | None:
        """Why the data can't be read."""
        return self._data.error

    @property
    def loading(self) -> bool:
        """Whether data are being read."""
        return self._data.loading

    @property
    def facts(self) -> Facts | None:
        """What the stack must fit, once data are loaded."""
        return self.dataset.facts if self.dataset else None

    def _refresh(self) -> None:
        graph = self.graph
        known = {node.id for node in graph} | {block.id for block in graph.blocks}
        if self.selection and self.selection not in known:
            self.selection = self._still_there(known)
            self.selected.emit(self.selection)
        self._seen = graph
        self.changed.emit()
        if self._engine and self.folder is not None:
            self._data.read(self.project.data, self.folder)
        self._recheck()

    def _still_there(self, known: set[str]) -> str:
        """The layer nearest above the selected one, which an edit or its undoing took away."""
        before = [node.id for node in self._seen]
        at = before.index(self.selection) if self.selection in before else 0
        return next((name for name in reversed(before[:at]) if name in known), "")

    def _recheck(self) -> None:
        if self._engine and self.is_open:
            self._check.ask(self.project, self.facts)

    # Telling

    def tell(self, notice: Notice) -> None:
        """Show the user a notice."""
        self.notified.emit(notice)

    def tell_error(self, error: Exception) -> None:
        """Show the user what went wrong."""
        if isinstance(error, UserError):
            self.tell(Notice("problem", str(error)))
        else:
            text = self.tr("The program made a mistake: {}. Your project is unchanged; please report it.")
            self.tell(Notice("problem", text.format(f"{type(error).__name__}: {error}")))


def _load_ahead() -> None:
    """Import what a panel or a key press needs before it does, so that it doesn't wait for it."""
    import_ahead(
        "workbench.templates.registry",
        "pyqtgraph.exporters",
        "workbench.ui.inspect.panel",
        "workbench.ui.train_panel",
        "workbench.ui.settings_page",
        "workbench.ui.search_page",
        "workbench.ui.evaluate_panel",
        "workbench.ui.export_panel",
        "workbench.train.warm_up",
    )
    import_module("workbench.train.warm_up").warm_up()
