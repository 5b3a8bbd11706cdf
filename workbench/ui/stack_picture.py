"""The stack for others to see: a picture to save or copy, and the summary table."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from workbench.graph import Graph
from workbench.graph.facts import Facts
from workbench.ui import theme
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Report
    from workbench.ui.actions import Actions

KEYS = ("save_picture", "copy_picture", "summary")


class StackPictures(QObject):
    """Acts on the open project's stack, with blocks folded as they are in the rows."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._window = workspace, window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the actions of this part do, by their keys."""
        return {"save_picture": self.save, "copy_picture": self.copy, "summary": self.summary}

    def watch(self, actions: Actions) -> None:
        """Let the actions be there only while there is a stack."""

        def update() -> None:
            for key in KEYS:
                actions[key].setEnabled(self._workspace.is_open and bool(self._workspace.graph.layers))

        self._workspace.opened.connect(update)
        self._workspace.changed.connect(update)
        update()

    def save(self) -> None:
        """Show the picture, with a choice of colours and blocks, and where to save it."""
        from workbench.ui.picture_dialog import PictureDialog

        PictureDialog(self._workspace, self._window).open()

    def copy(self) -> None:
        """Put a picture of the stack on the clipboard, in the window's colours."""
        workspace = self._workspace
        job = workspace.jobs.call(
            partial(pixels, subject(workspace), theme.current().name, workspace.stack.folded)
        )
        job.done.connect(self._copied)
        job.failed.connect(workspace.tell_error)
        job.start()

    def _copied(self, content: bytes) -> None:
        QGuiApplication.clipboard().setImage(QImage.fromData(content))
        self._workspace.tell(Notice("good", self.tr("The picture is on the clipboard.")))

    def summary(self) -> None:
        """Show the summary table."""
        from workbench.ui.summary_view import SummaryDialog

        SummaryDialog(self._workspace, self._window).open()


Subject = tuple[Graph, "Facts | None", "Report | None", str]
"""What a picture is of: the stack, the data it is for, what checking found of it, and its name."""


def subject(workspace: Workspace) -> Subject:
    """Return what a picture of the open project would be of."""
    return workspace.graph, workspace.facts, workspace.report, workspace.project.name


def report_of(what: Subject) -> Report:
    """Return what checking finds of a stack: anew where what was found is of an earlier edit."""
    from workbench.build.check import check

    graph, facts, report, _ = what
    if report is not None and [row.id for row in report.rows] == [node.id for node in graph]:
        return check(graph, facts, before=report)
    return check(graph, facts)


def drawn(what: Subject, look: str, folded: frozenset[str]) -> str:
    """Return the picture as SVG. ``look`` is "dark", or "light" for print."""
    from workbench.build.picture import DARK, LIGHT, svg

    return svg(what[0], report_of(what), DARK if look == "dark" else LIGHT, what[3], folded)


def pixels(what: Subject, look: str, folded: frozenset[str]) -> bytes:
    """Return the picture as PNG. Raises `UserError` where it gets too large."""
    from workbench.ui.rasterise import png

    return png(drawn(what, look, folded))


def stem(name: str) -> str:
    """Return a project's name as the name of a file."""
    return re.sub(r"[^\w]+", "-", name).strip("-").lower() or "model"


def with_suffix(path: Path, suffixes: tuple[str, ...], what: str) -> str:
    """Return the suffix of a file to write. Raises `UserError` where it is none of these."""
    from workbench.errors import UserError

    suffix = path.suffix.lower()
    if suffix not in suffixes:
        listed = " or ".join((", ".join(suffixes[:-1]), suffixes[-1]))
        raise UserError(
            f"{what} can't be written as {path.suffix or 'a file without a suffix'}.",
            place=str(path),
            remedy=f"Let its name end in {listed}.",
        )
    return suffix
