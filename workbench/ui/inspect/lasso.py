"""Which points lie inside a line that was drawn round them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Return which of n points, (n, 2), lie in a closed polygon, (corners, 2), by the even-odd rule."""
    near = ((points >= polygon.min(0)) & (points <= polygon.max(0))).all(1)
    x, y = points[near].T
    within = np.zeros(len(x), np.bool_)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            within ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    found = np.zeros(len(points), np.bool_)
    found[near] = within
    return found


def corners(start: tuple[float, float], end: tuple[float, float]) -> Points:
    """Return the rectangle between two points as a polygon."""
    (x1, y1), (x2, y2) = start, end
    return np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)])


def nearest(points: Points, at: tuple[float, float], reach: float) -> int:
    """Return the place of the nearest point within reach, -1 for none."""
    if not len(points):
        return -1
    distances = np.square(points - np.asarray(at)).sum(1)
    distances[np.isnan(distances)] = np.inf
    place = int(distances.argmin())
    return place if distances[place] <= reach**2 else -1
