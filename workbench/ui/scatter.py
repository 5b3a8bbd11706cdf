"""Values against others: predicted ones against true ones, or two models' answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot, Series, pen


class ScatterPlot(Plot):
    """A point a sample, and the line on which both values are the same, at 45°."""

    chosen = Signal(int)
    """A point was clicked: its sample's index in the data."""

    def __init__(
        self, name: str, bottom: str = "true", left: str = "predicted", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, bottom=bottom, left=left, parent=parent)
        tip = partial(_tip, bottom, left)
        self._points = pg.ScatterPlotItem(size=8, pen=None, hoverable=True, hoverSize=12, tip=tip)
        self._line = pg.PlotDataItem()
        self._xy: tuple[NDArray[Any], NDArray[Any]] = (np.array([]), np.array([]))
        self.getPlotItem().addItem(self._line)
        self.getPlotItem().addItem(self._points)
        self._points.sigClicked.connect(self._choose)
        self.getPlotItem().getViewBox().setAspectLocked(True)
        self.redress()

    def redress(self) -> None:
        color = theme.current().color("accent")
        color.setAlpha(150)
        self._points.setBrush(color)
        self._line.setPen(pen("muted", 1.2, dash=True))

    def show_points(self, across: NDArray[Any], up: NDArray[Any], indices: NDArray[np.int64]) -> None:
        """Show samples: true and predicted values, or two others, and indices in the data, each (N,)."""
        self._xy = (np.asarray(across, np.float64), np.asarray(up, np.float64))
        self._points.setData(*self._xy, data=indices)
        low, high = float(min(map(np.min, self._xy))), float(max(map(np.max, self._xy)))
        self._line.setData([low, high], [low, high])
        self.getPlotItem().enableAutoRange()  # and stay fitted when the window's size changes

    def series(self) -> Series:
        """See `Plot.series`."""
        return {"samples": self._xy}

    def _choose(self, _: object, points: Any, event: object = None) -> None:
        if len(points):
            self.chosen.emit(int(points[-1].data()))  # the one drawn on top


def _tip(bottom: str, left: str, x: float, y: float, data: Any) -> str:
    return f"sample {data}: {bottom} {x:.5g}, {left} {y:.5g}"
