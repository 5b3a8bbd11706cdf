"""The parts of a sample that are taken away together."""

from __future__ import annotations

from math import isqrt, prod

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.interpret.surrogates.features import features_of

APART = 512
"""Columns or tokens that are told apart; of more, neighbours go together."""


def parts_of(dataset: Dataset, most: int) -> NDArray[np.int64]:
    """Return the part that each value of a sample belongs to, in the sample's shape, 0 and up.

    Images are cut into a grid of patches through all channels, sequences into stretches of steps with all
    features, at most ``most`` of either. Tokens stay apart, and so do the columns of a table; those that a
    category was spread over (``colour=red``, ``colour=blue``) are one. More than `APART` are cut, too.
    """
    shape = dataset.sample_shape
    if len(shape) == 1:
        return _in_a_row(dataset, most)
    if len(shape) == 2:
        return np.broadcast_to(_cut(shape[0], most)[:, None], shape).copy()
    # a patch has all of what comes before height and width: channels, and a volume's depth
    side = isqrt(most)
    rows, columns = _cut(shape[-2], side), _cut(shape[-1], side)
    grid = rows[:, None] * (columns.max() + 1) + columns
    return np.broadcast_to(grid, shape).copy()


def count(parts: NDArray[np.int64]) -> int:
    """Return how many parts there are."""
    return int(parts.max()) + 1


def window_of(
    dataset: Dataset, window: int | None, stride: int | None
) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Return a sliding window's shape and strides, and at how many places it stands, as captum counts them.

    An image's window is square and goes through all channels, a sequence's holds all features. Left open, it
    is an eighth of the shorter side and at least 2 wide, and moves by half of that. For up to `APART` columns
    or tokens it is 1.
    """
    shape = dataset.sample_shape
    moving = {0} if len(shape) <= 2 else {len(shape) - 2, len(shape) - 1}
    shorter = min(shape[axis] for axis in moving)
    auto = max(2, round(shorter / 8))
    if len(shape) == 1:
        auto = 1 if shorter <= APART else round(shorter / 64)
    wide = min(window or auto, shorter)
    step = min(stride or max(1, wide // 2), wide)
    sizes = tuple(wide if axis in moving else side for axis, side in enumerate(shape))
    steps = tuple(step if axis in moving else side for axis, side in enumerate(shape))
    places = prod(-(-(shape[axis] - wide) // step) + 1 for axis in moving)
    return sizes, steps, places


def _in_a_row(dataset: Dataset, most: int) -> NDArray[np.int64]:
    """The parts of a table's row, or of tokens."""
    (length,) = dataset.sample_shape
    if length > APART:
        return _cut(length, most)
    if len(dataset.features) != length or dataset.input_dtype == "int64":
        return np.arange(length)
    found = np.zeros(length, np.int64)
    for number, feature in enumerate(features_of(dataset).items):
        found[feature.places] = number
    return found


def _cut(side: int, most: int) -> NDArray[np.int64]:
    """Which of at most ``most`` stretches of even length each place belongs to."""
    return np.arange(side) * min(side, most) // side
