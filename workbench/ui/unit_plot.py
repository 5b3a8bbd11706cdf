"""A vector as bars: a unit a bar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot, Series


class UnitPlot(Plot):
    """Values of a layer's units."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="unit", left="value", parent=parent)
        self.setMinimumHeight(260)
        bottom = self.getPlotItem().getAxis("bottom")
        bottom.enableAutoSIPrefix(False)
        self.getPlotItem().getAxis("left").enableAutoSIPrefix(False)
        self._values: NDArray[Any] = np.array([])
        self._bars = pg.BarGraphItem(x=[0], height=[0], width=0.8)
        self.getPlotItem().addItem(self._bars)
        self.redress()

    def redress(self) -> None:
        color = theme.current().color("accent")
        self._bars.setOpts(brush=color, pen=color)

    def show_units(self, values: NDArray[Any]) -> None:
        """Show a vector, shape (units,)."""
        self._values = np.nan_to_num(np.asarray(values, dtype=np.float64))
        self._bars.setOpts(x=np.arange(len(values)), height=self._values, width=0.8)
        step = max(1, -(-len(values) // 12))
        ticks = [(float(n), str(n)) for n in range(0, len(values), step)]
        self.getPlotItem().getAxis("bottom").setTicks([ticks])
        self.getPlotItem().setXRange(-0.5, max(len(values) - 0.5, 8.5), padding=0.02)
        self.getPlotItem().enableAutoRange(y=True)

    def series(self) -> Series:
        """See `Plot.series`."""
        return {"units": (np.arange(len(self._values)), self._values)}
