"""A run: its folder and what lies in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.graph import Project
from workbench.graph.file import parse
from workbench.runs import info as files
from workbench.runs.info import RunInfo


class Run:
    """A run's folder. Nothing is read before it is asked for, and then anew each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def id(self) -> str:
        """Its name: "0001"."""
        return self.folder.name

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

    def info(self) -> RunInfo:
        """Return what is known of it. Raises `UserError` for a file that can't be read."""
        return files.read(self.folder)

    def project(self) -> Project:
        """Return the project as trained. Raises `UserError`."""
        return parse(json.dumps(self.info().project), f"{self.folder / files.NAME}: project")

    def update(self, **changes: Any) -> None:
        """Change fields of `RunInfo` in the file. Raises `UserError`."""
        files.write(self.folder, self.info().model_copy(update=changes))
