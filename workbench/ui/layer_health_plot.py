"""A layer's activations or gradients as a histogram large enough to read."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.layer_health import Histogram
from workbench.ui.plots import Plot, Series

TALL = 116
TICKS = 4


class HealthPlot(Plot):
    """Bars over values, or over powers of ten."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setFixedHeight(TALL)
        self.setMinimumWidth(120)
        item = self.getPlotItem()
        item.setMouseEnabled(False, False)
        item.hideAxis("left")
        item.showGrid(x=False, y=False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        self._shown: Histogram | None = None
        self._token = "good"
        self._bars = pg.BarGraphItem(x0=[0.0], x1=[1.0], height=[0.0])
        item.addItem(self._bars)
        self.redress()

    def redress(self) -> None:
        color = theme.current().color(self._token)
        self._bars.setOpts(brush=color, pen=None)

    def display(self, shown: Histogram, token: str) -> None:
        """Show a histogram in a colour of the theme."""
        self._shown, self._token = shown, token
        edges, counts = _edges(shown), np.asarray(shown.counts, np.float64)
        if not shown.high > shown.low:  # values that are all alike stand in the middle
            counts = np.roll(counts, len(counts) // 2 - int(counts.argmax()))
        gap = 0.08 * (edges[1] - edges[0])
        self._bars.setOpts(x0=edges[:-1] + gap, x1=edges[1:] - gap, height=counts)
        self.redress()
        item = self.getPlotItem()
        item.setXRange(float(edges[0]), float(edges[-1]), padding=0.04)
        item.setYRange(0, float(counts.max(initial=0.0)) or 1.0, padding=0.02)
        item.getAxis("bottom").setTicks([_ticks(shown)])
        ends = [text for _, text in _ticks(shown)] or [""]
        self.setAccessibleName(self.tr("Histogram from {} to {}").format(ends[0], ends[-1]))

    def series(self) -> Series:
        """See `Plot.series`: the middles of the bins, and their counts."""
        if self._shown is None:
            return {}
        edges = _edges(self._shown)
        name = "log10" if self._shown.logs else "value"
        return {name: ((edges[:-1] + edges[1:]) / 2, np.asarray(self._shown.counts))}


def _edges(shown: Histogram) -> np.ndarray:
    low, high = shown.low, shown.high
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, len(shown.counts) + 1)


def _ticks(shown: Histogram) -> list[tuple[float, str]]:
    """Where the axis is labelled: at powers of ten, or at round values."""
    edges = _edges(shown)
    low, high = float(edges[0]), float(edges[-1])
    step = (high - low) / TICKS
    if shown.logs:
        step = max(1.0, float(math.ceil(step)))
    else:
        power = 10.0 ** math.floor(math.log10(step))
        step = next(power * part for part in (1, 2, 5, 10) if power * part >= step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [step * number for number in range(first, last + 1)]
    return [(place, f"1e{place:.0f}" if shown.logs else f"{place:.4g}") for place in places]
