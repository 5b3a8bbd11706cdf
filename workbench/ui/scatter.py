"""Predicted values against true ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot, Series, pen


class ScatterPlot(Plot):
    """A point a sample, and the line on which predictions are right."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="true", left="predicted", parent=parent)
        self._points = pg.ScatterPlotItem(size=7, pen=None)
        self._line = pg.PlotDataItem()
        self._xy: tuple[NDArray[Any], NDArray[Any]] = (np.array([]), np.array([]))
        self.getPlotItem().addItem(self._line)
        self.getPlotItem().addItem(self._points)
        self.redress()

    def redress(self) -> None:
        color = theme.current().color("accent")
        color.setAlpha(150)
        self._points.setBrush(color)
        self._line.setPen(pen("muted", 1.2, dash=True))

    def show_points(self, true: NDArray[Any], predicted: NDArray[Any]) -> None:
        """Show samples, two vectors of shape (N,)."""
        self._xy = (np.asarray(true, np.float64), np.asarray(predicted, np.float64))
        self._points.setData(*self._xy)
        low, high = float(min(map(np.min, self._xy))), float(max(map(np.max, self._xy)))
        self._line.setData([low, high], [low, high])
        self.getPlotItem().autoRange()

    def series(self) -> Series:
        """See `Plot.series`."""
        return {"samples": self._xy}
