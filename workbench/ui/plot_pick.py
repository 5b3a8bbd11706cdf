"""Which line of a plot the mouse means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF

NEAR = 12.0
"""Pixels around a line in which a click means it."""


def line_at(place: QPointF, box: Any, lines: Iterable[tuple[str, Any, Any]]) -> str:
    """Return the name of the line nearest to a place in the scene, "" where none is near.

    A line is its name, and its points as a view box has them: rising places (n,), and values (n,).
    """
    nearest, best = "", NEAR
    left = box.mapSceneToView(place - QPointF(NEAR, 0)).x()
    right = box.mapSceneToView(place + QPointF(NEAR, 0)).x()
    for name, x, y in lines:
        start = max(0, int(np.searchsorted(x, left)) - 1)
        stop = min(len(x), int(np.searchsorted(x, right)) + 1)
        points = zip(x[start:stop], y[start:stop], strict=True)
        seen = [box.mapViewToScene(QPointF(float(a), float(b))) for a, b in points if np.isfinite(b)]
        for a, b in zip(seen, seen[1:] or seen, strict=False):
            away = _distance(place, a, b)
            if away < best:
                nearest, best = name, away
    return nearest


def _distance(place: QPointF, a: QPointF, b: QPointF) -> float:
    """Pixels from a place to a stretch of a line."""
    along, to = b - a, place - a
    square = QPointF.dotProduct(along, along)
    share = min(1.0, max(0.0, QPointF.dotProduct(to, along) / square)) if square else 0.0
    gap = to - along * share
    return float(np.hypot(gap.x(), gap.y()))
