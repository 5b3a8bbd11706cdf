"""What a training in other processes and its parent tell each other: a line of JSON a message."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

MARK = "\x1e"
"""Begins each message (RFC 7464), so that whatever else is printed is told apart."""


def line(message: Any) -> bytes:
    """Return a message as it goes through the pipe."""
    return f"{MARK}{json.dumps(message, allow_nan=False)}\n".encode("ascii")


def message(text: bytes) -> Any:
    """Return the message of a line, or None for a line that is none."""
    if not text.startswith(MARK.encode()):
        return None
    try:
        return json.loads(text[1:])
    except ValueError:  # cut off, as its process was ended
        return None


def lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines that come through an open file, until it is closed.

    Python's own reading locks its buffer, and a program can't end while a thread waits in it.
    """
    rest = b""
    while True:
        try:
            found = os.read(descriptor, 2**16)
        except OSError:
            found = b""
        if not found:
            return
        *whole, rest = (rest + found).split(b"\n")
        yield from whole
