"""The stack as PyTorch code, always up to date."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from workbench.graph import Graph
from workbench.ui import cards
from workbench.ui.cards import Card
from workbench.ui.code_view import CodeView
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

PAUSE_MS = 80
"""After an edit, before the code is written anew."""


class CodeCard(Card):
    """The source that exporting writes."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Code", "what you export is what you see")
        self._workspace = workspace
        self._view = CodeView("code")
        self._view.setMinimumHeight(120)
        copy = cards.button("Copy", "flat", glyph="copy", name="copyCode")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._view.toPlainText()))
        self.head.addWidget(copy)
        self.body.addWidget(self._view, 1)
        self._graph: Graph | None = None  # as it was checked: it is what the code is of
        self._source = Latest(workspace.jobs)
        self._source.answered.connect(self._show)
        self._source.failed.connect(workspace.tell_error)
        # A thread that writes code would hold up the drawing of the edit itself.
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._ask)
        workspace.checked.connect(self._write)
        self._write()

    def _write(self) -> None:
        report = self._workspace.report
        if report is None:
            return
        errors = report.errors
        shapeless = {row.id for row in report.rows if row.output is None} if errors else set()
        where = next((p.layer for p in errors if p.layer in shapeless), "")
        self._graph = None if where or not report.rows else self._workspace.graph
        if self._graph is None:
            self._soon.stop()
            self._view.set_source(f"# The code is here again once {where or 'the stack'} fits.\n")
            return
        self._soon.start()

    def _ask(self) -> None:
        if self._graph is not None:
            self._source.ask(partial(_source, self._graph))

    def _show(self, text: str) -> None:
        if self._graph is not None:  # else the stack has come not to fit meanwhile
            self._view.set_source(text)


def _source(graph: Graph) -> str:
    from workbench.build.code import source

    return source(graph)
