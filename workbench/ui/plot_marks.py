"""Marks of what happened along a curve: where each stands, on either scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.ui import theme
from workbench.ui.mark_symbols import Mark, MarkSymbols
from workbench.ui.plots import pen
from workbench.ui.view_wide import WideLine

__all__ = ["Mark", "PlotMarks"]

FOOT = 0.03
"""Where marks without a value of their own stand, as a share of the height."""


class PlotMarks:
    """The items of a plot that show marks: symbols, and a line up for each change."""

    def __init__(self, plot: Any) -> None:
        self._marks: tuple[Mark, ...] = ()
        self._placed: tuple[object, ...] = ()
        self._uprights = WideLine(connect="pairs")
        self._symbols = MarkSymbols()
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
        placed = (self._marks, bottom, top, log, theme.current().name)
        if placed == self._placed or not (self._marks or self._symbols.isVisible()):
            return
        self._placed = placed
        changes = [mark.x for mark in self._marks if mark.kind == "change"]
        self._uprights.setVisible(bool(changes))
        if changes:
            self._uprights.setPen(pen("muted", 1, dash=True))
            self._uprights.setData(np.repeat(changes, 2).astype(float), np.tile([bottom, top], len(changes)))
        self._symbols.setVisible(bool(self._marks))
        self._symbols.display([(mark, _height(mark, bottom, top, log)) for mark in self._marks])


def _height(mark: Mark, bottom: float, top: float, log: bool) -> float:
    """Where a mark stands, as values are drawn."""
    if mark.y is None:
        return bottom + FOOT * (top - bottom)
    if not log:
        return mark.y
    return math.log10(mark.y) if mark.y > 0 else bottom
