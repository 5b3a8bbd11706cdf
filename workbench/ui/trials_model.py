"""The rows of the trials' table, and their order."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Container, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from workbench.search.trials import Trial, maximised
from workbench.search.typed import shown
from workbench.ui import theme
from workbench.ui.wording import duration, figure, spelled

Index = QModelIndex | QPersistentModelIndex

_TONES = {"completed": "good", "running": "accent", "failed": "problem"}
BEFORE, AFTER = 3, 2
"""Columns before those of the settings, and after them: what was tried stands beside what came of it."""


class TrialRows(QAbstractTableModel):
    """Trials in the order and with the filter that are wanted.

    Sorted here: Qt's proxy would ask for every value through Python, a second for a thousand rows.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.trials: list[Trial] = []
        """Those shown, in order."""
        self._all: list[Trial] = []
        self._only: Container[int] | None = None
        self._by = (2, False)
        self._settings: tuple[str, ...] = ()
        self._metric = "val_loss"
        self._best = -1
        self._mono = theme.mono(12)
        self._bold = theme.mono(12)
        self._bold.setWeight(QFont.Weight.Bold)

    def display(self, trials: Sequence[Trial], settings: Sequence[str], metric: str, best: int) -> bool:
        """Take trials on; return whether more of the metric is better."""
        self._all = list(trials)
        self._settings, self._metric, self._best = tuple(settings), metric, best
        self._arrange()
        return maximised(metric)

    def show_only(self, numbers: Container[int] | None) -> None:
        """Show only some trials, or all."""
        self._only = numbers
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._by = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def _arrange(self) -> None:
        """Sort by values rather than by their texts; what has none comes last, whichever way."""
        column, descending = self._by
        found = [trial for trial in self._all if self._only is None or trial.number in self._only]
        values = {trial.number: self._value(trial, column) for trial in found}
        numbers = all(isinstance(value, int | float) for value in values.values() if value is not None)
        known = [trial for trial in found if values[trial.number] is not None]
        known.sort(
            key=lambda trial: values[trial.number] if numbers else str(values[trial.number]),
            reverse=descending,
        )
        self.beginResetModel()
        self.trials = known + [trial for trial in found if values[trial.number] is None]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else BEFORE + len(self._settings) + AFTER

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= self.columnCount():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        if role == Qt.ItemDataRole.DisplayRole:
            heads = (
                self.tr("TRIAL"),
                self.tr("STATE"),
                self.tr("VAL. LOSS") if self._metric == "val_loss" else spelled(self._metric).upper(),
                *self._settings,
                self.tr("EPOCHS"),
                self.tr("TIME"),
            )
            title = heads[section]
            column, descending = self._by
            return f"{title} {'↓' if descending else '↑'}" if section == column else title
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        trial, column = self.trials[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(trial, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return trial.message or self.text(trial, column) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.FontRole and column != 1:
            return self._bold if trial.number == self._best else self._mono
        if role == Qt.ItemDataRole.ForegroundRole:
            look = theme.current()
            if column == 1:
                return look.color(_TONES.get(trial.state, "muted"))
            return look.color("muted") if trial.state != "completed" and column == 2 else None
        return None

    def text(self, trial: Trial, column: int) -> str:
        """A cell."""
        value = self._value(trial, column)
        if value is None:
            return "–"
        if column == 2:
            return figure(self._metric, value)
        if column == self.columnCount() - 1:
            return duration(value) if value >= 60 else f"{value:.1f}\N{NO-BREAK SPACE}s"
        return shown(value) if 0 <= column - BEFORE < len(self._settings) else str(value)

    def to_csv(self) -> str:
        """Return what is shown as CSV, figures whole."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(
            ["trial", "state", self._metric, *self._settings, "epochs", "seconds", "run", "message"]
        )
        for trial in self.trials:
            cells = [self._value(trial, column) for column in range(self.columnCount())]
            writer.writerow(["" if c is None else shown(c) for c in cells] + [trial.run, trial.message])
        return text.getvalue()

    def _value(self, trial: Trial, column: int) -> Any:
        if 0 <= column - BEFORE < len(self._settings):
            return trial.values.get(self._settings[column - BEFORE])
        value = trial.value if trial.value is not None and math.isfinite(trial.value) else None
        others = (trial.number, trial.state, value, trial.epochs or None, trial.seconds)
        return others[column if column < BEFORE else column - len(self._settings)]


def _aligned(column: int) -> Qt.AlignmentFlag:
    """What is measured or tried stands to the right, so that digits are in line."""
    side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
