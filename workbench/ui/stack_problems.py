"""What is wrong, said under the row it is wrong at, with its fix as a button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QTableView

from workbench.ui import theme
from workbench.ui.stack_paint import INDENT, StackPainter, tone
from workbench.ui.stack_rows import StackRows

HIGH = 28
"""How much higher a row with a problem is."""
MOST = 60
"""Rows that get a line for their problem; beyond that it is in the card and the tip only."""


class ProblemLines:
    """The lines under rows with problems: where they are, how they look, what is under the mouse."""

    def __init__(self, table: QTableView, rows: StackRows, painter: StackPainter) -> None:
        self._table, self._rows, self._painter = table, rows, painter
        self._tall: list[int] = []
        self._font = theme.sans(12)
        self._button = theme.sans(12, QFont.Weight.Medium)

    def refresh(self) -> None:
        """Make rows with a problem high enough to say it, and others as they were."""
        wanted = [row for row, _ in zip(self._rows.problem_rows(), range(MOST), strict=False)]
        wanted = [row for row in wanted if self._rows.problem(row)]
        count = self._rows.rowCount()
        for row in set(self._tall) - set(wanted):
            if row < count:
                self._table.setRowHeight(row, theme.ROW)
        for row in wanted:
            if self._table.rowHeight(row) != theme.ROW + HIGH:
                self._table.setRowHeight(row, theme.ROW + HIGH)
        self._tall = wanted

    def fix_rect(self, row: int) -> QRect:
        """Return where the button of a row's first fix is, in the viewport; empty where it has none."""
        problem = self._rows.problem(row) if row in self._tall else None
        if problem is None or not problem.fixes:
            return QRect()
        text = self._fix_text(row)
        wide = QFontMetrics(self._button).horizontalAdvance(text) + 20
        line = self._line_rect(row)
        return QRect(line.right() - wide - 8, line.top() + 1, wide, 22)

    def row_of_fix(self, point: QPoint) -> int:
        """Return the row whose fix is under a point of the viewport, -1 for none."""
        row = self._table.rowAt(point.y())
        return row if row >= 0 and self.fix_rect(row).contains(point) else -1

    def paint(self, painter: QPainter, area: QRect, mouse: QPoint) -> None:
        """Draw the lines that are in view."""
        look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._tall:
            line = self._line_rect(row)
            if row >= self._rows.rowCount() or not line.intersects(area):
                continue
            problem, shown = self._rows.problem(row), self._rows.line(row)
            if problem is None or shown is None:
                continue
            button = self.fix_rect(row)
            left = self._painter.text_left() + INDENT * shown.depth
            right = button.left() - 10 if not button.isEmpty() else line.right() - 8
            painter.setFont(self._font)
            painter.setPen(look.color(tone(problem)))
            room = QRect(left, line.top(), right - left, 24)
            said = QFontMetrics(self._font).elidedText(
                problem.message, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, said)
            if not button.isEmpty():
                painter.setPen(look.color("border"))
                painter.setBrush(look.color("hover" if button.contains(mouse) else "raised"))
                painter.drawRoundedRect(button, 5, 5)
                painter.setFont(self._button)
                painter.setPen(look.color("accent" if look.name == "light" else "text"))
                painter.drawText(button, Qt.AlignmentFlag.AlignCenter, self._fix_text(row))
                painter.setBrush(Qt.BrushStyle.NoBrush)

    def _fix_text(self, row: int) -> str:
        problem = self._rows.problem(row)
        return problem.fixes[0].label if problem and problem.fixes else ""

    def _line_rect(self, row: int) -> QRect:
        top = self._table.rowViewportPosition(row) + theme.ROW - 5
        return QRect(0, top, self._table.viewport().width(), HIGH)
