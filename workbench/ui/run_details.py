"""One run: what a person wrote of it, and what is known."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.runs.checkpoints import Kept
from workbench.runs.info import RunInfo
from workbench.runs.run import Run
from workbench.runs.tags import tags_in
from workbench.ui import theme
from workbench.ui.cards import button, clear, label, scrolling
from workbench.ui.jobs import Latest
from workbench.ui.run_facts import facts_of
from workbench.ui.wording import count
from workbench.ui.workspace import Workspace

_REST_MS = 700
"""Notes are kept when the keys have rested for so long."""


class RunDetails(QWidget):
    """The current run."""

    labelled = Signal(str, dict)
    """A run's id, and the tags or notes that it was given."""
    branch_wanted = Signal(str, int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runDetails")
        self._workspace = workspace
        self._run: RunInfo | None = None
        self._facts: list[tuple[str, str]] = []
        self._read = Latest(workspace.jobs)
        self._read.answered.connect(self._show_checkpoints)
        self._read.failed.connect(workspace.tell_error)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(theme.L)
        self._own = self._words()
        row.addWidget(self._own, 2)
        row.addWidget(self._known(), 3)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._keep_notes)
        self.display(None)

    def _words(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.tags = QLineEdit()
        self.tags.setObjectName("runTags")
        self.tags.setAccessibleName(self.tr("Tags"))
        self.tags.setPlaceholderText(self.tr("baseline, wide, …"))
        self.tags.editingFinished.connect(self._keep_tags)
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("runNotes")
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setPlaceholderText(self.tr("What you tried, and what you learned."))
        self.notes.setTabChangesFocus(True)
        self.notes.textChanged.connect(self._on_typed)
        self.notes.installEventFilter(self)
        column.addWidget(label(self.tr("Tags"), "small"))
        column.addWidget(self.tags)
        column.addWidget(label(self.tr("Notes"), "small"))
        column.addWidget(self.notes, 1)
        return made

    def _known(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(theme.S)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.M)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._checkpoints = QVBoxLayout()
        self._checkpoints.setSpacing(2)
        column.addLayout(self._grid)
        column.addLayout(self._checkpoints)
        column.addStretch(1)
        return scrolling(content)

    def display(self, run: RunInfo | None) -> None:
        """Show a run; what is being typed stays."""
        before, self._run = self._run, run
        same = run is not None and before is not None and before.id == run.id
        if not same and self._rest.isActive():
            self._rest.stop()
            self._keep(before, {"notes": self.notes.toPlainText().strip()})
        self._own.setEnabled(run is not None and run.state != "damaged")
        if not (same and self.tags.hasFocus()):
            self.tags.setText(" ".join(run.tags) if run else "")
        notes = run.notes if run else ""
        if self.notes.toPlainText() != notes and not (
            same and (self.notes.hasFocus() or self._rest.isActive())
        ):
            self.notes.blockSignals(True)
            self.notes.setPlainText(notes)
            self.notes.blockSignals(False)
        if not same:
            clear(self._checkpoints)
        self._show_known()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_known()

    def _show_known(self) -> None:
        """Show what is known of the run, once it is seen: its checkpoints are read for that."""
        run, folder = self._run, self._workspace.folder
        if not self.isVisible():
            return
        self._show_facts(run)
        if run is not None and folder is not None:
            self._read.ask(partial(_checkpoints, folder, run.id))

    def _show_facts(self, run: RunInfo | None) -> None:
        facts = facts_of(run) if run else []
        if facts == self._facts:
            return
        self._facts = facts
        clear(self._grid)
        for place, (name, value) in enumerate(facts):
            told = label(value, wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            said = label(name, "muted")
            said.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, place, 0)
            self._grid.addWidget(told, place, 1)

    def _show_checkpoints(self, found: tuple[str, list[Kept]]) -> None:
        run_id, kept = found
        if self._run is None or self._run.id != run_id:
            return
        clear(self._checkpoints)
        if kept:
            self._checkpoints.addWidget(label(self.tr("Checkpoints to go back to"), "small"))
        for checkpoint in kept:
            line = QHBoxLayout()
            text = self.tr("epoch {} · step {} · {}B").format(
                checkpoint.epoch, checkpoint.step, count(checkpoint.bytes)
            )
            go = button(self.tr("Branch from here"), "link", name=f"branch_{checkpoint.step}")
            go.clicked.connect(partial(self.branch_wanted.emit, run_id, checkpoint.step))
            line.addWidget(label(text, "mono"))
            line.addStretch(1)
            line.addWidget(go)
            self._checkpoints.addLayout(line)

    # What a person writes

    def _keep(self, run: RunInfo | None, facts: dict[str, Any]) -> None:
        if run is not None and any(getattr(run, name) != value for name, value in facts.items()):
            if self._run is not None and self._run.id == run.id:
                self._run = self._run.model_copy(update=facts)
            self.labelled.emit(run.id, facts)

    def _keep_tags(self) -> None:
        try:
            self._keep(self._run, {"tags": tags_in(self.tags.text())})
        except UserError as error:
            self._workspace.tell_error(error)

    def _on_typed(self) -> None:
        self._rest.start()

    def _keep_notes(self) -> None:
        self._rest.stop()
        self._keep(self._run, {"notes": self.notes.toPlainText().strip()})

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.notes and event.type() == QEvent.Type.FocusOut and self._rest.isActive():
            self._keep_notes()
        return super().eventFilter(watched, event)


def _checkpoints(folder: Path, run_id: str) -> tuple[str, list[Kept]]:
    return run_id, Run(folder / "runs" / run_id).checkpoints()
