"""What parallel coordinates draw: lines in shades, the axes with their names and ticks, and brushes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from workbench.ui import theme
from workbench.ui.parallel_axis import ParallelAxis
from workbench.ui.plots import pen
from workbench.ui.wording import spelled

SHADES = 12
"""Groups of lines by rank, each of one colour: a picture costs as much for 1,000 lines as for 50."""

MANY = 200
"""Lines from which on all are thin."""

Heights = NDArray[np.float64]


class ParallelPicture:
    """The items of a plot: axes stand at 0, 1, 2 …, heights go from 0 to 1."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._faded = pg.PlotDataItem(connect="finite")
        self._groups = [pg.PlotDataItem(connect="finite") for _ in range(SHADES)]
        self._strong = pg.PlotDataItem(connect="finite")
        for curve in (self._faded, *self._groups, self._strong):
            plot.addItem(curve)
        self._axes: list[Any] = []
        self._many = False
        self._drawn: tuple[Any, ...] = ()
        self._boxes: list[Any] = []

    def dress(self) -> None:
        """Take the theme's colours on; the axes are drawn anew by `draw_axes`."""
        self._faded.setPen(pg.mkPen(theme.current().color("border"), width=1))
        for number, curve in enumerate(self._groups):
            strength = number / (SHADES - 1)
            # lines of one pixel are drawn ten times as fast
            curve.setPen(pg.mkPen(_shade(strength), width=1 if self._many else 1.2 + 0.8 * strength))
        self._strong.setPen(pen("text", 2.6))

    def draw_lines(self, heights: Heights, ranks: Heights, kept: NDArray[np.bool_]) -> None:
        """Draw lines, ``heights`` (lines, axes): the higher the rank, 0 to 1, the stronger; others faded."""
        if self._many != (len(heights) > MANY):
            self._many = not self._many
            self.dress()
        self._faded.setData(*_joined(heights[~kept]))
        groups = np.minimum((ranks * SHADES).astype(int), SHADES - 1)
        for number, curve in enumerate(self._groups):
            curve.setData(*_joined(heights[kept & (groups == number)]))

    def draw_strong(self, heights: Heights) -> None:
        """Draw the lines that are pointed at or selected over all others."""
        self._strong.setData(*_joined(heights))

    def draw_axes(self, axes: Sequence[ParallelAxis]) -> None:
        """Draw the axes, the last one being the metric's."""
        look = theme.current()
        drawn = (look.name, *((axis.name, axis.ticks) for axis in axes))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        for part in self._axes:
            self._plot.removeItem(part)
        self._axes = []
        short = short_names([axis.name for axis in axes[:-1]])
        titles = [
            *short,
            *("Val. loss" if axis.name == "val_loss" else spelled(axis.name) for axis in axes[-1:]),
        ]
        for at, (axis, title) in enumerate(zip(axes, titles, strict=True)):
            self._add(pg.PlotCurveItem([at, at], [0, 1], pen=pen("muted", 1.4)), 5)
            side = 0.1 if at == 0 else 0.75 if at == len(axes) - 1 else 0.5
            name = pg.TextItem(title, look.color("text"), anchor=(side, 1))
            name.setFont(theme.sans(12))
            name.setPos(at, 1.02 + 0.085 * (at % 2))  # names take turns in two rows: long ones have room
            self._add(name, 6)
            for height, text in axis.ticks:
                tick = pg.TextItem(text, look.color("muted"), anchor=(0, 0.5), fill=_veil(look))
                tick.setFont(theme.mono(10))
                tick.setPos(at + 0.01, height)
                self._add(tick, 7)

    def draw_brushes(self, axes: Sequence[ParallelAxis], brushes: Mapping[str, tuple[float, float]]) -> None:
        """Draw which heights of which axes lines must go through."""
        for box in self._boxes:
            self._plot.removeItem(box)
        self._boxes = []
        fill = theme.current().color("accent")
        fill.setAlpha(70)
        for at, axis in enumerate(axes):
            if axis.name in brushes:
                low, high = brushes[axis.name]
                place = {"x": [at], "y0": [low], "height": [high - low], "width": 0.12}
                box = pg.BarGraphItem(**place, brush=fill, pen=pen("accent", 1))
                box.setZValue(8)
                self._plot.addItem(box)
                self._boxes.append(box)

    def _add(self, part: Any, z: int) -> None:
        part.setZValue(z)
        self._plot.addItem(part)
        self._axes.append(part)


def _joined(heights: Heights) -> tuple[Heights, Heights]:
    """The points of some lines one after the other, with nan between them."""
    if not heights.size:
        return np.zeros(0), np.zeros(0)
    x = np.append(np.arange(heights.shape[1], dtype=np.float64), math.nan)
    y = np.column_stack((heights, np.full(len(heights), math.nan)))
    return np.tile(x, len(heights)), y.ravel()


def _shade(strength: float) -> QColor:
    """From a line that is hardly seen to the accent."""
    look = theme.current()
    weak, strong = look.color("grid"), look.color("accent")
    share = strength**1.5
    ends = zip(
        (weak.red(), weak.green(), weak.blue()), (strong.red(), strong.green(), strong.blue()), strict=True
    )
    mix = [round(a + (b - a) * share) for a, b in ends]
    return QColor(*mix)


def _veil(look: theme.Theme) -> Any:
    color = look.color("card")
    color.setAlpha(190)
    return pg.mkBrush(color)


def short_names(names: Sequence[str]) -> list[str]:
    """A setting's last word where no other ends so, else all of its path."""
    ends = [name.rpartition(".")[2] for name in names]
    return [
        f"{name.rpartition('.')[0]} {_WORDS.get(end, end)}"
        if "." in name and (ends.count(end) > 1 or end in _WORDS)
        else end
        for name, end in zip(names, ends, strict=True)
    ]


_WORDS = {"out_features": "width", "out_channels": "width", "hidden_size": "width", "p": "p"}
"""What params of layers are called beside the layer's id."""
