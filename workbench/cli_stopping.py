"""Work that Ctrl+C, or a request to end, stops between two events."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def taken(events: Generator[T, None, Any], take: Callable[[T], None]) -> bool:
    """Take events until they end, or Ctrl+C or a request to end comes; return whether it did."""
    asked = threading.Event()
    with stopping(asked.set):
        try:
            for event in events:
                take(event)
                if asked.is_set():
                    break
        finally:
            events.close()
    return asked.is_set()


@contextmanager
def stopping(stop_work: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C, or a request to end, stop work by ``stop_work``; a second one breaks off at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        stop_work()
        restore()

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()
