"""Looking for a learning rate: the loss while the rate grows, and the rate to take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.axis import Axis
from workbench.ui.cards import button, label
from workbench.ui.jobs import Jobs
from workbench.ui.plots import Plot, Series, pen
from workbench.ui.preflight_work import Order
from workbench.ui.trial import Trial

if TYPE_CHECKING:
    from workbench.train.preflight.rates import RateTest, Tried

STEPS = 140
DRAW_MS = 120


class RatePlot(Plot):
    """Loss over the learning rate, on a logarithmic scale; the line marks the rate to take."""

    moved = Signal(float)
    """The line was dragged to this rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ratePlot", bottom=self.tr("learning rate"), parent=parent)
        item = self.getPlotItem()
        item.setAxisItems({side: Axis(side) for side in ("left", "bottom")})
        self.dress()
        item.setLogMode(x=True)
        item.setMouseEnabled(False, False)
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        bottom = item.getAxis("bottom")
        bottom.setTicks([[(p, f"{10.0**p:g}".replace("e-0", "e-")) for p in (-7, -5, -3, -1, 1)]])
        self._raw = item.plot()
        self._smooth = item.plot()
        self._line = pg.InfiniteLine(angle=90, movable=True)
        self._line.sigPositionChanged.connect(lambda: self.moved.emit(10 ** self._line.value()))
        item.addItem(self._line, ignoreBounds=True)
        self.show_losses([], [])
        self.redress()

    def redress(self) -> None:
        faint = theme.current().color("accent")
        faint.setAlpha(130)
        self._raw.setPen(pg.mkPen(faint, width=1))
        self._smooth.setPen(pen("accent", 1.8))
        self._line.setPen(pen("good", 1.6, dash=True))
        self._line.setHoverPen(pen("good", 2.6))

    def show_losses(self, rates: Any, losses: Any) -> None:
        """Draw what was tried so far; nothing is marked yet."""
        self._points = np.asarray(rates, dtype=float), np.asarray(losses, dtype=float)
        self._raw.setData(*self._points)
        self._smooth.setData([], [])
        self._line.hide()
        self._fit(self._points[1])

    def show_test(self, found: RateTest) -> None:
        """Draw the whole test, and mark the suggestion."""
        self.show_losses(found.rates, found.losses)
        self._smooth.setData(found.rates, found.smoothed)
        self._fit(found.smoothed)
        if found.suggestion is not None:
            self._line.setValue(np.log10(found.suggestion))
            self._line.show()

    def series(self) -> Series:
        """See `Plot.series`: rates, not their logarithms."""
        return {"loss": self._points} if len(self._points[0]) else {}

    def _fit(self, losses: Any) -> None:
        """Leave a loss that runs away at the end above the picture."""
        item = self.getPlotItem()
        item.setXRange(-7.4, 1.4, padding=0)
        finite = losses[np.isfinite(losses)]
        if len(finite):
            low, start = float(finite.min()), float(np.median(finite[: max(1, len(finite) // 3)]))
            room = max(start - low, 0.25 * abs(start), 1e-12)
            item.setYRange(low - 0.08 * room, start + 0.5 * room, padding=0)


class RateFinder(Trial):
    """The test under way and what it found."""

    used = Signal(float)
    """Take this learning rate."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(jobs, "rateFinder", self.tr("Trying learning rates…"), parent)
        self._rates: list[float] = []
        self._losses: list[float] = []
        self._rate = 0.0
        self.plot = RatePlot()
        self.plot.setFixedHeight(140)
        # a few pictures a second follow the test as well as sixty, and leave the time to it
        self._draw_soon = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw_soon.timeout.connect(lambda: self.plot.show_losses(self._rates, self._losses))
        self._said = label("", "muted", wrap=True, name="rateMessage")
        self._use = button("", "primary", name="useRate")
        self._use.clicked.connect(self._take_up)
        self._close = button(self.tr("Close"), "flat", name="closeRate")
        self._close.clicked.connect(self._put_away)
        self.plot.moved.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        foot = QHBoxLayout()
        foot.addWidget(self._use)
        foot.addWidget(self._close)
        foot.addStretch(1)
        for part in (self.plot, self._progress, self._said):
            column.addWidget(part)
        column.addLayout(foot)

    def begin(self, order: Order) -> None:
        """Start a test."""
        self._rates, self._losses = [], []
        self.plot.show_losses([], [])
        for part in (self._use, self._close, self._said):
            part.hide()
        self._start(order.find_rate)

    def _take(self, tried: list[Tried]) -> None:
        for event in tried:
            self._rates += event.rates.tolist()
            self._losses += event.losses.tolist()
        if not self._draw_soon.isActive():
            self._draw_soon.start()
        self._progress.advance(len(self._rates) / STEPS)

    def _show(self, found: RateTest) -> None:
        self._draw_soon.stop()
        self.plot.show_test(found)
        self._said.setText(found.message)
        self._said.show()
        self._close.show()
        self._use.setVisible(found.suggestion is not None)
        if found.suggestion is not None:
            self._choose(found.suggestion)
            self._use.setFocus()

    def _choose(self, rate: float) -> None:
        self._rate = float(f"{rate:.2g}")
        self._use.setText(self.tr("Use {}").format(f"{self._rate:g}"))

    def _put_away(self) -> None:
        self.closed.emit()
        self.hide()

    def _take_up(self) -> None:
        self._put_away()
        self.used.emit(self._rate)

    def _end(self) -> None:
        self._draw_soon.stop()
        super()._end()
