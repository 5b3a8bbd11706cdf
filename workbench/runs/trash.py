"""Deleted runs: kept for a while, so that they can be brought back, and then gone for good."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import UserError
from workbench.graph.atomic import unwritable, write_atomic
from workbench.runs.numbered import run_folders

DAYS = 30
"""How long a deleted run is kept."""

_DAY = 86_400
_NUMBER = "last"
"""File with the highest number of a run that is gone for good."""
_GOING = ".gone-"
"""Begins the name of a folder that is being removed; one that a crash left is removed with the next."""


@dataclass(frozen=True)
class Deleted:
    """A deleted run: when it was deleted (Unix time), and how many bytes it takes."""

    id: str
    when: float
    size: int


class Trash:
    """A folder of deleted runs. Nothing but runs in it is ever removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def runs(self) -> list[Deleted]:
        """Return the deleted runs, those deleted last first."""
        found = (Deleted(path.name, _deleted_at(path), _size(path)) for path in run_folders(self.folder))
        return sorted(found, key=lambda run: (run.when, run.id), reverse=True)

    @property
    def number(self) -> int:
        """The highest number of a run that is or was here; 0 for none. No other run may get it."""
        numbers = [int(path.name) for path in run_folders(self.folder)]
        with suppress(OSError, ValueError):
            numbers.append(int((self.folder / _NUMBER).read_text(encoding="ascii")[:12]))
        return max(numbers, default=0)

    def put(self, run: Path) -> None:
        """Move a run's folder here. Raises `UserError`."""
        target = self.folder / run.name
        try:
            self.folder.mkdir(exist_ok=True)
            os.utime(run)  # its time is when it was deleted, from here on
            run.rename(target)
        except OSError as error:
            raise unwritable(target, error) from error

    def take_back(self, run_id: str, target: Path) -> None:
        """Move a run's folder to where it was. Raises `UserError` where it isn't here."""
        source = self.folder / run_id
        if source not in run_folders(self.folder):
            raise UserError(
                f"no deleted run is called {run_id!r}.",
                place=str(self.folder),
                remedy="The trash may have been emptied.",
            )
        try:
            source.rename(target)
        except OSError as error:
            raise unwritable(target, error) from error

    def empty(self, ids: Collection[str] | None = None) -> list[Deleted]:
        """Remove deleted runs for good, all or those of some ids; return them. Raises `UserError`."""
        gone = [run for run in self.runs() if ids is None or run.id in ids]
        self._sweep()
        if gone:
            last = max(self.number, *(int(run.id) for run in gone))
            write_atomic(self.folder / _NUMBER, f"{last}\n".encode("ascii"))
        for run in gone:
            self._remove(self.folder / run.id)
        return gone

    def drop_old(self, now: float | None = None) -> None:
        """Remove for good what was deleted more than `DAYS` days ago. Raises `UserError`."""
        before = (time.time() if now is None else now) - DAYS * _DAY
        old = [path.name for path in run_folders(self.folder) if _deleted_at(path) < before]
        if old:
            self.empty(old)

    def _remove(self, run: Path) -> None:
        """Remove a run as one: nobody brings half of one back meanwhile."""
        going = self.folder / f"{_GOING}{secrets.token_hex(6)}"
        try:
            run.rename(going)
            _delete(going)
        except FileNotFoundError:
            pass  # somebody brought it back, or removed it too
        except OSError as error:
            raise UserError(
                f"can't be deleted ({error.strerror or error}).",
                place=str(run),
                remedy="Close other programs that use it, and check that you may write there.",
            ) from error

    def _sweep(self) -> None:
        for left in self.folder.glob(f"{_GOING}*"):
            with suppress(OSError):
                _delete(left)


def _delete(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def _deleted_at(folder: Path) -> float:
    """When a run came here; a system that keeps no time of a change to the folder itself has the other."""
    facts = folder.stat()
    return max(facts.st_mtime, facts.st_ctime)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_size
    return total
