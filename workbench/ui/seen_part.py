"""What part of growing curves is seen: all of it, the newest part, or what a person zoomed to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MARGIN = 0.015
"""Room beside curves that are seen whole, as a share of their width."""
AHEAD = 0.04
"""Room to grow into at the right of what is seen whole: axes take as long to draw anew as curves."""

FEW, FAR, MANY = 0.02, 10.0, 50
"""A share of at least so many values at either end, which is left out of the scale where it reaches so many
heights of all others beyond them: a first spike would flatten the curve to a line."""

STEADY = 0.8
"""Share of the height that the curves must fill for the scale to stay as it is."""

Span = tuple[float, float]


class SeenPart:
    """Moves a view along curves that grow. Spans are the first and last place of all that is drawn."""

    def __init__(self, box: Any) -> None:
        self._box = box
        self.sees_all, self.follows = True, False

    @property
    def range(self) -> Span:
        """The places from which and up to which the view goes."""
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    def reset(self) -> None:
        """See all from now on."""
        self.sees_all, self.follows = True, False

    def see(self, low: float, high: float) -> None:
        """See a part."""
        self._box.setXRange(low, high, padding=0)

    def see_span(self, span: Span, ahead: float = MARGIN) -> None:
        """See all of a span, with some room ahead of it."""
        width = span[1] - span[0] or 1.0
        self.see(span[0] - MARGIN * width, span[1] + ahead * width)

    def keep_up(self, span: Span, newest: float | None) -> None:
        """Move along with curves that have grown."""
        (first, last), (low, high) = span, self.range
        if self.follows and newest is not None:
            width = min(high - low, last - first) or 1.0
            self.see(newest - 0.97 * width, newest + 0.03 * width)
        elif self.sees_all:
            held = low <= first and last <= high
            if not (held and last - first > (1 - 2 * AHEAD) * (high - low)):
                self.see_span(span, AHEAD)

    def moved(self, span: Span, newest: float | None) -> None:
        """A person zoomed or dragged: following survives zooming, and so does seeing all from afar."""
        (first, last), (low, high) = span, self.range
        self.sees_all = low <= first and high >= last and high - low < 1.3 * (last - first)
        self.follows &= newest is not None and low <= newest <= high and not self.sees_all

    def fit(self, values: NDArray[Any], *, whole: bool = False) -> float | None:
        """Choose a scale for what is drawn; one that still fits stays, so that little is drawn anew.

        A few values far outside all others are left out, unless ``whole``. Return the highest value where
        that stands outside, else None.
        """
        values = values[np.isfinite(values)]
        if not len(values):
            return None
        most = float(values.max())
        low, high = (float(values.min()), most) if whole else bulk(values)
        bottom, top = self._box.viewRange()[1]
        if not (bottom <= low and high <= top and high - low > STEADY * (top - bottom)):
            room = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
            self._box.setYRange(low - room, high + room, padding=0)
        return most if most > high else None


def bulk(values: NDArray[Any]) -> tuple[float, float]:
    """Return the least and the greatest of some finite values, without a few far outside all others."""
    low, high = float(values.min()), float(values.max())
    if len(values) < MANY:
        return low, high
    first, last = (float(value) for value in np.quantile(values, (FEW, 1 - FEW)))
    far = FAR * (last - first)
    if far:
        low, high = low if first - low <= far else first, high if high - last <= far else last
    return low, high
