"""A run's curves, in SQLite: written while training, read by anyone at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.runs.run import Run

Curve = tuple[NDArray[np.int64], NDArray[np.float64]]

_TABLES = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS scalars (
    series INTEGER NOT NULL REFERENCES series, step INTEGER NOT NULL, value REAL, PRIMARY KEY (series, step)
) WITHOUT ROWID;
"""


def curves(run: Run) -> dict[str, Curve]:
    """Return a run's series, whole: by name, steps (n,) and values (n,), nan where a value was no number.

    A value's step is the number of steps done when it was measured. ``train_loss`` has a value a step, the
    others (``val_loss``, the metrics, ``lr``) a value an epoch. Raises `UserError` for a damaged file.
    """
    if not run.scalars.is_file():
        return {}
    found: dict[str, Curve] = {}
    with _explained(run.scalars):
        connection = sqlite3.connect(f"{run.scalars.absolute().as_uri()}?mode=rw", uri=True, timeout=5)
        try:
            for number, name in connection.execute("SELECT id, name FROM series ORDER BY id").fetchall():
                query = "SELECT step, value FROM scalars WHERE series = ? ORDER BY step"
                rows = connection.execute(query, (number,)).fetchall()
                steps = np.array([row[0] for row in rows], dtype=np.int64)
                found[name] = steps, np.array([row[1] for row in rows], dtype=np.float64)
        finally:
            connection.close()
    return found


class ScalarWriter:
    """Writes a run's series in batches: one transaction a `flush`.

    Opening it makes the file, or forgets what it holds beyond step ``after``, which a resumed run goes on
    from. Raises `UserError` for a file that can't be written or is damaged.
    """

    def __init__(self, path: Path, after: int) -> None:
        self._path = path
        self._rows: list[tuple[str, int, float]] = []
        with _explained(path):
            # A generator that is let go of may be closed by another thread than ran it.
            self._connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
            try:
                # Readers and the writer don't wait for each other, and a commit doesn't wait for the disk.
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=NORMAL")
                self._connection.executescript(_TABLES)
                self._connection.execute("DELETE FROM scalars WHERE step > ?", (after,))
                self._connection.commit()
            except sqlite3.Error:
                self._connection.close()
                raise

    def add(self, series: str, first_step: int, values: Iterable[float]) -> None:
        """Note values of consecutive steps."""
        self._rows.extend((series, step, value) for step, value in enumerate(values, first_step))

    def flush(self) -> None:
        """Write what was noted. Raises `UserError`."""
        if not self._rows:
            return
        with _explained(self._path), self._connection:
            names = [(name,) for name in dict.fromkeys(row[0] for row in self._rows)]
            self._connection.executemany("INSERT OR IGNORE INTO series (name) VALUES (?)", names)
            numbers = dict(self._connection.execute("SELECT name, id FROM series").fetchall())
            self._connection.executemany(
                "INSERT OR REPLACE INTO scalars VALUES (?, ?, ?)",
                [(numbers[name], step, value) for name, step, value in self._rows],
            )
        self._rows.clear()

    def close(self) -> None:
        """Close the file; what wasn't flushed is lost."""
        self._connection.close()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise UserError(
            f"the curves can't be read or written ({error}).",
            place=str(path),
            remedy="Close other programs that use the file, and check the disk's space and permissions.",
        ) from error
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise UserError(
            f"the curves are damaged ({error}).",
            place=str(path),
            remedy="Move the file away; the run works without it, but for its curves so far.",
        ) from error
