"""Pausing work that runs in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Gate:
    """Where work waits while it is paused, one event or a few at a time let through."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._until: Callable[[Any], bool] | None = None
        self.waiting = False
        """Whether work stands before it, and isn't let through."""

    @property
    def paused(self) -> bool:
        """Whether it is closed."""
        return self._paused

    def close(self) -> None:
        """Let work wait at its next event."""
        with self._changed:
            self._paused, self._until = True, None

    def open(self) -> None:
        """Let work go on."""
        with self._changed:
            self._paused, self._until, self.waiting = False, None, False
            self._changed.notify_all()

    def let_through(self, until: Callable[[Any], bool]) -> None:
        """Stay closed, but let events pass up to the next for which ``until`` holds."""
        with self._changed:
            self._until, self.waiting = until, False
            self._changed.notify_all()

    def pass_by(self, event: Any, hand_on: Callable[[Any], None]) -> None:
        """Hand an event on, and wait for as long as the gate is closed.

        Who is let through for what an event told of can't be stopped by that event: it is judged before
        anyone can answer it.
        """
        with self._changed:
            hand_on(event)
            if self._until is not None and self._until(event):
                self._until = None
            self.waiting = self._paused and self._until is None
            self._changed.wait_for(lambda: not self._paused or self._until is not None)
