"""A run: its folder and what lies in it."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock
from typing import Any

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.file import parse
from workbench.runs import info as files
from workbench.runs.checkpoints import Kept, kept_in
from workbench.runs.info import RunInfo


class Run:
    """A run's folder. Nothing is read before it is asked for, and then anew each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writing = Lock()

    @property
    def id(self) -> str:
        """Its name: "0001"."""
        return self.folder.name

    @property
    def exists(self) -> bool:
        """Whether its folder is there: it may be deleted at any time."""
        return self.folder.is_dir()

    @property
    def best(self) -> Path:
        """File of the best epoch's weights."""
        return self.folder / "best.safetensors"

    @property
    def last(self) -> Path:
        """File of all that resuming needs."""
        return self.folder / "last.safetensors"

    @property
    def scalars(self) -> Path:
        """File of the curves."""
        return self.folder / "scalars.sqlite"

    @property
    def kept(self) -> Path:
        """Folder of earlier checkpoints."""
        return self.folder / "checkpoints"

    def checkpoints(self) -> list[Kept]:
        """Return its earlier checkpoints, earliest first."""
        return kept_in(self.kept)

    def checkpoint_at(self, step: int) -> Kept:
        """Return the checkpoint after so many steps. Raises `UserError` naming those that there are."""
        found = self.checkpoints()
        for kept in found:
            if kept.step == step:
                return kept
        known = ", ".join(str(kept.step) for kept in found)
        raise UserError(
            f"run {self.id} has no checkpoint after {step} step{'' if step == 1 else 's'}.",
            place=str(self.kept),
            remedy=f"There are {known}." if known else "None was kept; see training.keep.",
        )

    def info(self) -> RunInfo:
        """Return what is known of it. Raises `UserError` for a file that can't be read."""
        return files.read(self.folder)

    def project(self) -> Project:
        """Return the project as trained. Raises `UserError`."""
        return parse(json.dumps(self.info().project), f"{self.folder / files.NAME}: project")

    def update(self, **changes: Any) -> None:
        """Change fields of `RunInfo` in the file. Raises `UserError`."""
        with self._writing:
            files.change(self.folder, **changes)
