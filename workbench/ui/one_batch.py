"""Trying whether the stack learns one batch: how far it has come, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.icons import IconLabel
from workbench.ui.jobs import Job, Jobs
from workbench.ui.preflight_work import Order
from workbench.ui.trial_row import TrialRow

if TYPE_CHECKING:
    from workbench.train.preflight.one_batch import OneBatch as Outcome

STEPS = 200

_LOOKS = {
    "learned": ("check-circle", "good"),
    "slow": ("warning", "warning"),
    "stuck": ("warning-circle", "problem"),
    "diverged": ("warning-circle", "problem"),
}


class OneBatch(QWidget):
    """The trial under way, or what came of it; hidden until it is asked for."""

    failed = Signal(object)
    closed = Signal()
    """It ended while it had the focus, which should go on from where it came."""
    busy_changed = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("oneBatch")
        self._jobs = jobs
        self._job: Job | None = None
        self._steps = 0
        self._progress = TrialRow("oneBatch", self.tr("Learning one batch…"))
        self._progress.cancelled.connect(self.cancel)
        self._icon = IconLabel("check-circle", "good", 16)
        self._said = label("", wrap=True, name="oneBatchMessage")
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._outcome = QWidget()
        row = QHBoxLayout(self._outcome)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._progress)
        column.addWidget(self._outcome)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether a trial is under way."""
        return self._job is not None

    def begin(self, order: Order) -> None:
        """Start a trial."""
        self._steps = 0
        self._outcome.hide()
        self._progress.begin()
        self.show()
        job = self._job = self._jobs.run(order.learn_one_batch)
        job.events.connect(self._take)
        job.done.connect(self._show)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        job.start()
        self.busy_changed.emit()

    def cancel(self) -> None:
        """End the trial and put it away."""
        if self._job is not None:
            self._job.stop()
        self.hide()

    def _take(self, losses: list[float]) -> None:
        self._steps += len(losses)
        self._progress.advance(self._steps / STEPS)

    def _show(self, found: Outcome) -> None:
        self._icon.set_icon(*_LOOKS[found.verdict])
        self._said.setText(f"{found.message} {found.remedy}".strip())
        self._outcome.show()

    def _fail(self, error: Exception) -> None:
        self.hide()
        self.failed.emit(error)

    def focus(self) -> None:
        """Take the keyboard, while a trial is under way."""
        self._progress.focus()

    def _end(self) -> None:
        self._job = None
        focused = self._progress.focused
        self._progress.hide()
        self.busy_changed.emit()
        if focused:
            self.closed.emit()
