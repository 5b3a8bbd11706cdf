"""A layer's output as a row of bounded length."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

SEED = 0


class Shrink:
    """Turns outputs of one shape, (batch, *shape), into float32 rows, (batch, features).

    Up to ``most`` values are flattened. Larger maps, (channels, ...), are averaged over equal parts of their
    area. Anything else that is too long is hashed: each value is added, with a random sign, to a random one
    of ``most`` features, which keeps inner products in expectation (Weinberger et al., 2009).
    """

    def __init__(self, shape: tuple[int, ...], most: int) -> None:
        self._grid: tuple[int, ...] = ()
        size = math.prod(shape)
        self.how = ""
        """In words, what was done to make it shorter; empty if it is whole."""
        self._places: Tensor | None = None
        if size > most and len(shape) in (3, 4):
            self._grid = _grid(shape, most)
            size = shape[0] * math.prod(self._grid)
            self.how = f"averaged to {'×'.join(map(str, (shape[0], *self._grid)))}"
        if size > most:
            random = np.random.default_rng(SEED)
            self._places = torch.from_numpy(random.integers(0, most, size))
            self._signs = torch.from_numpy(random.choice(np.array([-1, 1], np.float32), size))
            self.how = f"projected at random from {size:,} values to {most:,}"
        self.features = min(size, most)

    def __call__(self, output: Tensor) -> Tensor:
        """Return rows, (batch, features), on the CPU."""
        values = output.detach().float()
        if self._grid:
            values = torch.nn.functional.interpolate(values, size=self._grid, mode="area")
        rows = values.reshape(len(values), -1).cpu()
        if self._places is None:
            return rows.clone()
        return rows.new_zeros(len(rows), self.features).index_add_(1, self._places, rows * self._signs)


def _grid(shape: tuple[int, ...], most: int) -> tuple[int, ...]:
    """The finest grid, in the map's proportions, that has at most ``most`` parts in all channels together."""
    channels, *sides = shape
    scale = (most / math.prod(shape)) ** (1 / len(sides))
    grid = [max(1, math.floor(side * scale)) for side in sides]
    if channels * math.prod(grid) > most:  # a side that is 1 at least makes the others too long
        grid = [1] * len(sides)
    return tuple(grid)
