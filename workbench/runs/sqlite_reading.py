"""Reading an SQLite file that may be written meanwhile, or may lie where nobody may write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file as it is at this moment, on a disk that nobody may write to as well.

    Raises `sqlite3.Error` and `OSError`.
    """
    with ExitStack() as stack:
        uri = path.absolute().as_uri()
        if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
            uri += "?mode=rw"
        elif _written_in_full(path):
            uri += "?immutable=1"  # else SQLite makes files beside it, by which writers are told of readers
        else:
            uri = _copied(path, Path(stack.enter_context(TemporaryDirectory()))).as_uri() + "?mode=rw"
        connection = stack.enter_context(closing(sqlite3.connect(uri, uri=True, timeout=5)))
        connection.execute("BEGIN")  # all that is read is of one moment
        yield connection


def _written_in_full(path: Path) -> bool:
    """Whether nothing is left in the log beside it, which a killed training or one under way leaves."""
    log = _log(path)
    return not log.exists() or log.stat().st_size == 0


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _copied(path: Path, folder: Path) -> Path:
    """Copy the file and its log: only where it may be written can SQLite put the two together."""
    for part in (path, _log(path)):
        shutil.copyfile(part, folder / part.name)
    return folder / path.name
