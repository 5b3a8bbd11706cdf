"""Importing in the background what will be needed, so that nobody waits for it."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from workbench.ui.collecting import nothing_collected


def import_ahead(*names: str) -> None:
    """Import modules that aren't yet, and tell the collector that they stay.

    Large packages bring hundreds of thousands of objects. Going through them takes the collector a fifth of
    a second, in which no thread can do anything, and it would do so again and again.
    """
    new = [name for name in names if name not in sys.modules]
    if not new:
        return
    with nothing_collected():
        for name in new:
            import_module(name)
    gc.freeze()
