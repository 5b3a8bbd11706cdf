"""One line of values: a feature over time, or an objective over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from workbench.ui.plots import Plot, pen


class TracePlot(Plot):
    """A line; where values aren't finite it has a gap."""

    def __init__(
        self, name: str, bottom: str = "step", left: str = "value", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, bottom=bottom, left=left, parent=parent)
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        item.getViewBox().setMouseEnabled(False, False)
        self._line = pg.PlotDataItem(connect="finite")
        item.addItem(self._line)
        self.redress()

    def redress(self) -> None:
        self._line.setPen(pen("accent"))

    def display(self, values: NDArray[Any], name: str, names: Sequence[str] = ()) -> None:
        """Show a line over 0, 1, …; ``names`` stand at the steps where there are few."""
        held = np.where(np.isfinite(values), values, np.nan).astype(np.float64)
        self._line.setData(np.arange(len(held)), held)
        self._line.opts["name"] = name
        self._labels["left"] = name
        item = self.getPlotItem()
        item.setLabel("left", name)
        item.setXRange(-0.5, len(held) - 0.5, padding=0)
        ticks = [[(float(at), text) for at, text in enumerate(names)]] if 0 < len(names) <= 24 else None
        item.getAxis("bottom").setTicks(ticks)
