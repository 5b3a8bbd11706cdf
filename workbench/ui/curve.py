"""A curve that grows to millions of points and is drawn at any width at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.ui.chunked import Chunked
from workbench.ui.stretches import Stretches

FACTOR = 16
"""Points, or entries of the level below, that an entry of a level stands for."""

Floats = NDArray[np.float64]
Values = NDArray[np.float32]


class Curve:
    """Places that never fall and float32 values; a value that is no finite number is a gap.

    Above the values stand levels: the least and the greatest of every 16 values, of every 256, and so on,
    so that any window is drawn from not many more numbers than the screen has columns, and no extreme is
    lost. A point takes 6 bytes where places are even, 30 where they are not.
    """

    def __init__(self) -> None:
        self._x = Stretches()
        self._y = Chunked(np.float32)
        self._levels: list[tuple[Chunked[np.float32], Chunked[np.float32]]] = []
        self._sums = Chunked(np.float64)  # of the finite values of all whole blocks of 16 before
        self._counts = Chunked(np.int64)
        self._sums.write(0, np.zeros(1))
        self._counts.write(0, np.zeros(1, np.int64))

    def __len__(self) -> int:
        return len(self._y)

    @property
    def nbytes(self) -> int:
        """Bytes that the curve holds."""
        levels = sum(part.nbytes for level in self._levels for part in level)
        return self._x.nbytes + self._y.nbytes + self._sums.nbytes + self._counts.nbytes + levels

    def append(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points: two sequences of one length, or two numbers. Raises `ValueError` if ``x`` falls."""
        places = np.atleast_1d(np.asarray(x, np.float64))
        with np.errstate(over="ignore"):
            values = np.atleast_1d(np.array(y, np.float32))
        values[~np.isfinite(values)] = np.nan
        if len(places) != len(values):
            raise ValueError(f"{len(places)} places for {len(values)} values")
        if not len(values):
            return
        begun = len(self._y)
        self._x.append(places)
        self._y.write(begun, values)
        self._raise_levels(begun)
        self._add_sums()

    def _raise_levels(self, begun: int) -> None:
        """Bring the levels up to date from value ``begun`` on; a last block that isn't full yet counts."""
        least = greatest = self._y
        depth = 0
        while len(least) > FACTOR:
            if depth == len(self._levels):
                self._levels.append((Chunked(np.float32), Chunked(np.float32)))
                begun = 0
            begun //= FACTOR
            low, high = self._levels[depth]
            low.write(begun, _blocks(np.fmin, least.read(begun * FACTOR, len(least))))
            high.write(begun, _blocks(np.fmax, greatest.read(begun * FACTOR, len(greatest))))
            least, greatest = low, high
            depth += 1

    def _add_sums(self) -> None:
        done, whole = len(self._sums) - 1, len(self._y) // FACTOR
        if whole > done:
            values = self._y.read(done * FACTOR, whole * FACTOR).astype(np.float64).reshape(-1, FACTOR)
            finite = np.isfinite(values)
            sums = np.where(finite, values, 0.0).sum(1)
            sums[0] += self._sums.read(done, done + 1)[0]
            counts = finite.sum(1)
            counts[0] += self._counts.read(done, done + 1)[0]
            self._sums.write(done + 1, np.cumsum(sums))
            self._counts.write(done + 1, np.cumsum(counts))

    @property
    def x(self) -> Floats:
        """All places, a copy."""
        return self._x.at(np.arange(len(self)))

    @property
    def y(self) -> Values:
        """All values, at most a copy."""
        return self._y.read(0, len(self))

    def tail(self, count: int) -> Values:
        """Return the last values."""
        return self._y.read(max(0, len(self) - count), len(self))

    def mean(self, count: int) -> float:
        """Return the mean of the last values, gaps left out; nan where there are none."""
        end = np.array([len(self)])
        sums, counts = self._between(np.maximum(end - max(1, count), 0), end)
        return float(sums[0]) / int(counts[0]) if counts[0] else float("nan")

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last place, both nan for a curve without points."""
        return self._x.span

    def nearest(self, x: float) -> int:
        """Return the index of the point nearest to a place; the curve has points."""
        after = min(self._x.find(x), len(self) - 1)
        before = max(after - 1, 0)
        places = self._x.at(np.array([before, after]))
        return before if abs(places[0] - x) <= abs(places[1] - x) else after

    def point(self, index: int) -> tuple[float, float]:
        """Return a point's place and value."""
        return float(self._x.at(np.array([index]))[0]), float(self._y.read(index, index + 1)[0])

    def window(self, x0: float, x1: float) -> tuple[int, int]:
        """Return the range of indices that a line across these places touches."""
        start, stop = self._x.find(x0), self._x.find(np.nextafter(x1, np.inf))
        return max(0, start - 1), min(len(self), stop + 1)

    def view(self, x0: float, x1: float, pixels: int) -> tuple[Floats, Values]:
        """Return what to draw between two places: all points where there are few, else columns' extremes.

        With more than four points a column, two points stand for each: its least and its greatest value, in
        the middle of its places. At most ``4 * pixels`` points come back, and a few.
        """
        start, stop = self.window(x0, x1)
        pixels = max(1, pixels)
        if stop - start <= 4 * pixels:
            return self._x.at(np.arange(start, stop)), self._y.read(start, stop)
        least = greatest = self._y
        size = 1
        for low, high in self._levels:
            if (stop - start) // (size * FACTOR) < pixels:
                break
            least, greatest, size = low, high, size * FACTOR
        # columns of entries begin at multiples of their width, so that panning doesn't make them shimmer
        wide = -(-(stop - start) // (size * pixels))
        first = start // (size * wide) * wide
        last = -(-stop // size)
        edges = np.arange(0, last - first, wide)
        bottom = np.fmin.reduceat(least.read(first, last), edges)
        top = np.fmax.reduceat(greatest.read(first, last), edges)
        begins = (first + edges) * size
        ends = np.minimum(begins + wide * size, len(self)) - 1
        places = (self._x.at(begins) + self._x.at(ends)) / 2
        return np.repeat(places, 2), np.column_stack((bottom, top)).ravel()

    def averages(self, x0: float, x1: float, points: int, window: int) -> tuple[Floats, Floats]:
        """Return the mean of those around each point, ``window`` together, between two places.

        Near the curve's ends a window has only what there is of it. Where there are more than ``points``
        points it is given at every so many, evenly; where there are far more, the window is rounded to a
        multiple of 16. Gaps are left out; nan where all are gaps.
        """
        start, stop = self.window(x0, x1)
        if stop - start <= max(points, FACTOR) * FACTOR:
            step = max(1, -(-(stop - start) // max(1, points)))
            middles = np.arange(-(-start // step) * step, stop, step)
            begins = np.maximum(middles - max(1, window) // 2, 0)
            ends = np.minimum(middles - max(1, window) // 2 + max(1, window), len(self))
            sums, counts = self._between(begins, ends)
        else:
            step = -(-(stop - start) // (max(1, points) * FACTOR))
            middles = np.arange(-(-start // (step * FACTOR)) * step, stop // FACTOR, step)
            wide = max(1, round(window / FACTOR))
            sums, counts = self._at_blocks(middles - wide // 2 + wide)
            sums_before, counts_before = self._at_blocks(middles - wide // 2)
            sums, counts = sums - sums_before, counts - counts_before
            middles *= FACTOR
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._x.at(middles), sums / np.where(counts, counts, np.nan)

    def _at_blocks(self, blocks: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Sums and counts of what stands before blocks that are evenly apart; beyond an end, as there."""
        within = np.flatnonzero((blocks >= 0) & (blocks < len(self._sums)))
        last = len(self._sums) - 1
        sums = np.where(blocks < 0, 0.0, self._sums.read(last, last + 1)[0])
        counts = np.where(blocks < 0, 0, self._counts.read(last, last + 1)[0])
        if len(within):
            step = int(blocks[1] - blocks[0]) if len(blocks) > 1 else 1
            first, stop = int(blocks[within[0]]), int(blocks[within[-1]]) + 1
            sums[within] = self._sums.read(first, stop, step)
            counts[within] = self._counts.read(first, stop, step)
        return sums, counts

    def _between(
        self, begins: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Sums and counts of the finite values of windows, by the sums up to their borders."""
        if not len(ends):
            return np.empty(0), np.empty(0, np.int64)
        sums_to, counts_to = self._up_to(ends)
        sums_from, counts_from = self._up_to(begins)
        return sums_to - sums_from, counts_to - counts_from

    def _up_to(self, places: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Sums and counts of the finite values before each of some rising indices that lie close."""
        base = int(places[0]) // FACTOR
        values = self._y.read(base * FACTOR, int(places[-1])).astype(np.float64)
        finite = np.isfinite(values)
        sums = np.concatenate(([0.0], np.cumsum(np.where(finite, values, 0.0))))
        counts = np.concatenate(([0], np.cumsum(finite)))
        at = places - base * FACTOR
        return sums[at] + self._sums.read(base, base + 1)[0], counts[at] + self._counts.read(base, base + 1)[
            0
        ]


def _blocks(extreme: np.ufunc, values: Values) -> Values:
    """The least or greatest of every 16 values, and of those that are left over."""
    whole = len(values) // FACTOR * FACTOR
    found = extreme.reduce(values[:whole].reshape(-1, FACTOR), axis=1)
    if whole < len(values):
        found = np.append(found, extreme.reduce(values[whole:]))
    return np.asarray(found, np.float32)
