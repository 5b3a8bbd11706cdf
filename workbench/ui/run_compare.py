"""Two runs side by side: what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QHeaderView, QTableView, QWidget

from workbench.errors import UserError
from workbench.runs.compare import Difference, Pair, compare
from workbench.runs.compare_text import SIGNS, shown, to_markdown
from workbench.runs.run import Run
from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.jobs import Latest
from workbench.ui.runs_columns import tr
from workbench.ui.wording import duration, figure, grouped, spelled
from workbench.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

_TONES = {"added": "good", "removed": "problem", "changed": "warning", "moved": "accent", "same": "muted"}
_WHOLE = ("epochs", "step", "seconds", "samples_per_second")
"""Figures of the whole run, told where they differ."""


class RunCompare(QWidget):
    """The difference of two runs."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.found: Difference | None = None
        self._wanted: tuple[str, str] | None = None
        self._compare = Latest(workspace.jobs)
        self._compare.answered.connect(self._show)
        self._compare.failed.connect(workspace.tell_error)
        self.table = QTableView()
        self.table.setObjectName("compareTable")
        self.table.setAccessibleName(self.tr("What differs"))
        self.table.setShowGrid(False)
        self.table.setStyleSheet(theme.FLUSH)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.horizontalHeader().setHighlightSections(False)
        self.copy = button(self.tr("Copy as Markdown"), "flat", glyph="copy", name="compareCopy")
        self.copy.clicked.connect(self.copy_markdown)
        self._none = label("", "muted", name="compareNone")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.table, 0, 0)
        grid.addWidget(self._none, 0, 0)
        self.display(())

    def display(self, run_ids: tuple[str, ...]) -> None:
        """Compare two runs; any other number of them is none."""
        self._wanted = (run_ids[0], run_ids[1]) if len(run_ids) == 2 else None
        folder = self._workspace.folder
        if self._wanted is None or folder is None:
            self.found = None
        else:
            self._compare.ask(partial(_compared, folder, *self._wanted))
        there = self._wanted is not None
        words = self.tr("Select two runs to see what differs.")
        if len(run_ids) > 2:
            words = self.tr("{} runs are selected. Select two to see what differs.").format(len(run_ids))
        self._none.setText(words)
        self.table.setVisible(there)
        self._none.setVisible(not there)
        self.copy.setEnabled(there and self.found is not None)

    def copy_markdown(self) -> None:
        """Put the difference on the clipboard as Markdown."""
        if self.found is not None:
            QGuiApplication.clipboard().setText(to_markdown(self.found))

    def _show(self, found: Difference | None) -> None:
        if found is None or (found.left, found.right) != self._wanted:
            return
        self.found = found
        self.copy.setEnabled(True)
        self.table.setModel(_Rows(found, self.table))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _compared(folder: Path, left: str, right: str) -> Difference | None:
    """The difference, None where one of the runs was deleted meanwhile."""
    runs = [Run(folder / "runs" / name) for name in (left, right)]
    try:
        return compare(*(run.info() for run in runs))
    except UserError:
        if all(run.exists for run in runs):
            raise
        return None


@dataclass(frozen=True)
class _Row:
    """A line of the table; a heading has no values."""

    name: str
    left: str = ""
    right: str = ""
    tone: str = "text"
    heading: bool = False
    better: str = ""
    """"left" or "right": where the figure is the better one."""


def _rows(found: Difference) -> Iterator[_Row]:
    yield _Row(tr("FIGURES AT THE BEST EPOCH"), heading=True)
    yield from (_figure(pair) for pair in found.figures if not (pair.same and pair.name in _WHOLE))
    yield _Row(tr("SETTINGS"), heading=True)
    yield from _pairs(found.settings)
    yield _Row(tr("STACK"), heading=True)
    for line in found.changed_layers:
        yield _Row(f"{SIGNS[line.mark]} {line.layer}", line.left, line.right, _TONES[line.mark])
    if not found.changed_layers:
        yield _Row(tr("No layer differs."), tone="muted")
    yield _Row(tr("TRAINED WITH"), heading=True)
    yield from _pairs(pair for pair in found.about if not pair.same)


def _pairs(pairs: Iterable[Pair]) -> Iterator[_Row]:
    some = False
    for pair in pairs:
        some = True
        yield _Row(pair.name, shown(pair.left), shown(pair.right))
    if not some:
        yield _Row(tr("Nothing differs."), tone="muted")


def _figure(pair: Pair) -> _Row:
    def said(value: Any) -> str:
        if pair.name == "seconds":
            return duration(value)
        if pair.name == "samples_per_second" and value is not None:
            return grouped(round(value))
        return figure(pair.name, value) if isinstance(value, float) else shown(value)

    better = ""
    if pair.name.endswith("loss") and None not in (pair.left, pair.right) and not pair.same:
        better = "left" if pair.left < pair.right else "right"
    name = {"seconds": tr("Time"), "samples_per_second": tr("Samples per second")}.get(pair.name)
    return _Row(name or spelled(pair.name), said(pair.left), said(pair.right), better=better)


class _Rows(QAbstractTableModel):
    """Names, and the values of either run."""

    def __init__(self, found: Difference, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = list(_rows(found))
        self._heads = ("", tr("RUN {}").format(found.left), tr("RUN {}").format(found.right))
        self._mono, self._head = theme.mono(12), theme.sans(11, QFont.Weight.DemiBold)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, column = self._rows[index.row()], index.column()
        text = (row.name, row.left, row.right)[column]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text or None
        if role == Qt.ItemDataRole.FontRole:
            return self._head if row.heading else (self._mono if column else None)
        if role == Qt.ItemDataRole.ForegroundRole:
            look = theme.current()
            if row.heading:
                return look.color("muted")
            if row.better and column == (1 if row.better == "left" else 2):
                return look.color("good")
            return look.color(row.tone)
        return None
