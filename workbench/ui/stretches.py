"""Rising numbers, kept as stretches of even steps: the steps of a run cost next to nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLOSE = 1e-4
"""Share of a step by which a number may lie beside its even place and still be taken for it."""

Floats = NDArray[np.float64]


class Stretches:
    """Numbers that never fall. Number ``first + i`` of a stretch is ``start + i * step``."""

    def __init__(self) -> None:
        self._first = np.empty(0, np.int64)
        self._start = np.empty(0)
        self._step = np.empty(0)
        self._count = 0
        self._used = 0
        self._last = -np.inf

    def __len__(self) -> int:
        return self._used

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return self._first.nbytes + self._start.nbytes + self._step.nbytes

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last number, both nan where there are none."""
        return (float(self._start[0]), self._last) if self._used else (float("nan"), float("nan"))

    def append(self, numbers: Floats) -> None:
        """Add numbers to the end. Raises `ValueError` where one is less than that before it."""
        if not len(numbers):
            return
        if not (numbers[0] >= self._last and (np.diff(numbers) >= 0).all() and np.isfinite(numbers).all()):
            raise ValueError("numbers of a curve's places never fall")
        if not self._goes_on(numbers):
            if _even(numbers, numbers[0], _step(numbers)):
                self._note(np.array([self._used]), numbers[:1], np.array([_step(numbers)]))
            else:
                self._note(np.arange(self._used, self._used + len(numbers)), numbers, np.zeros(len(numbers)))
        self._used += len(numbers)
        self._last = float(numbers[-1])

    def _goes_on(self, numbers: Floats) -> bool:
        """Whether the numbers belong to the last stretch, whose step its second number sets."""
        if not self._count:
            return False
        at = self._count - 1
        first, start, step = int(self._first[at]), float(self._start[at]), float(self._step[at])
        if self._used - first == 1:
            step = float(numbers[0]) - start
        if not _even(numbers, start + (self._used - first) * step, step):
            return False
        self._step[at] = step
        return True

    def _note(self, first: NDArray[np.int64], start: Floats, step: Floats) -> None:
        needed = self._count + len(first)
        if needed > len(self._first):
            size = max(16, needed, 2 * len(self._first))
            self._first = np.resize(self._first, size)
            self._start = np.resize(self._start, size)
            self._step = np.resize(self._step, size)
        self._first[self._count : needed] = first
        self._start[self._count : needed] = start
        self._step[self._count : needed] = step
        self._count = needed

    def at(self, indices: NDArray[np.int64]) -> Floats:
        """Return the numbers at these places."""
        which = np.searchsorted(self._first[: self._count], indices, "right") - 1
        return np.asarray(self._start[which] + (indices - self._first[which]) * self._step[which])

    def find(self, number: float) -> int:
        """Return how many are less than a number."""
        which = int(np.searchsorted(self._start[: self._count], number)) - 1
        if which < 0:
            return 0
        first, start, step = int(self._first[which]), float(self._start[which]), float(self._step[which])
        end = int(self._first[which + 1]) if which + 1 < self._count else self._used
        if step == 0.0 or number > start + (end - first) * step:
            return end
        guess = max(first, min(end, first + int(np.ceil((number - start) / step))))
        while guess > first and start + (guess - 1 - first) * step >= number:
            guess -= 1
        while guess < end and start + (guess - first) * step < number:
            guess += 1
        return guess


def _step(numbers: Floats) -> float:
    return float(numbers[-1] - numbers[0]) / (len(numbers) - 1) if len(numbers) > 1 else 0.0


def _even(numbers: Floats, start: float, step: float) -> bool:
    expected = start + step * np.arange(len(numbers))
    return bool((np.abs(expected - numbers) <= CLOSE * step).all())
