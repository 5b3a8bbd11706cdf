"""Brings a training's vitals to the rows of the stack while the Train stage is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from workbench.ui.row_vitals import TrainedVitals
from workbench.ui.stack_rows import StackRows
from workbench.ui.stages import Stages
from workbench.ui.training import Training

EVERY_MS = 500
"""Between two pictures of the rows, at least."""


class StackVitals(QObject):
    """Feeds the rows; at most twice a second, and only while they are looked at for it."""

    def __init__(self, rows: StackRows, stages: Stages, training: Training) -> None:
        super().__init__(rows)
        self._rows, self._stages, self._training = rows, stages, training
        self._soon = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._soon.timeout.connect(self.refresh)
        training.vitals_changed.connect(self._refresh_soon)
        training.diagnosed.connect(self._refresh_soon)
        training.run_opened.connect(self.refresh)
        training.state_changed.connect(self._refresh_soon)
        stages.currentChanged.connect(lambda _number: self.refresh())

    def _refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Show in the rows what is known now."""
        self._soon.stop()
        training = self._training
        panel = self._stages.panel("train")
        if training.vitals is None or panel is None or self._stages.currentWidget() is not panel:
            self._rows.set_trained(None)
        else:
            self._rows.set_trained(TrainedVitals(training.vitals.layers, training.findings))
