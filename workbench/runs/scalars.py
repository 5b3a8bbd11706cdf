"""A run's curves, in SQLite: written while training, read by anyone at any time.

Values of consecutive steps lie as bytes in ``chunks``; those that come now and then, such as an epoch's, in
rows of ``scalars``, as those of every step did in files of older versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.runs.chunks import GROWS_TO, Chunk, pack, runs_of_steps, unpack
from workbench.runs.run import Run
from workbench.runs.sqlite_reading import reading

Curve = tuple[NDArray[np.int64], NDArray[np.float64]]

_TABLES = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS scalars (
    series INTEGER NOT NULL REFERENCES series, step INTEGER NOT NULL, value REAL, PRIMARY KEY (series, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    series INTEGER NOT NULL REFERENCES series, first_step INTEGER NOT NULL,
    count INTEGER NOT NULL, width INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (series, first_step)
);
"""


def curves(run: Run) -> dict[str, Curve]:
    """Return a run's series, whole: by name, steps (n,) and values (n,), nan where a value was no number.

    A value's step is the number of steps done when it was measured. ``train_loss`` has a value a step, the
    others (``val_loss``, the metrics, ``lr``) a value an epoch. While the run is written, all are as they
    were at one moment. A run that was deleted, even while they are read, has none. Raises `UserError` for a
    damaged file.
    """
    try:
        return _curves(run.scalars)
    except UserError:
        if run.exists:
            raise
        return {}


def _curves(path: Path) -> dict[str, Curve]:
    if not path.is_file():
        return {}
    with _explained(path), reading(path) as connection:
        series = connection.execute("SELECT id, name FROM series ORDER BY id").fetchall()
        chunked = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'chunks'").fetchone()
        return {name: _curve(connection, number, bool(chunked)) for number, name in series}


def _curve(connection: sqlite3.Connection, series: int, chunked: bool) -> Curve:
    """A series, from its rows and its chunks."""
    query = "SELECT step, value FROM scalars WHERE series = ? ORDER BY step"
    rows = connection.execute(query, (series,)).fetchall()
    query = "SELECT first_step, count, width, content FROM chunks WHERE series = ? ORDER BY first_step"
    chunks = connection.execute(query, (series,)).fetchall() if chunked else []
    parts = [(first, unpack(count, width, content)) for first, count, width, content in chunks]
    used = len(rows)
    steps = np.empty(used + sum(len(part) for _, part in parts), np.int64)
    values = np.empty(len(steps), np.float64)
    steps[:used] = [row[0] for row in rows]
    values[:used] = np.array([row[1] for row in rows], dtype=np.float64)  # None, for SQLite has no nan
    for first, part in parts:
        steps[used : used + len(part)] = np.arange(first, first + len(part), dtype=np.int64)
        values[used : used + len(part)] = part
        used += len(part)
    if rows and parts:
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
    return steps, values


