"""An array that grows at its end without ever being copied whole."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

SIZE = 1 << 16
"""Values a chunk."""


class Chunked(Generic[Number]):
    """Numbers of one dtype in chunks of one size: growing costs no more late than early."""

    def __init__(self, dtype: type[Number]) -> None:
        self._dtype = np.dtype(dtype)
        self._chunks: list[NDArray[Number]] = []
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return len(self._chunks) * SIZE * self._dtype.itemsize

    def write(self, at: int, values: NDArray[Number]) -> None:
        """Put values from place ``at`` (at most the length) on; they are the last from then on."""
        self._used = at + len(values)
        while len(self._chunks) * SIZE < self._used:
            self._chunks.append(np.empty(SIZE, self._dtype))
        done = 0
        while done < len(values):
            number, offset = divmod(at + done, SIZE)
            part = values[done : done + SIZE - offset]
            self._chunks[number][offset : offset + len(part)] = part
            done += len(part)

    def read(self, start: int, stop: int, step: int = 1) -> NDArray[Number]:
        """Return what ``array[start:stop:step]`` would, for 0 <= ``start``: at most a copy of that."""
        stop = min(stop, self._used)
        parts = []
        at = start
        while at < stop:
            number, offset = divmod(at, SIZE)
            parts.append(self._chunks[number][offset : min(SIZE, offset + stop - at) : step])
            at += len(parts[-1]) * step
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty(0, self._dtype)
