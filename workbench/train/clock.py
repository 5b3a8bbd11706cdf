"""Time that doesn't pass while nothing is being done."""

from __future__ import annotations

from time import perf_counter
from types import TracebackType


class Stopwatch:
    """Runs inside ``with`` and stands still outside: a paused run is not a slow one."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    def __enter__(self) -> None:
        self._since = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._before, self._since = self.seconds, None

    @property
    def seconds(self) -> float:
        """Seconds that it ran so far."""
        return self._before + (0.0 if self._since is None else perf_counter() - self._since)
