"""Tables of an evaluation: a row a class, with precision, recall and F1, or a row a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.ui import theme

if TYPE_CHECKING:
    from workbench.evaluate.report import ClassReport, Report

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
WORST = 0.8
"""Figures below that are marked."""


class ClassTable(QTableWidget):
    """A row a class; a click on a head sorts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self.setObjectName("classTable")
        heads = [self.tr("CLASS"), self.tr("PRECISION"), self.tr("RECALL"), self.tr("F1"), self.tr("SAMPLES")]
        self.setAccessibleName(self.tr("By class"))
        _prepare(self)
        for column, text in enumerate(heads):
            self.setHorizontalHeaderItem(column, _head(text, figures=column > 0))

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
            cell.setToolTip(value)
            return cell
        cell.setFont(theme.mono(12))
        cell.setTextAlignment(RIGHT)
        cell.setData(Qt.ItemDataRole.DisplayRole, value if isinstance(value, int) else f"{value:.3f}")
        if isinstance(value, float) and value < WORST:
            cell.setForeground(theme.current().color("problem"))
        return cell


class SampleTable(QTableWidget):
    """A row a sample; a click, or Enter, chooses it."""

    chosen = Signal(int)
    """A sample's index in the data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setObjectName("sampleTable")
        self.setAccessibleName(self.tr("Samples"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._samples: tuple[int, ...] = ()
        _prepare(self)
        self.cellClicked.connect(self._choose)
        self.cellActivated.connect(self._choose)

    def show_errors(self, report: Report, most: int) -> None:
        """Show a regression's samples with the largest errors, worst first."""
        predicted = np.ravel(report.predictions.labels)
        errors = predicted - report.truth
        worst = np.argsort(-np.abs(errors), kind="stable")[:most]
        rows = [(f"{report.truth[i]:.5g}", f"{predicted[i]:.5g}", f"{errors[i]:+.4g}") for i in worst]
        self._fill(report.indices[worst], rows, self.tr("ERROR"), self.tr("Predicted less true"), names=False)

    def show_classified(self, report: Report, places: NDArray[np.int64]) -> None:
        """Show samples of a classification, by their places in the report."""
        names = [item.name for item in report.classes]
        shares = report.predictions.probabilities
        rows = []
        for place in places:
            predicted = int(report.predictions.labels[place])
            share = "–" if shares is None else f"{shares[place, predicted]:.3f}"
            rows.append((names[int(report.truth[place])], names[predicted], share))
        tip = self.tr("Probability of the predicted class")
        self._fill(report.indices[places], rows, self.tr("PROB."), tip, names=True)

    def _fill(
        self, samples: NDArray[np.int64], rows: Sequence[tuple[str, ...]], last: str, tip: str, *, names: bool
    ) -> None:
        self._samples = tuple(map(int, samples))
        self.setRowCount(0)
        self.setRowCount(len(rows))
        for column, text in enumerate((self.tr("SAMPLE"), self.tr("TRUE"), self.tr("PREDICTED"), last)):
            figures = not names or column == 3  # between names, a sample's number is a name
            head = _head(text, figures=figures)
            head.setToolTip({0: self.tr("Its row in the data"), 3: tip}.get(column, ""))
            self.setHorizontalHeaderItem(column, head)
            for row, (sample, cells) in enumerate(zip(self._samples, rows, strict=True)):
                cell = QTableWidgetItem((str(sample), *cells)[column])
                if figures:
                    cell.setFont(theme.mono(12))
                    cell.setTextAlignment(RIGHT)
                else:
                    cell.setToolTip(cell.text())
                self.setItem(row, column, cell)
        self.scrollToTop()

    def _choose(self, row: int, column: int) -> None:
        self.chosen.emit(self._samples[row])


def _prepare(table: QTableWidget) -> None:
    """Columns that share the width, so that none is out of sight, and rows that can only be chosen."""
    table.setStyleSheet("QHeaderView::section { padding: 6px 3px; } QTableView::item { padding: 4px 0; }")
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(28)
    table.horizontalHeader().setMinimumSectionSize(24)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setHighlightSections(False)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)


def _head(text: str, *, figures: bool) -> QTableWidgetItem:
    head = QTableWidgetItem(text)
    head.setTextAlignment(RIGHT if figures else LEFT)
    return head
