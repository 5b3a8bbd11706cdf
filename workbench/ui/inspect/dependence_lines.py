"""Lines of a plot of dependence, and the inspected sample's among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtGui import QPolygonF

from workbench.interpret.surrogates.dependence import Curve

FEW = 3
"""Values that are drawn as points rather than as a curve."""


@dataclass(frozen=True, eq=False)
class Own:
    """The inspected sample: what the feature is there, and its curve, (points,), if it is known by now."""

    value: float
    line: NDArray[np.float64] | None


def lines_of(ice: NDArray[np.float64], *, centred: bool) -> NDArray[np.float64]:
    """Return each sample's curve, (samples, points); centred they start at 0."""
    return ice - ice[:, :1] if centred else ice


def polygon(xs: NDArray[Any], ys: NDArray[Any]) -> QPolygonF:
    """Return points as a line to draw."""
    made: QPolygonF = arrayToQPolygonF(xs, ys)
    return made


def few(curve: Curve) -> bool:
    """Whether a curve is points that stand apart."""
    return bool(curve.ticks) or len(curve.grid) <= FEW


def span(curve: Curve) -> tuple[float, float]:
    """Return what a plot goes from and to; points that stand apart have room at both sides."""
    low, high = float(curve.grid[0]), float(curve.grid[-1])
    if not few(curve):
        return low, high
    half = (high - low) / max(2 * (len(curve.grid) - 1), 1) or 0.5
    return low - half, high + half
