"""A training as it goes: its figures, its curves, its learning rate, and what is to be said of it."""

from __future__ import annotations

from itertools import cycle

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Page
from workbench.ui.curves_card import CurvesCard
from workbench.ui.diagnosis_card import DiagnosisCard
from workbench.ui.live_plot import LivePlot
from workbench.ui.live_tiles import LiveTiles
from workbench.ui.rate_card import RateCard
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

EVERY_MS = 250
"""Between two parts of the page: the curves have every second turn, which follows them as well as sixty
times a second would, and leaves the time to training. One part at a time holds nothing else up."""


class LivePage(Page):
    """A training as it goes."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("livePage")
        self._training = training
        self._tiles = LiveTiles(workspace, training)
        self._curves = CurvesCard(workspace, training)
        self._rate = RateCard(workspace, training)
        self.column.addWidget(self._tiles)
        self.column.addWidget(self._curves, 1)
        below = QHBoxLayout()
        below.setSpacing(theme.M)
        below.addWidget(self._rate, 6)
        below.addWidget(DiagnosisCard(workspace, training), 5)
        self.column.addLayout(below)
        self._soon = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._soon.timeout.connect(self._refresh_next)
        curves, tiles = self._curves.refresh, self._tiles.refresh
        # A schedule hardly moves in two seconds, and costs as much to draw as curves that do.
        self._turns = cycle((curves, tiles, curves, tiles, curves, tiles, curves, self._rate.refresh))
        training.progressed.connect(self._refresh_soon)
        training.state_changed.connect(self.refresh)
        workspace.opened.connect(self._reset)
        workspace.checked.connect(self.refresh)
        workspace.data_changed.connect(self.refresh)
        self.refresh()

    @property
    def plot(self) -> LivePlot:
        """The live curves."""
        return self._curves.plot

    def choose_run(self, run_id: str) -> None:
        """Draw a past run's curves under the live ones, "" for none."""
        self._curves.choose_run(run_id)

    def refresh(self) -> None:
        """Show everything as it is now, if it is seen."""
        self._soon.stop()
        if self.isVisible():
            self._tiles.refresh()
            self._curves.refresh()
            self._rate.refresh()

    def _refresh_next(self) -> None:
        if self.isVisible():
            next(self._turns)()

    def _refresh_soon(self) -> None:
        if self._training.state != "running":
            self.refresh()
        elif not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _reset(self) -> None:
        self._curves.clear()
        self.refresh()
