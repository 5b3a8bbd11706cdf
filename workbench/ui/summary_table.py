"""The rows of the summary: a layer each, and one above them for each block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from workbench.ui import theme
from workbench.ui.wording import count, grouped

if TYPE_CHECKING:
    from workbench.build.summary import Summary, SummaryRow

_FIGURES = (5, 6, 7)

Index = QModelIndex | QPersistentModelIndex


class SummaryTable(QTableView):
    """The rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("summaryTable")
        self.setAccessibleName(self.tr("Summary"))
        self.setShowGrid(False)
        self.setStyleSheet("QHeaderView::section { padding: 6px 3px; } QTableView::item { padding: 4px 0; }")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )

    def display(self, summary: Summary) -> None:
        """Show a summary."""
        self.setModel(_Rows(summary.rows, self))
        header = self.horizontalHeader()
        header.setMinimumSectionSize(64)
        for column in range(self.model().columnCount()):
            # Qt would lay out every cell for this, which takes a while in a deep stack.
            longest = max((_cell(row, column) for row in summary.rows), key=len, default="")
            metrics = QFontMetrics(theme.sans(13, QFont.Weight.DemiBold) if column < 2 else theme.mono(12))
            self.setColumnWidth(column, min(metrics.horizontalAdvance(longest) + 24, 260))
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)


class _Rows(QAbstractTableModel):
    """A row a layer, and one above them for each block."""

    def __init__(self, rows: tuple[SummaryRow, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self._heads = (
            self.tr("LAYER"),
            self.tr("TYPE"),
            self.tr("SETTINGS"),
            self.tr("INPUT"),
            self.tr("OUTPUT"),
            self.tr("PARAMS"),
            self.tr("FLOPS"),
            self.tr("SHARE"),
        )
        self._plain, self._mono = theme.sans(13), theme.mono(12)
        self._bold = theme.sans(13, QFont.Weight.DemiBold)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _cell(row, column) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(column)
        if role == Qt.ItemDataRole.FontRole:
            if column < 2:
                return self._bold if row.kind == "block" else self._plain
            return self._mono
        if role == Qt.ItemDataRole.ForegroundRole and column in (2, 3):
            return theme.current().color("muted")
        return None


def _aligned(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _FIGURES else Qt.AlignmentFlag.AlignLeft
    return int((side | Qt.AlignmentFlag.AlignVCenter).value)


def _cell(row: SummaryRow, column: int) -> str:
    if column == 0:
        return "\N{EM SPACE}" * row.depth + row.id
    if column == 3:
        return " + ".join("–" if spec is None else str(spec) for spec in row.inputs)
    if column == 4:
        return "–" if row.output is None else str(row.output)
    if column == 5:
        return grouped(row.params) if row.params else ""
    if column == 6:
        return "–" if row.flops is None else count(row.flops) if row.flops else ""
    if column == 7:
        return f"{100 * row.share:.1f}\N{NO-BREAK SPACE}%" if row.params else ""
    return row.type if column == 1 else row.settings
