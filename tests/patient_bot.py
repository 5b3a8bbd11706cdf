"""pytest-qt's robot with patience: it waits for a state however slow the machine is, and asks for a yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

PATIENCE_MS = 60_000
"""How long a test waits for what must come: many times what a loaded machine takes for it."""


class PatientBot(QtBot):
    """A QtBot whose waits last up to a minute instead of 5 s, and that takes no None for a yes."""

    def waitUntil(self, callback: Callable[[], bool], *, timeout: int = PATIENCE_MS) -> None:
        """Wait until `callback` gives True.

        Raises TypeError if it gives None. pytest-qt takes that for fulfilled, so a lambda of `found and
        found.ready` would wait for nothing while there is no `found`.
        """

        def answered() -> bool:
            answer = callback()
            if answer is None:
                raise TypeError("what is waited for must be True or False, and is None")
            return answer

        super().waitUntil(answered, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> SignalBlocker:
        """Wait for a signal, as a context manager."""
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> MultiSignalBlocker:
        """Wait for several signals, as a context manager."""
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        """Wait for a window to be shown, as a context manager."""
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        """Wait for a window to be active, as a context manager."""
        return super().waitActive(widget, timeout=timeout)
