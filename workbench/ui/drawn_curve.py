"""A curve and what draws it: as many points as the screen has columns, of the part that is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.curve import Curve
from workbench.ui.view_wide import WideLine

SMOOTH = 0.02
"""Width of the smoothing window, as a share of the curve's points."""

Points = tuple[NDArray[np.float64], NDArray[Any]]


class DrawnCurve:
    """An item of a plot, and the curve that it draws, smoothed or not.

    The item is a bare line. pyqtgraph's usual one is made of three, each of which asks for the interpreter
    many times a picture, and has to wait for it each time while another thread trains.
    """

    def __init__(self, *, smooth: bool = False, name: str | None = None) -> None:
        self.item: Any = WideLine(name=name)
        self.item.hide()
        self.smooth = smooth
        self.curve: Curve | None = None

    def show(self, curve: Curve | None) -> None:
        """Draw another curve from the next time on; None, or one without points, for nothing."""
        self.curve = curve if curve is not None and len(curve) else None
        self.item.setVisible(self.curve is not None)

    def draw(self, x0: float, x1: float, pixels: int, log: bool) -> Points:
        """Draw the part between two places, and return its points, their values as they are drawn."""
        if self.curve is None:
            return np.empty(0), np.empty(0)
        x, y = smoothed(self.curve, x0, x1, pixels) if self.smooth else self.curve.view(x0, x1, pixels)
        if log:
            y = np.log10(np.where(y > 0, y, np.nan))
        whole = bool(np.isfinite(y).all())
        self.item.setData(x, y, connect="all" if whole else "finite", skipFiniteCheck=whole)
        return x, y


def smoothed(curve: Curve, x0: float, x1: float, pixels: int) -> Points:
    """Return a moving average over a small share of the curve, a point every two pixels."""
    if len(curve) < 20:
        return curve.view(x0, x1, pixels)
    return curve.averages(x0, x1, max(2, pixels // 2), max(3, int(len(curve) * SMOOTH)))


def smoothed_at(curve: Curve, place: float) -> float:
    """Return the moving average at the point nearest to a place."""
    at = curve.point(curve.nearest(place))[0]
    x, means = smoothed(curve, at, at, 64)
    return float(means[int(np.argmin(np.abs(x - at)))])