class ScalarWriter:
    """Writes a run's series in batches: one transaction a `flush`.

    Opening it makes the file, or forgets what it holds beyond step ``after``, which a resumed run goes on
    from. Raises `UserError` for a file that can't be written or is damaged.
    """

    def __init__(self, path: Path, after: int) -> None:
        self._path = path
        self._noted: dict[str, list[Chunk]] = {}
        self._tails: dict[int, Chunk] = {}
        """By series, the chunk that ends it, where that is known: what follows joins it while it is short."""
        with _explained(path):
            # A generator that is let go of may be closed by another thread than ran it.
            self._connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
            try:
                # Readers and the writer don't wait for each other, and a commit doesn't wait for the disk.
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=NORMAL")
                self._connection.executescript(_TABLES)
                with self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")  # told now if another program writes
                    for (number,) in self._connection.execute("SELECT id FROM series").fetchall():
                        self._forget(number, after + 1)
            except BaseException:
                self._connection.close()
                raise

    def add(self, series: str, first_step: int, values: Iterable[float] | NDArray[np.floating[Any]]) -> None:
        """Note values of consecutive steps. They come back exactly; of a step's values, the newest."""
        new = Chunk.of(first_step, values if isinstance(values, np.ndarray) else list(values))
        if len(new.values):
            self._noted.setdefault(series, []).append(new)

    def flush(self) -> None:
        """Write what was noted. Raises `UserError`."""
        if not self._noted:
            return
        tails: dict[int, Chunk | None] = dict(self._tails)
        with _explained(self._path), self._connection:
            names = [(name,) for name in self._noted]
            self._connection.executemany("INSERT OR IGNORE INTO series (name) VALUES (?)", names)
            numbers = dict(self._connection.execute("SELECT name, id FROM series").fetchall())
            for name, noted in self._noted.items():
                for chunk in _merged(noted):
                    tails[numbers[name]] = self._store(numbers[name], chunk, tails.get(numbers[name]))
        # only now: of a transaction that failed, nothing is there
        self._tails = {number: tail for number, tail in tails.items() if tail}
        self._noted.clear()

    def copy_until(self, source: Run, step: int) -> None:
        """Take over another run's curves up to a step, as of now. Raises `UserError`."""
        for name, (steps, values) in _curves(source.scalars).items():
            upto = int(np.searchsorted(steps, step, side="right"))
            for chunk in runs_of_steps(steps[:upto], values[:upto]):
                self._noted.setdefault(name, []).append(chunk)
        self.flush()

    def close(self) -> None:
        """Close the file; what wasn't flushed is lost."""
        self._connection.close()

    def _store(self, series: int, new: Chunk, tail: Chunk | None) -> Chunk | None:
        """Write a chunk after the others, or in their place; return the one that now ends the series."""
        if tail is None or new.first < tail.end:
            self._forget(series, new.first, new.end)
        elif new.first == tail.end and len(tail.values) < GROWS_TO:
            for query in (
                "DELETE FROM scalars WHERE series = ? AND step = ?",
                "DELETE FROM chunks WHERE series = ? AND first_step = ?",
            ):
                self._connection.execute(query, (series, tail.first))
            new = tail.joined(new)
        parts = new.parts()
        for part in parts:
            self._insert(series, part)
        return parts[-1] if new.end > self._last(series) else None

    def _last(self, series: int) -> int:
        """The last step that a series has a value of, -1 without any."""
        query = """SELECT max(coalesce((SELECT max(step) FROM scalars WHERE series = :it), -1), coalesce((
            SELECT first_step + count - 1 FROM chunks WHERE series = :it ORDER BY first_step DESC LIMIT 1
        ), -1))"""
        return int(self._connection.execute(query, {"it": series}).fetchone()[0])

    def _insert(self, series: int, chunk: Chunk) -> None:
        if len(chunk.values) == 1:
            row = (series, chunk.first, float(chunk.values[0]))
            self._connection.execute("INSERT INTO scalars VALUES (?, ?, ?)", row)
        elif len(chunk.values):
            place = (series, chunk.first, len(chunk.values))
            self._connection.execute(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", (*place, *pack(chunk.values))
            )

    def _forget(self, series: int, first: int, end: int = 2**62) -> None:
        """Forget the steps ``first`` to ``end - 1``; a chunk that reaches over an end is cut there."""
        within = (series, first, end)
        self._connection.execute("DELETE FROM scalars WHERE series = ? AND step >= ? AND step < ?", within)
        query = """SELECT rowid, first_step, count, width, content FROM chunks
            WHERE series = ? AND first_step + count > ? AND first_step < ?"""
        for row, start, count, width, content in self._connection.execute(query, within).fetchall():
            chunk = Chunk.of(start, unpack(count, width, content))
            self._connection.execute("DELETE FROM chunks WHERE rowid = ?", (row,))
            for kept in (chunk.before(first), chunk.since(end)):
                self._insert(series, kept)


def _merged(noted: list[Chunk]) -> Iterator[Chunk]:
    """Chunks that follow one another, as one."""
    start = 0
    for end in range(1, len(noted) + 1):
        if end == len(noted) or noted[end].first != noted[end - 1].end:
            yield Chunk(noted[start].first, np.concatenate([chunk.values for chunk in noted[start:end]]))
            start = end


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise UserError(
            f"the curves can't be read or written ({error}).",
            place=str(path),
            remedy="Close other programs that use the file, and check the disk's space and permissions.",
        ) from error
    except (sqlite3.DatabaseError, ValueError, TypeError, OverflowError) as error:
        raise UserError(
            f"the curves are damaged ({error}).",
            place=str(path),
            remedy="Move the file away; the run works without it, but for its curves so far.",
        ) from error
