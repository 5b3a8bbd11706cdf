"""How a row of the stack is drawn: trunk and lanes, name, figures, vitals."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from workbench.graph.lanes import RowLanes
from workbench.graph.outline import Line
from workbench.graph.project import Node
from workbench.ui import stack_rows as rows
from workbench.ui import theme
from workbench.ui.lane_paint import draw_lanes
from workbench.ui.stack_words import own_id
from workbench.ui.vitals_paint import draw_vitals

TRUNK = 20
LANE = 13
DOT = 5.5
INDENT = 11
MOST_LANES = 14
"""Lanes further out than this share the last column: names need room too."""


class StackPainter(QStyledItemDelegate):
    """Draws every cell of the stack."""

    def __init__(self, model: rows.StackRows, table: QTableView) -> None:
        super().__init__(table)
        self._model, self._table = model, table
        self.hovered = -1
        """The row that the mouse is over as a whole, whatever cell it is over."""
        self.dirty = QRect()
        """What is to be drawn anew, in the table's viewport."""
        self._name = theme.sans(13, QFont.Weight.Medium)
        self._bold = theme.sans(13, QFont.Weight.DemiBold)
        self._small = theme.mono(11)
        self._mono = theme.mono(12)
        self._mono_metrics = QFontMetrics(self._mono)
        self._small_metrics = QFontMetrics(self._small)
        self._advance = self._mono_metrics.horizontalAdvance("0")
        self._metrics = {id(font): QFontMetrics(font) for font in (self._name, self._bold)}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.ROW)

    def text_left(self) -> int:
        """Where names begin, right of all lanes."""
        return TRUNK + LANE * min(self._model.lane_columns, MOST_LANES) + 18

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the whole row with its last cell: a fifth of the calls, and scrolling keeps up.

        Where only the last column is asked for, as by vitals while training, the others are left out.
        """
        if index.column() != rows.EXTRA:
            return
        row = index.row()
        last: QRect = option.rect
        whole = QRect(0, last.top(), last.right() + 1, last.height())
        line, node = self._model.shown(row), self._model.node(row)
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = self._ground(painter, whole, option.state, row == self.hovered, line, look)
        if self._table.hasFocus() and self._table.currentIndex().row() == row:
            focus = look.color("accent")
            focus.setAlpha(150)
            painter.setPen(QPen(focus, 1))
            painter.drawRect(QRectF(whole).adjusted(0.5, 0.5, -0.5, -0.5))
        if node is not None and node.bypass:
            painter.setOpacity(0.45)
        rect = QRect(0, whole.top(), 0, min(theme.ROW, whole.height()))
        vitals = self._model.vitals(row)
        if vitals is not None and self.dirty.left() >= last.left():
            last.setHeight(min(theme.ROW, last.height()))
            draw_vitals(painter, last, vitals)
            painter.restore()
            return
        problem = self._model.problem(row)
        # The head of an open block has nothing to say in the other columns: its name may run into them.
        head = node is None and not line.folded
        settings = "" if head else self._model.text(row, rows.SETTINGS)
        most = whole.right() if head else self._table.columnViewportPosition(rows.OUTPUT)
        rect.setRight(most if not settings else self._table.columnViewportPosition(rows.SETTINGS))
        self._lanes(painter, whole, self._model.lane(row), line, node, problem, ring)
        named = self._label(painter, rect, most, line, node, problem)
        if not head:
            rect.setLeft(named)
            self._columns(painter, rect, row, whole.right())
        painter.restore()

    def _columns(self, painter: QPainter, rect: QRect, row: int, right: int) -> None:
        """Draw what stands right of the name, which ends where ``rect`` begins; the row ends at ``right``."""
        named, look = rect.left(), theme.current()
        node, problem, vitals = self._model.node(row), self._model.problem(row), self._model.vitals(row)
        for column in (rows.SETTINGS, rows.OUTPUT, rows.PARAMS, rows.EXTRA):
            rect.setLeft(self._table.columnViewportPosition(column))
            rect.setWidth(self._table.columnWidth(column))
            if column == rows.EXTRA and vitals is not None:
                draw_vitals(painter, rect, vitals)
                continue
            text = self._model.text(row, column)
            if column == rows.SETTINGS:
                rect.setLeft(max(rect.left(), named))
            if column == rows.OUTPUT and problem and not text and node is not None:
                painter.setPen(look.color(tone(problem)))
                painter.setFont(self._mono)
                rect.setRight(right)  # the figures to the right of it are unknown as well
                painter.drawText(rect.adjusted(6, 0, -6, 0), _LEFT, self.tr("doesn't fit"))
            elif text:
                self._figure(painter, rect, text, column, look)

    def _ground(
        self,
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        over: bool,
        line: Line,
        look: theme.Theme,
    ) -> str:
        """Fill the row; return the colour's name, which dots are set off with."""
        ground = "card" if line.depth or not line.node else "window"
        if ground == "card":
            painter.fillRect(rect, look.color("card"))
        if self._model.is_found(line.id):
            tint = look.color("warning")
            tint.setAlpha(36)
            painter.fillRect(rect, tint)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.color("selected"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.color("accent"))
            return "selected"
        if over:
            painter.fillRect(rect, look.color("hover"))
            return "hover"
        return ground

    def _label(
        self, painter: QPainter, rect: QRect, most: int, line: Line, node: Node | None, problem: Any
    ) -> int:
        """Write the name, whole up to ``most``, and the id where there is room; return where they end."""
        look = theme.current()
        left = rect.left() + self.text_left() + INDENT * line.depth
        room = rect.right() - left - 6
        for depth in range(line.depth):  # a thin rule for each block around it
            x = rect.left() + self.text_left() + INDENT * depth + 4
            painter.fillRect(QRect(x, rect.top(), 1, rect.height()), look.color("border"))
        if node is None:
            self._caret(painter, QPointF(left + 4, rect.center().y() + 0.5), folded=line.folded)
            left, room = left + 16, room - 16
        font = self._bold if node is None else self._name
        painter.setFont(font)
        painter.setPen(look.color(tone(problem) if problem and problem.severity == "error" else "text"))
        title = line.name if node is None else node.type
        metrics = self._metrics[id(font)]
        name = metrics.elidedText(title, Qt.TextElideMode.ElideRight, most - left - 6)
        wide = metrics.horizontalAdvance(name)
        painter.drawText(QRect(left, rect.top(), wide + 1, rect.height()), _LEFT, name)
        used = wide + 8
        if room - used > 24:
            painter.setFont(self._small)
            painter.setPen(look.color("muted"))
            told = own_id(line.id, node)
            if node is None and not line.folded:
                told += f"   {self._model.settings(line)}"
            short = self._small_metrics.elidedText(told, Qt.TextElideMode.ElideRight, room - used)
            painter.drawText(QRect(left + used, rect.top(), room - used, rect.height()), _LEFT, short)
        if node is not None and node.bypass:
            y = rect.center().y() + 1
            painter.setPen(QPen(look.color("text"), 1))
            painter.drawLine(left, y, left + used - 8, y)
        return left + used

    def _caret(self, painter: QPainter, at: QPointF, *, folded: bool) -> None:
        points = ((-2.5, -4), (2.5, 0), (-2.5, 4)) if folded else ((-4, -2.5), (0, 2.5), (4, -2.5))
        path = QPainterPath(at + QPointF(*points[0]))
        for point in points[1:]:
            path.lineTo(at + QPointF(*point))
        painter.setPen(QPen(theme.current().color("muted"), 1.6))
        painter.drawPath(path)

    def _figure(self, painter: QPainter, rect: QRect, text: str, column: int, look: theme.Theme) -> None:
        painter.setFont(self._mono)
        painter.setPen(look.color("text" if column == rows.OUTPUT else "muted"))
        inner = rect.adjusted(6, 0, -6, 0)
        if len(text) * self._advance > inner.width():
            text = self._mono_metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT if column in (rows.PARAMS, rows.EXTRA) else _LEFT, text)

    def _lanes(
        self,
        painter: QPainter,
        rect: QRect,
        lane: RowLanes,
        line: Line,
        node: Node | None,
        problem: Any,
        ring: str,
    ) -> None:
        look = theme.current()
        top, bottom = rect.top(), rect.bottom() + 1
        middle = top + (theme.ROW - 1) / 2 + 0.5
        x = rect.left() + TRUNK
        flat = Qt.PenCapStyle.FlatCap  # so that a line through many rows has no knots between them
        trunk, merge = QPen(look.color("muted"), 1.5, c=flat), QPen(look.color("merge"), 1.8, c=flat)
        draw_lanes(painter, lane, (top, middle, bottom), (x, LANE, MOST_LANES), trunk, merge)
        if node is None and not line.folded:
            return
        painter.setPen(QPen(look.color(ring), 2))
        if node is None:
            painter.setBrush(QBrush(look.color(tone(problem) if problem else "muted")))
            painter.drawRoundedRect(QRectF(x - 6, middle - 6, 12, 12), 3, 3)
        else:
            token = tone(problem) if problem else type(node.layer).group
            painter.setBrush(QBrush(look.color(token)))
            painter.drawEllipse(QPointF(x, middle), DOT, DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def tone(problem: Any) -> str:
    """Return the colour's name for a problem."""
    return "problem" if problem.severity == "error" else "warning"
