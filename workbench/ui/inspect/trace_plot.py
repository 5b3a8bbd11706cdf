"""One line of values: a feature over time, or an objective over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot, pen
from workbench.ui.tick_names import named_ticks

MOST = 24
"""Steps that have names at the axis; more are counted there."""


class TracePlot(Plot):
    """A line; where values aren't finite it has a gap."""

    def __init__(
        self, name: str, bottom: str = "step", left: str = "value", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, bottom=bottom, left=left, parent=parent)
        self._names: Sequence[str] = ()
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
        """Show a line over 0, 1, …; ``names`` stand at the steps where there are few, as there is room."""
        held = np.where(np.isfinite(values), values, np.nan).astype(np.float64)
        self._line.setData(np.arange(len(held)), held)
        self._line.opts["name"] = name
        self._labels["left"] = name
        item = self.getPlotItem()
        item.setLabel("left", name)
        item.setXRange(-0.5, len(held) - 0.5, padding=0)
        self._names = names if len(names) <= MOST else ()
        self._label()

    def _label(self) -> None:
        each = self.getPlotItem().getViewBox().width() / max(len(self._names), 1)
        ticks = named_ticks(self._names, each, QFontMetrics(theme.mono(10)))
        self.getPlotItem().getAxis("bottom").setTicks([ticks] if ticks else None)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_names"):
            self._label()
