"""Precision, recall and F1 of each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.ui import theme

if TYPE_CHECKING:
    from workbench.evaluate.report import ClassReport

WORST = 0.8
"""Figures below that are marked."""


class ClassTable(QTableWidget):
    """A row a class; a click on a head sorts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self.setObjectName("classTable")
        heads = [self.tr("CLASS"), self.tr("PRECISION"), self.tr("RECALL"), self.tr("F1"), self.tr("SAMPLES")]
        self.setHorizontalHeaderLabels(heads)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)

    def display(self, classes: Sequence[ClassReport]) -> None:
        """Show the classes."""
        self._classes = classes
        self.setSortingEnabled(False)
        self.setRowCount(len(classes))
        for row, item in enumerate(classes):
            cells: tuple[str | float, ...] = (item.name, item.precision, item.recall, item.f1, item.support)
            for column, value in enumerate(cells):
                self.setItem(row, column, self._cell(value))
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_classes", None):
            self.display(self._classes)

    def _cell(self, value: str | float) -> QTableWidgetItem:
        cell = QTableWidgetItem()
        if isinstance(value, str):
            cell.setText(value)
            return cell
        cell.setFont(theme.mono(12))
        cell.setData(Qt.ItemDataRole.DisplayRole, value if isinstance(value, int) else f"{value:.3f}")
        if isinstance(value, float) and value < WORST:
            cell.setForeground(theme.current().color("problem"))
        return cell
