"""The live curves: training as thin and smoothed lines, validation as points, a past run dashed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.curve import Curve
from workbench.ui.plots import Plot, pen

SMOOTH = 0.02
"""Width of the smoothing window, as a share of the steps drawn."""


class LivePlot(Plot):
    """Loss or metric over epochs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="epoch", parent=parent)
        item = self.getPlotItem()
        self._legend = item.addLegend(offset=(-10, 6), labelTextSize="11px")
        self._raw = pg.PlotDataItem(autoDownsample=True, downsampleMethod="peak", clipToView=True)
        item.addItem(self._raw)
        self._train = item.plot(name="train")
        self._validation = item.plot(name="validation", symbolSize=5)
        self._past: list[Any] = []
        self._log = False
        self.redress()

    def redress(self) -> None:
        look = theme.current()
        faint = look.color("accent")
        faint.setAlpha(80)
        self._raw.setPen(pg.mkPen(faint, width=1))
        self._train.setPen(pen("accent", 1.8))
        self._validation.setPen(pen("validation", 1.8))
        self._validation.setSymbol("o")
        self._validation.setSymbolBrush(look.color("validation"))
        self._validation.setSymbolPen(None)
        for curve in self._past:
            curve.setPen(pen("muted", 1.4, dash=True))
        self._legend.setLabelTextColor(look.color("muted"))
        for _, text in self._legend.items:  # those made before keep their colour otherwise
            text.setText(text.text, color=look.muted)

    def show_curves(self, train: Curve | None, validation: Curve | None) -> None:
        """Draw the curves as they are now."""
        if train is not None and len(train):
            self._raw.setData(train.x, train.y)
            self._train.setData(*smoothed(train.x, train.y))
        if validation is not None and len(validation):
            self._validation.setData(validation.x, validation.y)

    def show_past(self, run_id: str, curves: dict[str, tuple[NDArray[Any], NDArray[Any]]]) -> None:
        """Draw a past run's curves dashed; an empty mapping draws none."""
        item = self.getPlotItem()
        for curve in self._past:
            item.removeItem(curve)
        self._past = []
        for name, points in curves.items():
            x, y = smoothed(*points) if name == "train_loss" else points
            words = {"train_loss": "train", "val_loss": "validation"}.get(name, name)
            self._past.append(
                item.plot(x, y, name=f"run {run_id}, {words}", pen=pen("muted", 1.4, dash=True))
            )

    def clear_curves(self) -> None:
        """Draw nothing."""
        for curve in (self._raw, self._train, self._validation):
            curve.setData([], [])
        self.show_past("", {})

    def set_log(self, on: bool) -> None:
        """Draw the values on a logarithmic scale, or not."""
        self.getPlotItem().setLogMode(y=on)


def smoothed(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a moving average over a small share of the points, thinned to at most 2,000 points."""
    if len(y) < 20:
        return x, y
    window = max(3, int(len(y) * SMOOTH))
    sums = np.cumsum(np.insert(np.nan_to_num(y), 0, 0.0))
    ends = np.unique(np.linspace(1, len(y), min(len(y), 2000)).astype(int))
    starts = np.maximum(ends - window, 0)
    return x[ends - 1], (sums[ends] - sums[starts]) / (ends - starts)
