"""An array in a few numbers: for the histogram beside a layer's row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 40


@dataclass(frozen=True, eq=False)
class Stats:
    """Figures of an array's finite values; nan where it has none.

    ``zeros`` and ``not_finite`` are shares of all values, 0 to 1; ``not_finite`` counts nan and the
    infinities. ``counts``: (bins,) int64; ``edges``: (bins + 1,) float64, ascending.
    """

    mean: float
    std: float
    minimum: float
    maximum: float
    zeros: float
    not_finite: float
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


def statistics(array: NDArray[np.generic], bins: int = BINS) -> Stats:
    """Return the figures of an array of numbers, of any shape and dtype."""
    values = np.asarray(array, dtype=np.float64).ravel()
    finite = values[np.isfinite(values)]
    share = 1 / max(1, values.size)
    lost = (values.size - finite.size) * share
    if not finite.size:
        counts, edges = np.zeros(bins, np.int64), np.linspace(0.0, 1.0, bins + 1)
        return Stats(math.nan, math.nan, math.nan, math.nan, 0.0, lost, counts, edges)
    low, high = float(finite.min()), float(finite.max())
    counts, edges = np.histogram(finite, bins, _range(low, high))
    return Stats(
        mean=float(finite.mean()),
        std=float(finite.std()),
        minimum=low,
        maximum=high,
        zeros=(finite.size - int(np.count_nonzero(finite))) * share,
        not_finite=lost,
        counts=counts.astype(np.int64),
        edges=edges,
    )


def _range(low: float, high: float) -> tuple[float, float]:
    """Where bins go; values that are all but alike get a bin around them that floats can tell apart."""
    least = max(1e-12, 1e-9 * max(abs(low), abs(high)))
    if high - low >= least:
        return low, high
    middle = (low + high) / 2
    half = max(0.5, abs(middle) / 2) if low == high else least
    return middle - half, middle + half
