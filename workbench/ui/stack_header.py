"""The heads of the stack's columns, and how wide the columns are."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from workbench.ui import theme
from workbench.ui.stack_paint import StackPainter
from workbench.ui.stack_rows import EXTRA, LAYER, OUTPUT, PARAMS, SETTINGS, StackRows

SHARES = {SETTINGS: 0.165, OUTPUT: 0.18, PARAMS: 0.135, EXTRA: 0.15}
SHARES_WITH_VITALS = {SETTINGS: 0.145, OUTPUT: 0.165, PARAMS: 0.145, EXTRA: 0.22}
"""Of the width; names have the rest."""


class StackHeader(QHeaderView):
    """The head of the layers stands above their names, right of the lanes."""

    def __init__(self, rows: StackRows, painter: StackPainter, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._rows, self._names, self._table = rows, painter, table
        self.setHighlightSections(False)
        self.setFixedHeight(34)
        self.setMinimumSectionSize(20)
        rows.headerDataChanged.connect(self.share)

    def share(self) -> None:
        """Give each column its share of the width: pictures of vitals need more of it than figures do."""
        width = self._table.viewport().width()
        shares = SHARES_WITH_VITALS if self._rows.shows_vitals else SHARES
        for column, share in shares.items():
            self.resizeSection(column, int(width * share))
        self.resizeSection(LAYER, width - sum(int(width * share) for share in shares.values()))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        if logical == LAYER:
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.current().color("border"))
            rect = rect.adjusted(min(self._names.text_left() - 6, rect.width() - 60), 0, 0, 0)
        super().paintSection(painter, rect, logical)
