"""Drawing a link from a row to a row with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QTableView

from workbench.ui import theme
from workbench.ui.stack_paint import TRUNK, StackPainter
from workbench.ui.stack_rows import LAYER, StackRows
from workbench.ui.workspace import Workspace


class LinkDrag:
    """A link being drawn: it begins at the dot or the lanes of a row, and ends on another row."""

    def __init__(
        self, table: QTableView, rows: StackRows, painter: StackPainter, workspace: Workspace
    ) -> None:
        self._table, self._rows, self._painter, self._workspace = table, rows, painter, workspace
        self._from = -1
        self._at = QPoint()

    @property
    def active(self) -> bool:
        """Whether a link is being drawn."""
        return self._from >= 0

    def over_handle(self, point: QPoint) -> bool:
        """Return whether a point of the viewport is where a link can begin."""
        row = self._table.rowAt(point.y())
        line = self._rows.line(row)
        if line is None or (line.node is None and not line.folded):
            return False
        left = self._table.columnViewportPosition(LAYER)
        return left + TRUNK - 12 <= point.x() < left + self._painter.text_left() - 4

    def begin(self, point: QPoint) -> None:
        """Begin at the row under a point."""
        self._from, self._at = self._table.rowAt(point.y()), point

    def move(self, point: QPoint) -> None:
        """Follow the mouse."""
        self._at = point
        self._table.viewport().update()

    def cancel(self) -> None:
        """Draw no link after all."""
        self._from = -1
        self._table.viewport().update()

    def end(self, point: QPoint) -> None:
        """Link the two rows, or only select the one where nothing was dragged."""
        start, stop = self._from, self._table.rowAt(point.y())
        self.cancel()
        if stop < 0 or start == stop:
            return
        source, target = sorted((start, stop))
        upper, lower = self._rows.line(source), self._rows.line(target)
        if upper and lower:
            graph = self._workspace.graph
            self._workspace.stack.links.link(graph.layers[upper.stop - 1].id, graph.layers[lower.start].id)

    def paint(self, painter: QPainter) -> None:
        """Draw the link from its row to the mouse, and frame the row that it would end on."""
        if not self.active:
            return
        look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent"), 2))
        x = self._table.columnViewportPosition(LAYER) + TRUNK
        start = QPointF(x, self._middle(self._from))
        end = QPointF(self._at)
        over = self._table.rowAt(self._at.y())
        if over >= 0 and over != self._from:
            top = self._table.rowViewportPosition(over)
            painter.drawRoundedRect(
                QRect(2, top + 2, self._table.viewport().width() - 5, theme.ROW - 4), 6, 6
            )
        bend = max(start.x(), end.x()) + 26
        path = QPainterPath(start)
        path.cubicTo(QPointF(bend, start.y()), QPointF(bend, end.y()), end)
        painter.drawPath(path)
        painter.setBrush(look.color("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(start, 5, 5)
        painter.drawEllipse(end, 4, 4)

    def _middle(self, row: int) -> float:
        return self._table.rowViewportPosition(row) + theme.ROW / 2
