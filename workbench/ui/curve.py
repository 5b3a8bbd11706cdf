"""A curve that grows: points are appended in blocks and never copied one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Curve:
    """Steps and values in arrays that double when full."""

    def __init__(self) -> None:
        self._x = np.empty(1024, dtype=np.float64)
        self._y = np.empty(1024, dtype=np.float64)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def append(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points: two sequences of one length, or two numbers."""
        new_x, new_y = np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))
        needed = self._used + len(new_x)
        if needed > len(self._x):
            size = max(needed, 2 * len(self._x))
            self._x, self._y = np.resize(self._x, size), np.resize(self._y, size)
        self._x[self._used : needed] = new_x
        self._y[self._used : needed] = new_y
        self._used = needed

    @property
    def x(self) -> NDArray[np.float64]:
        """The points' places, a view."""
        return self._x[: self._used]

    @property
    def y(self) -> NDArray[np.float64]:
        """The points' values, a view."""
        return self._y[: self._used]
