"""How a row of the stack is drawn: trunk and lanes, name, figures, vitals."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui import stack_rows as rows
from workbench.ui import theme

TRUNK = 20
LANE = 13
DOT = 5.5


class StackPainter(QStyledItemDelegate):
    """Draws every cell of the stack."""

    def __init__(self, model: rows.StackRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._name = theme.sans(13, QFont.Weight.Medium)
        self._small = theme.mono(11)
        self._mono = theme.mono(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.ROW)

    def text_left(self) -> int:
        """Where names begin, right of all lanes."""
        return TRUNK + LANE * self._model.lane_columns + 18

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.color("selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.color("hover"))
        problem = index.data(rows.PROBLEM)
        column = index.column()
        if column == rows.LAYER:
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.color("accent"))
            self._lanes(painter, rect, index, problem)
            self._label(painter, rect, index, problem)
        elif column == rows.EXTRA and index.data(rows.VITALS) is not None:
            self._vitals(painter, rect, index.data(rows.VITALS))
        elif column == rows.OUTPUT and problem and not index.data():
            painter.setPen(look.color(_tone(problem)))
            painter.setFont(self._mono)
            painter.drawText(rect.adjusted(8, 0, -4, 0), _LEFT, self.tr("doesn't fit"))
        else:
            self._figure(painter, rect, str(index.data()), column)
        painter.restore()

    def _label(self, painter: QPainter, rect: QRect, index: Any, problem: Any) -> None:
        look = theme.current()
        node = index.data(rows.NODE)
        left = rect.left() + self.text_left()
        room = rect.right() - left - 6
        painter.setFont(self._name)
        painter.setPen(look.color(_tone(problem) if problem and problem[0] == "error" else "text"))
        name = QFontMetrics(self._name).elidedText(node.type, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, rect.top(), room, rect.height()), _LEFT, name)
        used = QFontMetrics(self._name).horizontalAdvance(name) + 8
        if room - used > 24:
            painter.setFont(self._small)
            painter.setPen(look.color("muted"))
            short = QFontMetrics(self._small).elidedText(node.id, Qt.TextElideMode.ElideRight, room - used)
            painter.drawText(QRect(left + used, rect.top(), room - used, rect.height()), _LEFT, short)

    def _figure(self, painter: QPainter, rect: QRect, text: str, column: int) -> None:
        look = theme.current()
        painter.setFont(self._mono)
        painter.setPen(look.color("text" if column == rows.OUTPUT else "muted"))
        inner = rect.adjusted(6, 0, -6, 0)
        shown = QFontMetrics(self._mono).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _RIGHT if column in (rows.PARAMS, rows.EXTRA) else _LEFT, shown)

    def _lanes(self, painter: QPainter, rect: QRect, index: Any, problem: Any) -> None:
        look = theme.current()
        lane, node = index.data(rows.LANES), index.data(rows.NODE)
        top, bottom, middle = rect.top(), rect.bottom() + 1, rect.center().y() + 0.5
        x = rect.left() + TRUNK
        painter.setPen(QPen(look.color("muted"), 1.5))
        if lane.trunk_in:
            painter.drawLine(QPointF(x, top), QPointF(x, middle))
        if lane.trunk_out:
            painter.drawLine(QPointF(x, middle), QPointF(x, bottom))
        painter.setPen(QPen(look.color("merge"), 1.8))
        for column in lane.passing:
            at = x + LANE * column
            painter.drawLine(QPointF(at, top), QPointF(at, bottom))
        for columns, end in ((lane.starts, bottom), (lane.ends, top)):
            for column in columns:
                at = x + LANE * column
                path = QPainterPath(QPointF(x, middle))
                path.cubicTo(QPointF(at, middle), QPointF(at, middle), QPointF(at, end))
                painter.drawPath(path)
        painter.setPen(QPen(look.color("window"), 2))
        token = _tone(problem) if problem else type(node.layer).group
        painter.setBrush(QBrush(look.color(token)))
        painter.drawEllipse(QPointF(x, middle), DOT, DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _vitals(self, painter: QPainter, rect: QRect, vitals: Any) -> None:
        """A histogram of activations, and the size of the gradient as a bar."""
        look = theme.current()
        counts, gradient = vitals.histogram**0.5, vitals.gradient  # the root, so that a peak hides nothing
        inner = QRectF(rect.adjusted(8, 9, -8, -9))
        width = inner.width() * 0.58
        tall = float(max(counts, default=0)) or 1.0
        step = width / max(len(counts), 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("problem" if vitals.dead else "good"))
        for number, value in enumerate(counts):
            high = inner.height() * float(value) / tall
            if value:
                high = max(high, 1.0)
            painter.drawRect(QRectF(inner.left() + number * step, inner.bottom() - high, step - 1, high))
        if gradient is None:
            return
        track = QRectF(inner.left() + width + 10, rect.center().y() - 3, inner.width() - width - 10, 6)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(track, 3, 3)
        painter.setBrush(look.color("accent"))
        track.setWidth(track.width() * decades(gradient))
        painter.drawRoundedRect(track, 3, 3)


def decades(norm: float) -> float:
    """Return a gradient's norm as a share of a bar: empty at 1e-6 and below, full at 100 and above.

    On a logarithmic scale, and the same one for every sample, so that vanishing gradients look it.
    """
    return min(1.0, max(0.0, (math.log10(norm) + 6) / 8)) if norm > 0 else 0.0


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _tone(problem: Any) -> str:
    return "problem" if problem[0] == "error" else "warning"
