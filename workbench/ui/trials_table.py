"""The trials of a search: a row a trial, a column a setting, sorted as one likes."""

from __future__ import annotations

from collections.abc import Container, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from workbench.search.trials import Trial
from workbench.ui import theme
from workbench.ui.icons import icon
from workbench.ui.trials_model import TrialRows

MEASURED = 30
"""Rows, from the top, whose texts say how wide columns are."""


class TrialsTable(QTableView):
    """Trials; the best is bold. A column's head sorts by it."""

    chosen = Signal(int)
    """Another trial is selected, by number; -1 for none."""
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trialsTable")
        self.setAccessibleName(self.tr("Trials"))
        self._rows = TrialRows(self)
        self.setModel(self._rows)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(2, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSortIndicatorShown(False)  # the title has an arrow beside it, not over it
        self.setStyleSheet(theme.FLUSH)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(56)
        self._kept = -1
        self._rows.modelAboutToBeReset.connect(self._remember)
        self._rows.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(lambda: self.chosen.emit(self.trial))
        self.by_hand = False
        """Whether a person selected a trial, which stays selected whatever trials come."""
        self._shape: tuple[str, ...] = ()

    @property
    def trial(self) -> int:
        """The number of the selected trial, -1 for none."""
        rows = self.selectionModel().selectedRows()
        return self._rows.trials[rows[0].row()].number if rows else -1

    def display(self, trials: Sequence[Trial], settings: Sequence[str], metric: str, best: int) -> None:
        """Show trials, a column for each setting; the selected one stays so."""
        maximised = self._rows.display(trials, settings, metric, best)
        shape = (metric, *settings)
        if shape != self._shape:
            if not self._shape or self._shape[0] != metric:
                order = Qt.SortOrder.DescendingOrder if maximised else Qt.SortOrder.AscendingOrder
                self.sortByColumn(2, order)
            self._shape = shape
        self._fit()

    def show_only(self, numbers: Container[int] | None) -> None:
        """Show only some trials, or all."""
        self._rows.show_only(numbers)

    def select(self, number: int) -> None:
        """Select a trial by its number; -1 or one that isn't shown selects none."""
        if number == self.trial:
            return
        row = next((n for n, trial in enumerate(self._rows.trials) if trial.number == number), -1)
        if row >= 0:
            self.selectRow(row)
            self.scrollTo(self._rows.index(row, 0))
        else:
            self.clearSelection()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.by_hand = True
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.by_hand = True
        super().keyPressEvent(event)

    def to_csv(self) -> str:
        """Return the trials as CSV, in the order shown."""
        return self._rows.to_csv()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        copy = menu.addAction(icon("copy"), self.tr("Copy as CSV"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.to_csv()))
        menu.addAction(icon("table"), self.tr("Save as CSV…")).triggered.connect(self.save_wanted)
        menu.exec(event.globalPos())

    def _remember(self) -> None:
        """What is selected stays so when rows are put in another order, or are filtered for a while."""
        if self.trial >= 0:
            self._kept = self.trial

    def _restore(self) -> None:
        self.select(self._kept)
        self.chosen.emit(self.trial)

    def _fit(self) -> None:
        """Make the columns as wide as their longest text; Qt would lay out every cell for this."""
        mono, head = QFontMetrics(theme.mono(12)), QFontMetrics(theme.sans(11, QFont.Weight.Medium))
        for column in range(self._rows.columnCount()):
            longest = max(
                (self._rows.text(t, column) for t in self._rows.trials[:MEASURED]), key=len, default=""
            )
            title = str(self._rows.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole))
            width = max(mono.horizontalAdvance(longest) + 26, head.horizontalAdvance(title) + 26)
            self.setColumnWidth(column, min(width, 220))
