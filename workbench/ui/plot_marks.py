"""Marks of what happened along a curve, each of which tells by a tip what it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg

from workbench.ui import theme
from workbench.ui.plots import pen

FOOT = 0.03
"""Where marks without a value of their own stand, as a share of the height."""

Kind = Literal["change", "kept", "best"]
_SYMBOLS: dict[Kind, tuple[str, str, int]] = {
    "change": ("d", "text", 9),
    "kept": ("t1", "muted", 9),
    "best": ("star", "good", 13),
}


@dataclass(frozen=True)
class Mark:
    """Something that happened, told by a tip; without ``y`` it stands at the bottom."""

    x: float
    kind: Kind
    text: str
    y: float | None = None


class PlotMarks:
    """The items of a plot that show marks: symbols, and a line up for each change."""

    def __init__(self, plot: Any) -> None:
        self._marks: tuple[Mark, ...] = ()
        self._placed: tuple[object, ...] = ()
        self._uprights = pg.PlotCurveItem(connect="pairs")
        self._symbols = pg.ScatterPlotItem(hoverable=True, tip=lambda x, y, data: data)
        for part in (self._uprights, self._symbols):
            part.hide()
            plot.addItem(part)

    def show(self, marks: Sequence[Mark]) -> bool:
        """Take these marks in place of those before; return whether they differ."""
        differ = tuple(marks) != self._marks
        self._marks = tuple(marks)
        return differ

    def place(self, bottom: float, top: float, log: bool) -> None:
        """Put the marks into a view of these values, or of these logarithms of values."""
        look = theme.current()
        placed = (self._marks, bottom, top, log, look.name)
        if placed == self._placed or not (self._marks or len(self._symbols.data)):
            return
        self._placed = placed
        changes = [mark.x for mark in self._marks if mark.kind == "change"]
        self._uprights.setVisible(bool(changes))
        self._symbols.setVisible(bool(self._marks))
        self._uprights.setPen(pen("muted", 1, dash=True))
        self._uprights.setData(np.repeat(changes, 2).astype(float), np.tile([bottom, top], len(changes)))
        spots = []
        for mark in self._marks:
            symbol, token, size = _SYMBOLS[mark.kind]
            y = bottom + FOOT * (top - bottom) if mark.y is None else mark.y
            if mark.y is not None and log:
                y = math.log10(mark.y) if mark.y > 0 else bottom
            spots.append(
                {
                    "pos": (mark.x, y),
                    "symbol": symbol,
                    "size": size,
                    "brush": look.color(token),
                    "pen": pg.mkPen(look.color("card"), width=1),
                    "data": mark.text,
                }
            )
        self._symbols.setData(spots)
