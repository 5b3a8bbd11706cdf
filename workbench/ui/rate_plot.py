"""The learning rate over a run: as it was, as it is planned, and a point to drag."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.axis import Axis
from workbench.ui.curve import Curve
from workbench.ui.plots import Plot, Series, pen

FLOOR = 1e-3
"""Share of the greatest rate below which the plot doesn't go: a cosine ends at nothing."""
TWO_DECADES = 2.0
TINY = 1e-30
"""What a rate of nothing is drawn as, far below the plot."""
REACH = 24
"""Pixels beside the line of this moment from which it can be dragged."""

Plan = tuple[NDArray[np.float64], NDArray[np.float64]]


class Rates(Axis):
    """A logarithmic axis that names decades, and what lies between them where there are few."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        shares = (1, 2, 5) if high - low < TWO_DECADES else (1,)
        decades = range(math.floor(low), math.ceil(high) + 1)
        ticks = [decade + math.log10(share) for decade in decades for share in shares]
        return [(1.0, [tick for tick in ticks if low <= tick <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [written(rounded(10**value)) for value in values]


class RatePlot(Plot):
    """Learning rates on a logarithmic scale. Dragging the point of this moment asks for another rate."""

    dragged = Signal(float)
    """The rate under the mouse, while the point is dragged."""
    dropped = Signal(float)
    """The rate at which it was let go."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="", parent=parent)
        item = self.getPlotItem()
        item.setAxisItems({"left": Rates("left"), "bottom": Axis("bottom")})
        for side in ("left", "bottom"):
            item.getAxis(side).setStyle(maxTickLevel=0, tickAlpha=255)
        self.dress()
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.setMouseEnabled(x=False, y=False)
        item.getAxis("left").setLogMode(y=True)
        self._planned = pg.PlotCurveItem(name="planned")
        self._done = pg.PlotCurveItem(name="so far")
        self._now = pg.InfiniteLine(angle=90)
        self._point = pg.ScatterPlotItem(size=11)
        for part in (self._planned, self._done, self._now, self._point):
            item.addItem(part, ignoreBounds=True)
        self._plan: Plan = (np.empty(0), np.empty(0))
        self._place, self._rate = 0.0, 0.0
        self._dragging: float | None = None
        self.draggable = False
        self.setFixedHeight(104)
        self.setMouseTracking(True)
        self.redress()

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=False, y=True, alpha=1.0)

    def redress(self) -> None:
        look = theme.current()
        self._planned.setPen(pen("good", 1, dash=True))
        self._done.setPen(pen("good", 2))
        self._now.setPen(pen("muted", 1, dash=True))
        self._point.setPen(pg.mkPen(look.color("card"), width=2))
        self._point.setBrush(look.color("good"))

    def display(self, plan: Plan, done: Curve, now: float | None) -> None:
        """Show a plan (epochs and rates), what was done, and where training is; None before it runs."""
        self._plan = plan
        x, y = done.view(*done.span, max(50, int(self._box.width()))) if len(done) else _NONE
        self._done.setData(x, np.log10(np.maximum(y, TINY)))
        self._rate = float(done.tail(1)[0]) if len(done) else 0.0
        self._place = now or 0.0
        shown = now is not None and self._rate > 0
        self._now.setVisible(shown)
        self._point.setVisible(shown)
        self._fit(done)
        self._draw()

    def _fit(self, done: Curve) -> None:
        epochs, rates = self._plan
        if not len(epochs) or self._dragging is not None:
            return
        known: NDArray[np.float64] = np.concatenate((rates, done.tail(4000).astype(np.float64)))
        top = float(known.max(initial=0.0))
        if top <= 0:
            return
        low = max(float(known[known > 0].min()), top * FLOOR)
        self._box.setXRange(0, max(float(epochs[-1]), self._place, 1e-9), padding=0.02)
        self._box.setYRange(math.log10(low) - 0.5, math.log10(top) + 0.5, padding=0)

    def _draw(self) -> None:
        rate = self._dragging or self._rate
        epochs, rates = self._plan
        later = epochs >= self._place if self._rate > 0 else np.ones(len(epochs), bool)
        scale = rate / self._rate if self._rate > 0 else 1.0
        self._planned.setData(epochs[later], np.log10(np.maximum(rates[later] * scale, TINY)))
        if rate > 0:
            self._now.setPos(self._place)
            self._point.setData([self._place], [math.log10(rate)])

    def series(self) -> Series:
        """Return the plan and what was done, as rates."""
        drawn = {"planned": self._planned, "so far": self._done}
        points = {name: item.getData() for name, item in drawn.items()}
        return {name: (x, 10**y) for name, (x, y) in points.items() if x is not None and len(x)}

    # Dragging

    def _near(self, event: QMouseEvent) -> bool:
        if not (self.draggable and self._point.isVisible()):
            return False
        at = self._box.mapViewToScene(QPointF(self._place, math.log10(self._rate)))
        return bool(abs(self.mapToScene(event.position().toPoint()).x() - at.x()) <= REACH)

    def _under(self, event: QMouseEvent) -> float:
        y = self._box.mapSceneToView(self.mapToScene(event.position().toPoint())).y()
        low, high = self._box.viewRange()[1]
        return float(10 ** min(max(y, low), high))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._near(event):
            self._drag(event)
        else:
            super().mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging is not None:
            self._drag(event)
            return
        shape = Qt.CursorShape.SizeVerCursor if self._near(event) else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging is None:
            super().mouseReleaseEvent(event)
            event.accept()
            return
        rate, self._dragging = rounded(self._under(event)), None
        self.dropped.emit(rate)
        self._draw()

    def _drag(self, event: QMouseEvent) -> None:
        self._dragging = rounded(self._under(event))
        self._draw()
        self.dragged.emit(self._dragging)


_NONE: tuple[NDArray[Any], NDArray[Any]] = (np.empty(0), np.empty(0))


def rounded(rate: float) -> float:
    """Return a rate with two digits, as people write it."""
    return float(f"{rate:.1e}")


def written(rate: float) -> str:
    """Return a rate as people write it: 0.001, 3.2e-5."""
    return f"{rate:.3g}".replace("e-0", "e-")


def scaled(plan: Plan, place: float, rate: float) -> Plan:
    """Return the plan that goes through ``rate`` at ``place``, as training goes on from a changed rate."""
    epochs, rates = plan
    there = float(np.interp(place, epochs, rates)) if len(epochs) else 0.0
    return (epochs, rates * (rate / there)) if there > 1e-12 and rate > 0 else plan
