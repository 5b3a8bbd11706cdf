"""The rows of the table of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from workbench.errors import UserError
from workbench.runs.info import RunInfo
from workbench.runs.tags import tags_in
from workbench.ui import theme
from workbench.ui.runs_columns import columns, metric_in_words
from workbench.ui.wording import spelled

Index = QModelIndex | QPersistentModelIndex

_WITH_ALPHA = QColor.NameFormat.HexArgb
EDITABLE = ("tags", "notes")
TONES = {
    "completed": "good",
    "running": "accent",
    "paused": "accent",
    "failed": "problem",
    "damaged": "problem",
    "interrupted": "warning",
}


class RunsModel(QAbstractTableModel):
    """A row a run, in the order that they are given in."""

    written = Signal(str, object)
    """A run's id, and the fields that a person changed, by name."""
    refused = Signal(object)
    """The `UserError` that says why what was typed can't be."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns()
        self.runs: list[RunInfo] = []
        self._metric = ""
        self._mono = theme.mono(12)
        self._tokens: dict[str, str] = {}
        self._order = ("id", True)

    def column(self, key: str) -> int:
        """Return the place of a column."""
        return next(place for place, column in enumerate(self.columns) if column.key == key)

    def display(self, runs: Sequence[RunInfo], metric: str) -> None:
        """Show these runs in this order; ``metric`` is the one that all have first, "" where they differ."""
        self.beginResetModel()
        self.runs = list(runs)
        self._metric = metric
        self.endResetModel()

    def renew(self, runs: Sequence[RunInfo], metric: str) -> None:
        """Show the same runs in the same order, as they are by now."""
        self.runs = list(runs)
        if metric != self._metric:
            self._metric = metric
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        self.repaint()

    def row_of(self, run_id: str) -> int:
        """Return a run's row, -1 where it isn't shown."""
        return next((row for row, run in enumerate(self.runs) if run.id == run_id), -1)

    def update(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Show a run with some facts changed."""
        row = self.row_of(run_id)
        if row >= 0:
            self.runs[row] = self.runs[row].model_copy(update=dict(facts))
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def colour(self, tokens: dict[str, str]) -> None:
        """Mark runs with the colours that their curves are drawn in, by id."""
        if tokens != self._tokens:
            self._tokens = dict(tokens)
            self.repaint()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = {True: " ↓", False: " ↑"}[self._order[1]] if column.key == self._order[0] else ""
            return self.title(section) + arrow
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.help or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column.figures)
        return None

    def title(self, section: int) -> str:
        """Return a column's title: the metric's name, where all runs have the same."""
        column = self.columns[section]
        named = column.key == "best_metric" and self._metric
        return spelled(self._metric).upper() if named else column.title

    def show_order(self, key: str, descending: bool) -> None:
        """Mark the column that the rows are ordered by."""
        self._order = key, descending
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        run = self.runs[index.row()]
        if self.columns[index.column()].key in EDITABLE and run.state != "damaged":
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = 0) -> Any:
        run, column = self.runs[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if column.key == "best_metric" and not self._metric:
                return metric_in_words(run)
            return column.text(run)
        if role == Qt.ItemDataRole.EditRole:
            return run.notes if column.key == "notes" else " ".join(run.tags)
        if role == Qt.ItemDataRole.ToolTipRole:
            told = {"state": run.message, "notes": run.notes, "tags": " ".join(run.tags)}
            return told.get(column.key) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column.figures)
        if role == Qt.ItemDataRole.DecorationRole and column.key == "id":
            return _dot(theme.current().color(self._tokens.get(run.id, "transparent")).name(_WITH_ALPHA))
        if role == Qt.ItemDataRole.FontRole and (column.figures or column.key == "id"):
            return self._mono
        if role == Qt.ItemDataRole.ForegroundRole:
            if column.key == "state":
                return theme.current().color(TONES.get(run.state, "muted"))
            if column.key in ("notes", "created", "device", "seed", "parent"):
                return theme.current().color("muted")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed; ``written`` has it be kept."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        run, key = self.runs[index.row()], self.columns[index.column()].key
        try:
            typed: Any = tags_in(str(value)) if key == "tags" else str(value).strip()
        except UserError as error:
            self.refused.emit(error)
            return False
        if typed != getattr(run, key):
            self.update(run.id, {key: typed})
            self.written.emit(run.id, {key: typed})
        return True

    def as_tsv(self, rows: Sequence[int], columns: Sequence[int]) -> str:
        """Return cells as they are shown: a line a row under the titles, tabs between cells."""
        lines = [[str(self.index(row, place).data() or "") for place in columns] for row in rows]
        return "\n".join("\t".join(line) for line in [[self.title(place) for place in columns], *lines])

    def repaint(self) -> None:
        """Have all cells be painted anew."""
        if self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, len(self.columns) - 1))


@cache
def _dot(color: str) -> QIcon:
    """The colour of a curve, beside the run's id."""
    dot = QPixmap(10, 10)
    dot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(dot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(1, 1, 8, 8)
    painter.end()
    made = QIcon(dot)
    made.addPixmap(dot, QIcon.Mode.Selected)  # or Qt would tint it
    return made


def _side(figures: bool) -> int:
    side = Qt.AlignmentFlag.AlignRight if figures else Qt.AlignmentFlag.AlignLeft
    return int((side | Qt.AlignmentFlag.AlignVCenter).value)
