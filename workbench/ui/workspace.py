"""What is open in the window: the project, its data, what checking found, and its runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.errors import UserError
from workbench.graph import DataSection, Document, Graph, Project, file
from workbench.graph.copies import spread
from workbench.graph.facts import Facts
from workbench.ui.ahead import import_ahead
from workbench.ui.jobs import Jobs, Latest
from workbench.ui.kept_blocks import KeptBlocks
from workbench.ui.notice import Notice
from workbench.ui.stack_edits import StackEdits

if TYPE_CHECKING:
    from workbench.build.check import Report
    from workbench.data.dataset import Dataset

AUTOSAVE_MS = 1000
AT_ONCE = 2000
"""Layers up to which an edit is checked before the next frame, if it changes little."""
AT_ONCE_SECONDS = 0.005


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
        self.report: Report | None = None
        self.dataset: Dataset | None = None
        self.data_error: UserError | None = None
        self.loading = False
        self.selection = ""
        self._seen = Graph()  # the stack that the selection is of
        self.stack = StackEdits(self)
        self.kept = KeptBlocks(jobs, self.tell_error, self)
        self._loaded_section: DataSection | None = None
        self._engine = False
        self._saving = False
        self._check = Latest(jobs)
        self._check.answered.connect(self._on_checked)
        self._check.failed.connect(self.tell_error)
        self._load = Latest(jobs)
        self._load.answered.connect(self._on_loaded)
        self._load.failed.connect(self._on_not_loaded)
        self._write = Latest(jobs)
        self._write.answered.connect(self._on_written)
        self._write.failed.connect(self._on_not_written)
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(self.keep_recovery)

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
        self.report, self.dataset, self.data_error = None, None, None
        self._loaded_section = None
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
            self._autosave.start()

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
            self._autosave.start()

    def redo(self) -> None:
        """Do the edit last taken back again."""
        if self.document.redo() is not None:
            self._refresh()
            self._autosave.start()

    # The stack

    def select(self, layer_id: str) -> None:
        """Make a layer or a block the one that panels show."""
        if layer_id != self.selection:
            self.selection = layer_id
            self.selected.emit(layer_id)

    # Checking and data

    def start_engine(self) -> None:
        """Let the background work begin that needs torch; called once the window is painted."""
        self._engine = True
        self.jobs.call(_load_ahead).start()
        self._refresh()

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
        self._refresh_data()
        self._recheck()

    def _still_there(self, known: set[str]) -> str:
        """The layer nearest above the selected one, which an edit or its undoing took away."""
        before = [node.id for node in self._seen]
        at = before.index(self.selection) if self.selection in before else 0
        return next((name for name in reversed(before[:at]) if name in known), "")

    def _recheck(self) -> None:
        if not self._engine or not self.is_open:
            return
        if self.report is not None and not self._check.busy and len(self.graph) <= AT_ONCE:
            # What most edits change is worked out within a frame; a thread would only make people wait.
            try:
                found = _check(self.project, self.facts, self.report, AT_ONCE_SECONDS)
            except TimeoutError:
                pass
            else:
                self._on_checked(found)
                return
        self._check.ask(partial(_check, self.project, self.facts, self.report))

    def _refresh_data(self) -> None:
        section = self.project.data
        if not self._engine or not self.is_open or section == self._loaded_section:
            return
        self._loaded_section = section
        self.dataset, self.data_error = None, None
        self.loading = section is not None
        if section is not None and self.folder is not None:
            self._load.ask(partial(_load, section, self.folder))
        self.data_changed.emit()

    def _on_checked(self, found: tuple[Project, Report]) -> None:
        project, report = found
        if project.model is self.graph and project.training is self.project.training:
            self.report = report
            self.checked.emit()

    def _on_loaded(self, found: tuple[DataSection, Dataset]) -> None:
        section, dataset = found
        if section == self.project.data:
            self.dataset, self.loading = dataset, False
            self.data_changed.emit()
            self._recheck()

    def _on_not_loaded(self, error: Exception) -> None:
        self.loading = False
        self.data_error = error if isinstance(error, UserError) else UserError(str(error))
        self.data_changed.emit()
        self.tell_error(error)
        self._recheck()

    # Saving

    def save(self) -> None:
        """Write the project file in the background."""
        if self.folder is not None:
            self._saving = True
            self._autosave.stop()
            self._write.ask(partial(_save, self.project, self.folder))

    def save_now(self) -> None:
        """Write the project file before returning; for closing. Raises `UserError`."""
        if self.folder is not None:
            self._autosave.stop()
            file.save(self.project, self.folder)
            self.document.mark_saved(self.project)

    def discard_changes(self) -> None:
        """Drop the copy of unsaved work; for closing without saving."""
        self._autosave.stop()
        if self.folder is not None:
            file.discard_recovery(self.folder)

    def keep_recovery(self) -> None:
        """Keep unsaved work beside the project, for after a crash; done by itself a second after an edit."""
        if self.folder is None or self._saving:
            return
        if self.document.saved:
            self._write.ask(partial(file.discard_recovery, self.folder))
        else:
            self._write.ask(partial(file.save_recovery, self.project, self.folder))

    def _on_written(self, project: Project | None) -> None:
        if project is not None:
            self._saving = False
            self.document.mark_saved(project)
            self.changed.emit()

    def _on_not_written(self, error: Exception) -> None:
        self._saving = False
        self.tell_error(error)

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
        "workbench.train.warm_up",
    )
    import_module("workbench.train.warm_up").warm_up()


def _check(
    project: Project, facts: Facts | None, before: Report | None, within: float = math.inf
) -> tuple[Project, Report]:
    from workbench.build.check import check

    return project, check(project.model, facts, project.training, before, within)


def _load(section: DataSection, folder: Path) -> tuple[DataSection, Any]:
    from workbench.data.load import load

    return section, load(section, folder)


def _save(project: Project, folder: Path) -> Project:
    file.save(project, folder)
    return project
