"""Trying whether the stack learns one batch: how far it has come, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.icons import IconLabel
from workbench.ui.jobs import Jobs
from workbench.ui.preflight_work import Order
from workbench.ui.trial import Trial

if TYPE_CHECKING:
    from workbench.train.preflight.one_batch import OneBatch as Outcome

STEPS = 200

_LOOKS = {
    "learned": ("check-circle", "good"),
    "slow": ("warning", "warning"),
    "stuck": ("warning-circle", "problem"),
    "diverged": ("warning-circle", "problem"),
}


class OneBatch(Trial):
    """The trial under way, or what came of it."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(jobs, "oneBatch", self.tr("Learning one batch…"), parent)
        self._steps = 0
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

    def begin(self, order: Order) -> None:
        """Start a trial."""
        self._steps = 0
        self._outcome.hide()
        self._start(order.learn_one_batch)

    def _take(self, losses: list[float]) -> None:
        self._steps += len(losses)
        self._progress.advance(self._steps / STEPS)

    def _show(self, found: Outcome) -> None:
        self._icon.set_icon(*_LOOKS[found.verdict])
        self._said.setText(f"{found.message} {found.remedy}".strip())
        self._outcome.show()

    def _end(self) -> None:
        focused = self._progress.focused
        super()._end()
        if focused:
            self.closed.emit()
