"""Lines over the epochs with a cursor: the losses, and what is predicted of a probe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot, pen


class EpochLine(NamedTuple):
    """A named line in a colour token: (points,) epochs and values, which may be shares of 1."""

    name: str
    token: str
    epochs: NDArray[Any]
    values: NDArray[Any]
    dashed: bool = False
    share: bool = False

    def figure(self, epoch: int) -> str:
        """Return the value after an epoch in words, "" where there is none."""
        at = np.flatnonzero(self.epochs == epoch)
        if not len(at) or not np.isfinite(self.values[at[0]]):
            return ""
        value = float(self.values[at[0]])
        return f"{100 * value:.0f} %" if self.share else f"{value:.4g}"


class EpochLines(Plot):
    """A click goes to the epoch there."""

    chosen = Signal(int)
    """The epoch that was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="epoch", parent=parent)
        self.setMinimumHeight(130)
        item = self.getPlotItem()
        self._box = item.getViewBox()
        self._box.setMouseEnabled(x=False, y=False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        self._lines: list[EpochLine] = []
        self._items: list[pg.PlotDataItem] = []
        self._here = pg.InfiniteLine(angle=90)
        self._there = pg.InfiniteLine(angle=90)
        for line in (self._there, self._here):
            item.addItem(line, ignoreBounds=True)
        self.redress()

    def redress(self) -> None:
        if not hasattr(self, "_here"):
            return
        self._here.setPen(pen("accent", 1.6))
        self._there.setPen(pen("warning", 1.6))
        for item, line in zip(self._items, self._lines, strict=True):
            item.setPen(pen(line.token, 1.8, dash=line.dashed))
            item.setSymbolBrush(theme.current().color(line.token))

    def show_lines(self, lines: Sequence[EpochLine], span: tuple[float, float] | None = None) -> None:
        """Show lines; ``span`` are the values at the bottom and the top, None for what fits."""
        item = self.getPlotItem()
        while len(self._items) > len(lines):
            item.removeItem(self._items.pop())
        while len(self._items) < len(lines):
            self._items.append(pg.PlotDataItem(symbolSize=4, symbolPen=None))
            item.addItem(self._items[-1])
        self._lines = list(lines)
        for drawn, line in zip(self._items, lines, strict=True):
            drawn.opts["name"] = line.name
            few = len(line.epochs) <= 40
            drawn.setData(
                line.epochs,
                np.asarray(line.values, np.float64),
                connect="finite",
                symbol="o" if few else None,
            )
        self.redress()
        last = max((int(line.epochs[-1]) for line in lines if len(line.epochs)), default=1)
        self._box.setXRange(0, max(last, 1), padding=0.03)
        if span is None:
            self._box.enableAutoRange(y=True)
        else:
            self._box.setYRange(*span, padding=0.04)

    def show_epoch(self, epoch: int, other: int = -1) -> None:
        """Move the cursor, and the one of an epoch that is compared with, -1 for none."""
        self._here.setValue(epoch)
        self._there.setVisible(other >= 0)
        if other >= 0:
            self._there.setValue(other)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose_at(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event)

    def _choose_at(self, event: QMouseEvent) -> None:
        place = self._box.mapSceneToView(QPointF(self.mapToScene(event.position().toPoint())))
        self.chosen.emit(max(0, round(place.x())))
