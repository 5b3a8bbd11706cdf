"""Which points lie inside a line that was drawn round them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Return which of n points, (n, 2), lie in a closed polygon, (corners, 2), by the even-odd rule."""
    near = ((points >= polygon.min(0)) & (points <= polygon.max(0))).all(1)
    places = np.flatnonzero(near)
    # by height: the points beside an edge are next to each other
    places = places[np.argsort(points[places, 1], kind="stable")]
    x, y = points[places].T
    within = np.zeros(len(x), np.bool_)
    ends = np.roll(polygon, -1, axis=0)
    first = np.searchsorted(y, np.minimum(polygon[:, 1], ends[:, 1]))
    last = np.searchsorted(y, np.maximum(polygon[:, 1], ends[:, 1]))
    for (x1, y1), (x2, y2), low, high in zip(polygon, ends, first, last, strict=True):
        if low < high:
            within[low:high] ^= x[low:high] < x1 + (y[low:high] - y1) * (x2 - x1) / (y2 - y1)
    found = np.zeros(len(points), np.bool_)
    found[places] = within
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
