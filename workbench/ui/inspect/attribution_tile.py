"""One method's answer for the sample: drawn, with what it is worth, its settings, and a check of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Progress
from workbench.ui.cards import Card, button, label
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.attribution_colors import Look
from workbench.ui.inspect.attribution_dialog import AttributionDialog
from workbench.ui.inspect.attribution_reading import Reading, arrays_of, read
from workbench.ui.inspect.attribution_sanity import SanityPart
from workbench.ui.inspect.attribution_settings import AttributionSettings
from workbench.ui.inspect.attribution_state import TileState
from workbench.ui.inspect.attribution_turns import Turns
from workbench.ui.inspect.attribution_view import AttributionView
from workbench.ui.inspect.attribution_words import accuracy, question
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import PATIENCE_MS, Working
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

READOUT = 48
"""Pixels for three lines, kept free, so that nothing jumps."""


class AttributionTile(Card):
    """Asks its method when it is told to."""

    edited = Signal()
    """Its settings are others: it is to be asked anew."""

    def __init__(self, workspace: Workspace, method: Method, turns: Turns) -> None:
        super().__init__(method.title)
        name = f"attribution_{method.name}"
        self.setObjectName(name)
        self.result: Result | None = None
        self.reading: Reading | None = None
        self.pending = False
        """Whether an answer is still to come."""
        self._workspace, self._turns, self._look = workspace, turns, Look()
        self._question: tuple[MakeSubject, Dataset, str] | None = None
        self.job = MethodJob(workspace.jobs, self)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failure)
        self.job.busy_changed.connect(self._on_busy)
        self.view = AttributionView(f"{name}View")
        self.state = TileState(f"{name}State")
        self.state.again.connect(self._ask)
        self.readout = label("", "small", wrap=True, name=f"{name}Readout")
        self.readout.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.readout.setFixedHeight(READOUT)
        self.view.pointed.connect(self._on_pointed)
        self.settings = AttributionSettings(workspace, method, name)
        self.settings.edited.connect(self._on_edit)
        self.sanity = SanityPart(workspace, turns, name)
        self.body.addWidget(Working(self.job, f"{name}Working"))
        for part in (self.view, self.state, self.readout):
            self.body.addWidget(part)
            part.hide()
        self.body.addLayout(self._buttons(name))
        for below in (self.settings, self.sanity):
            self.body.addWidget(below)
            below.hide()
        self.body.addStretch(1)
        self._late = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._late.timeout.connect(self._say_late)
        self._enable(False)

    def _buttons(self, name: str) -> QHBoxLayout:
        self._check = button(self.tr("Sanity check"), "quiet", name=f"{name}Sanity")
        self._check.setStyleSheet("padding-left: 0")
        self._check.setToolTip(self.sanity.help)
        self._check.clicked.connect(self._check_sanity)
        opens = _glyph("sliders-horizontal", self.tr("Settings"), f"{name}Settings")
        opens.setCheckable(True)
        opens.setVisible(self.settings.any)
        opens.toggled.connect(self.settings.setVisible)
        self._enlarge = _glyph("arrows-out-simple", self.tr("Enlarge"), f"{name}Enlarge")
        self._save = _glyph("download-simple", self.tr("Save"), f"{name}Save")
        self._enlarge.clicked.connect(self.enlarge)
        self._save.clicked.connect(self._offer_save)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._check)
        row.addStretch(1)
        for part in (opens, self._enlarge, self._save):
            row.addWidget(part)
        return row

    @property
    def method(self) -> Method:
        """The method, as it is set."""
        return self.settings.method

    # Asking

    def ask(self, make: MakeSubject, dataset: Dataset, sample: str) -> None:
        """Ask the method about a subject; ``sample`` says in words which one it is."""
        self._question = (make, dataset, sample)
        self.sanity.forget()
        self._ask()

    def halt(self) -> None:
        """End what is under way or waits."""
        self._turns.leave(self.job)
        self.sanity.forget()

    def _ask(self) -> None:
        if self._question is None:
            return
        make, dataset, _ = self._question
        self.pending = False
        self._turns.ask(self.job, partial(_explain, make, self.method, dataset))
        self.pending = True
        self._enable(False)
        if self.view.isVisibleTo(self):
            self._late.start()  # what is there stays for a moment: most answers are quick
        else:
            self._say_late()

    def _on_answer(self, found: tuple[Result, Reading]) -> None:
        self._settle()
        self.result, self.reading = found
        self.state.hide()
        for part in (self.view, self.readout):
            part.show()
        self.title.setToolTip(f"{self.method.help}\n{self.result.note}")
        self.view.display(self.reading, self._look)
        self._enable(True)
        self._offer(True)

    def _on_failure(self, error: Exception) -> None:
        self._settle()
        self._clear()
        self.state.say(str(error), "warning", "warning")
        self._offer(False)
        if not isinstance(error, UserError):
            self._workspace.tell_error(error)

    def _on_busy(self, busy: bool) -> None:
        if not busy and self.pending:
            self._settle()
            self._clear()
            self.state.say(self.tr("Cancelled"), "x-circle", again=True)
        elif self.state.isVisibleTo(self):
            self._say_late()

    def _on_pointed(self, said: str, one: bool) -> None:
        """Say what is pointed at; while nothing is, how far the attributions add up."""
        adds_up = "" if one or self.result is None else accuracy(self.result)
        self.readout.setText(adds_up or said)

    def _settle(self) -> None:
        self.pending = False
        self._late.stop()

    def _say_late(self) -> None:
        if self.pending or self.job.busy:
            self._clear()
            waits = self._turns.is_waiting(self.job)
            self.state.say(self.tr("Waits for its turn") if waits else self.tr("At work"), "hourglass")

    def _clear(self) -> None:
        for part in (self.view, self.readout):
            part.hide()

    def _enable(self, on: bool) -> None:
        for part in (self._enlarge, self._save, self._check):
            part.setEnabled(on)

    def _offer(self, on: bool) -> None:
        for part in (self._enlarge, self._save, self._check):
            part.setVisible(on)

    def _on_edit(self) -> None:
        self.sanity.forget()
        self.edited.emit()

    # What can be done with it

    def show_look(self, look: Look) -> None:
        """Draw in another way."""
        self._look = look
        if self.reading is not None and not self.pending:
            self.view.display(self.reading, look)

    def enlarge(self) -> None:
        """Show it in a window of its own."""
        if self.reading is not None and self.result is not None and not self.pending:
            note = f"{self.result.note} {accuracy(self.result)}".strip()
            AttributionDialog(self._words(), note, self.reading, self._look, self).open()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.enlarge()

    def _offer_save(self) -> None:
        if self.reading is not None and self.result is not None:
            arrays = arrays_of(self.reading, self.result.arrays)
            if self.sanity.found is not None:
                arrays["sanity_correlations"] = np.array(self.sanity.found.correlations)
            save_menu.offer(self, self._workspace, View(self._words(), self.result.note, self.view, arrays))

    def _check_sanity(self) -> None:
        if self._question is not None:
            self.sanity.ask(self._question[0], self.method)

    def _words(self) -> str:
        assert self._question is not None
        _, dataset, sample = self._question
        return question(self.method.title, self.result, dataset, sample)


def _explain(
    make: MakeSubject, method: Method, dataset: Dataset, progress: Progress
) -> tuple[Result, Reading]:
    result = method.run(make(progress))
    return result, read(result, dataset)


def _glyph(glyph: str, says: str, name: str) -> QPushButton:
    made = button("", "flat", glyph=glyph, name=name)
    made.setIconSize(QSize(16, 16))
    made.setFixedSize(26, 26)
    made.setStyleSheet("padding: 0")
    made.setAccessibleName(says)
    made.setToolTip(says)
    return made
