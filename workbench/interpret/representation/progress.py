"""Progress of work that has several parts, and of libraries that give no chance to report it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from workbench.interpret.subject import Progress

WHOLE = 1000
"""Steps of which the whole work consists, whatever its parts count."""
INTERVAL_S = 0.05


def part(tell: Progress, start: float, end: float) -> Progress:
    """Return what reports a part's own progress as that of the whole, from one share of it to another."""

    def told(done: int, total: int) -> None:
        share = start + (end - start) * done / max(total, 1)
        tell(round(WHOLE * share), WHOLE)

    return told


@contextmanager
def listening(tell: Progress, module: str, step: str, total: int) -> Iterator[None]:
    """Report meanwhile how often ``step``, a Python function of a module, was called in this thread.

    What ``tell`` raises, to cancel, comes out of the library at that call. The interpreter's profile function
    serves for it: it is the thread's own, and nothing of the library is replaced. Where a newer version of
    the library calls its functions otherwise, the figure stands still, and cancelling goes on working.
    """
    done, told = 0, -INTERVAL_S

    def heard(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal done, told
        if event != "call" or not frame.f_globals.get("__name__", "").startswith(module):
            return
        if frame.f_code.co_name == step:
            done += 1
        now = time.monotonic()
        if now - told >= INTERVAL_S:
            told = now
            tell(min(done, total), total)

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        yield
    finally:
        sys.setprofile(before)
