"""Brings a training's vitals to the rows of the stack while the Train stage is shown."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from workbench.train.events import Vitals
from workbench.ui.row_vitals import TrainedVitals
from workbench.ui.stack_rows import StackRows
from workbench.ui.stages import Stages
from workbench.ui.training import Training
from workbench.ui.wording import grouped

EVERY_MS = 1000
"""Between two pictures of the rows, at least."""


class StackVitals(QObject):
    """Feeds the rows; at most once a second, and only while they are looked at for it."""

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
        if training.vitals is None or self._stages.stage != "train":
            self._rows.set_trained(None)
        else:
            self._rows.set_trained(TrainedVitals(training.vitals.layers, training.findings, self._origin()))

    def _origin(self) -> str:
        """What the figures were measured on, and what measuring takes."""
        vitals = self._training.vitals
        if vitals is None:
            return ""
        step = grouped(vitals.step)
        return self.tr("After step {} · {}").format(step, spent(vitals))


def spent(vitals: Vitals) -> str:
    """Return how often vitals are measured, and what share of the training time that takes."""
    share = f"{100 * vitals.share:.1f}\N{NO-BREAK SPACE}%"
    if math.isnan(vitals.every):
        return tr("vitals: {} of the time").format(share)
    every = (
        f"{vitals.every:.1f}\N{NO-BREAK SPACE}s"
        if vitals.every < 10
        else f"{vitals.every:.0f}\N{NO-BREAK SPACE}s"
    )
    return tr("vitals: every {}, {} of the time").format(every, share)


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("StackVitals", text)
