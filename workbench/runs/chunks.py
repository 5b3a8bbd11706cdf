"""Values of consecutive steps, as they lie in a run's file of curves: bytes instead of a row a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

LONGEST = 1 << 16
"""Values that a chunk holds at most, so that cutting one costs little."""
GROWS_TO = 1 << 12
"""Values up to which a chunk is written anew to take more in: there are few, however often they grow."""

_WIDTHS: dict[int, np.dtype[np.floating[Any]]] = {4: np.dtype("<f4"), 8: np.dtype("<f8")}


@dataclass(frozen=True, eq=False)
class Chunk:
    """Values of the steps ``first`` to ``end - 1``: float64, shape (n,)."""

    first: int
    values: NDArray[np.float64]

    @classmethod
    def of(cls, first: int, values: ArrayLike) -> Self:
        """Make one. Raises `ValueError` or `TypeError` for what are no numbers."""
        return cls(first, np.asarray(values, dtype=np.float64).reshape(-1))

    @property
    def end(self) -> int:
        """The step after the last."""
        return self.first + len(self.values)

    def joined(self, following: Chunk) -> Chunk:
        """Return this and the chunk that follows it as one."""
        return Chunk(self.first, np.concatenate([self.values, following.values]))

    def before(self, step: int) -> Chunk:
        """Return the part before a step, which may be empty."""
        return Chunk(self.first, self.values[: max(step - self.first, 0)])

    def since(self, step: int) -> Chunk:
        """Return the part from a step on, which may be empty."""
        return Chunk(max(self.first, step), self.values[max(step - self.first, 0) :])

    def parts(self) -> list[Chunk]:
        """Return it in chunks of at most `LONGEST` values."""
        starts = range(0, len(self.values), LONGEST)
        return [Chunk(self.first + start, self.values[start : start + LONGEST]) for start in starts]


def pack(values: NDArray[np.float64]) -> tuple[int, bytes]:
    """Return bytes a value, and the values' little-endian bytes: float32 where that loses nothing."""
    with np.errstate(over="ignore"):
        short = values.astype(np.float32)
    exact = np.array_equal(short.astype(np.float64), values, equal_nan=True)
    width = 4 if exact else 8
    return width, values.astype(_WIDTHS[width]).tobytes()


def unpack(count: Any, width: Any, content: Any) -> NDArray[np.floating[Any]]:
    """Return the ``count`` values that `pack` made bytes of. Raises `ValueError` for bytes it didn't make."""
    if width not in _WIDTHS or not isinstance(content, bytes) or len(content) != count * width:
        raise ValueError("a chunk is not as long as it says")
    return np.frombuffer(content, dtype=_WIDTHS[width])


def runs_of_steps(steps: NDArray[np.int64], values: NDArray[np.float64]) -> list[Chunk]:
    """Return a curve, whose steps (n,) ascend, as chunks of consecutive steps."""
    if not len(steps):
        return []
    breaks = np.flatnonzero(np.diff(steps) != 1) + 1
    pieces = zip(np.split(steps, breaks), np.split(values, breaks), strict=True)
    return [Chunk.of(int(some[0]), piece) for some, piece in pieces]
