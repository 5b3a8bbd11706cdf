"""Writing in the background, so that training doesn't wait for the disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic


class Writer:
    """Does one piece of writing at a time, in a thread of its own.

    What goes wrong in it is raised where its end is asked for: by `done`, `wait` or the next `begin`.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "checkpoints")
        self._under_way: Future[None] | None = None
        self.seconds = 0.0
        """How long the last piece took."""

    def begin(self, work: Callable[[], None]) -> None:
        """Start a piece, once the one before is done."""
        self.wait()
        self._under_way = self._thread.submit(self._timed, work)

    @property
    def busy(self) -> bool:
        """Whether a piece is under way."""
        return self._under_way is not None and not self._under_way.done()

    def done(self) -> bool:
        """Whether a piece has ended since this was last asked; raises what went wrong in it."""
        if self._under_way is None or not self._under_way.done():
            return False
        ended, self._under_way = self._under_way, None
        ended.result()
        return True

    def wait(self) -> None:
        """Wait for the piece under way; raises what went wrong in it."""
        if self._under_way is not None:
            ended, self._under_way = self._under_way, None
            ended.result()

    def close(self) -> None:
        """Wait for the piece under way, whatever comes of it, and let the thread go."""
        self._thread.shutdown(wait=True)
        self._under_way = None

    def _timed(self, work: Callable[[], None]) -> None:
        begun = monotonic()
        work()
        self.seconds = monotonic() - begun
