"""A run's earlier checkpoints, to go back to: some of its epochs', and those that people asked for."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.graph.atomic import replace_atomic

_NAME = re.compile(r"(step|kept)_(\d+)_epoch_(\d+)\.safetensors")


@dataclass(frozen=True, order=True)
class Kept:
    """A checkpoint after ``step`` steps and ``epoch`` whole epochs.

    ``asked``: somebody asked for it, so that it isn't thinned out. ``created``: UTC, ISO 8601.
    """

    step: int
    epoch: int
    path: Path
    asked: bool
    created: str
    bytes: int


def kept_in(folder: Path) -> list[Kept]:
    """Return the checkpoints in a folder, earliest first; none where there is no such folder."""
    found = []
    for path in folder.glob("*.safetensors") if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        try:
            facts = path.stat()
        except FileNotFoundError:  # thinned out meanwhile
            continue
        created = datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds")
        kind, step, epoch = match.groups()
        found.append(Kept(int(step), int(epoch), path, kind == "kept", created, facts.st_size))
    return sorted(found)


def keep(last: Path, folder: Path, step: int, epoch: int, *, asked: bool = False) -> Path:
    """Keep the checkpoint in the file ``last`` and return where. Raises `UserError`.

    It shares the disk's space with ``last``, where the file system can, until that is replaced.
    """
    target = folder / f"{'kept' if asked else 'step'}_{step:08}_epoch_{epoch}.safetensors"

    def fill(temporary: Path) -> None:
        temporary.unlink()
        try:
            os.link(last, temporary)
        except OSError:
            shutil.copyfile(last, temporary)

    replace_atomic(target, fill)
    return target


def thin(folder: Path, most: int) -> None:
    """Delete checkpoints that nobody asked for, until at most so many are left, evenly spread."""
    found = [kept for kept in kept_in(folder) if not kept.asked]
    while len(found) > most:
        found.pop(_closest([kept.step for kept in found])).path.unlink(missing_ok=True)


def _closest(steps: list[int]) -> int:
    """Return the index of the one whose neighbours are closest together; the newest stays."""
    if len(steps) <= 2:
        return 0
    gaps = [after - before for before, after in zip([0, *steps[:-2]], steps[1:], strict=True)]
    return gaps.index(min(gaps))
