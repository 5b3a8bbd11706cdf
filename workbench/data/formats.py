"""What a data format is. `workbench.data.registry` lists them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from workbench.data.dataset import Source
from workbench.data.missing import MissingData
from workbench.graph.project import DataSection


class Format(ABC):
    """A kind of file or folder that data can be read from."""

    name: ClassVar[str]
    """What ``data.format`` says in the project."""
    help: ClassVar[str]
    """What it reads, to follow "Data can be read from": "a table of text (.csv …)"."""

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Return whether this file or folder looks like the format, or this name needs no file.

        Looks at names, not at content.
        """

    @abstractmethod
    def read(self, section: DataSection, path: Path) -> Source:
        """Read everything. ``path`` is what `locate` gave. Raises `UserError`."""

    def locate(self, section: DataSection, folder: Path) -> Path:
        """Return where ``section.path`` is, for a project in ``folder``. Raises `MissingData`."""
        path = folder / Path(section.path).expanduser()
        if not path.exists():
            raise MissingData(
                section,
                "there is no such file or folder.",
                place=str(path),
                remedy="Put the data back there, or choose where they are now.",
            )
        return path

    def columns(self, path: Path) -> tuple[str, ...]:
        """Return the columns that the target can be chosen from, or none. Raises `UserError`."""
        return ()
