"""The error that says: the data aren't there."""

from __future__ import annotations

from workbench.errors import UserError
from workbench.graph.project import DataSection


class MissingData(UserError):  # noqa: N818
    """The file or folder that a data section names isn't there, so another could be chosen.

    ``section`` is what was asked for; the window offers "Choose folder…" with it.
    """

    def __init__(self, section: DataSection, what: str, *, place: str = "", remedy: str = "") -> None:
        self.section = section
        super().__init__(what, place=place, remedy=remedy)
