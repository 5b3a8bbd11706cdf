"""A file beside what may be changed by one process at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.errors import UserError
from workbench.graph.atomic import unwritable

_LOCK_SECONDS = 5.0
"""A lock that is older was left behind: a change takes milliseconds."""


@contextmanager
def alone(lock: Path, what: str) -> Iterator[None]:
    """Keep other processes from changing something meanwhile, by a file that only one can make.

    ``what`` it is stands in the error. Raises `UserError` where another process keeps it for long, or nobody
    may write there.
    """
    until = time.monotonic() + 2 * _LOCK_SECONDS
    while True:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            with suppress(OSError):
                if time.time() - lock.stat().st_mtime > _LOCK_SECONDS:
                    lock.unlink()
            if time.monotonic() > until:
                raise UserError(
                    f"another program is changing {what}.",
                    place=str(lock),
                    remedy="Delete this file if not.",
                ) from None
            time.sleep(0.01)
        except OSError as error:
            raise unwritable(lock, error) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
