"""The confusion matrix: a cell a pair of true and predicted class; a click shows its samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme


class ConfusionMatrix(QWidget):
    """Rows are true classes, columns predicted ones."""

    chosen = Signal(int, int)
    """A cell was chosen: true and predicted class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionMatrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self.cell = (-1, -1)

    def display(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        """Show counts, shape (classes, classes)."""
        self._counts, self._names, self.cell = counts, names, (-1, -1)
        wrong = int(counts.sum() - np.trace(counts))
        self.setAccessibleName(self.tr("Confusion matrix: {} of {} wrong").format(wrong, int(counts.sum())))
        self.update()

    def choose(self, true: int, predicted: int) -> None:
        """Choose a cell."""
        self.cell = (true, predicted)
        self.update()
        self.chosen.emit(true, predicted)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def cell_rect(self, true: int, predicted: int) -> QRectF:
        """Return where a cell is."""
        left, top, side = self._layout()
        return QRectF(left + predicted * side, top + true * side, side, side)

    def _layout(self) -> tuple[float, float, float]:
        metrics = QFontMetrics(theme.sans(11))
        widest = max((metrics.horizontalAdvance(n) for n in self._names), default=0)
        left = min(widest + 14, self.width() * 0.3) + 18
        top = 40.0
        count = max(len(self._names), 1)
        side = max(min((self.width() - left - 4) / count, (self.height() - top - 4) / count, 74), 4)
        return left, top, side

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self._names):
            return
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, side = self._layout()
        small, metrics = theme.sans(11), QFontMetrics(theme.sans(11))
        painter.setFont(small)
        painter.setPen(look.color("muted"))
        wide = side * len(self._names)
        painter.drawText(QRectF(left, 0, wide, 16), Qt.AlignmentFlag.AlignCenter, self.tr("predicted"))
        painter.save()
        painter.rotate(-90)
        painter.drawText(QRectF(-top - wide, 0, wide, 16), Qt.AlignmentFlag.AlignCenter, self.tr("true"))
        painter.restore()
        rows = np.maximum(self._counts.sum(1, keepdims=True), 1)
        shares = self._counts / rows
        for number, name in enumerate(self._names):
            painter.setPen(look.color("text"))
            row = QRectF(18, top + number * side, left - 24, side)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(row.width()))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            head = QRectF(left + number * side, 18, side, 20)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(side - 2))
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, shown)
            for other in range(len(self._names)):
                self._draw_cell(painter, number, other, float(shares[number, other]))

    def _draw_cell(self, painter: QPainter, true: int, predicted: int, share: float) -> None:
        look = theme.current()
        place = self.cell_rect(true, predicted).adjusted(1, 1, -1, -1)
        color = look.color("good" if true == predicted else "problem")
        color.setAlphaF(0.06 + 0.7 * share if self._counts[true, predicted] else 0.03)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(place, 3, 3)
        if (true, predicted) == self.cell:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 3, 3)
        if place.width() >= 20 and self._counts[true, predicted]:
            painter.setPen(look.color("text"))
            painter.setFont(theme.mono(11))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(int(self._counts[true, predicted])))
            painter.setFont(theme.sans(11))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left, top, side = self._layout()
        column = int((event.position().x() - left) // side)
        row = int((event.position().y() - top) // side)
        if 0 <= row < len(self._names) and 0 <= column < len(self._names):
            self.choose(row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps: dict[Any, tuple[int, int]] = {
            key.Key_Up: (-1, 0), key.Key_Down: (1, 0), key.Key_Left: (0, -1), key.Key_Right: (0, 1),
        }  # fmt: skip
        step = steps.get(event.key())
        if step is None or not self._names:
            super().keyPressEvent(event)
            return
        top = len(self._names) - 1
        row, column = max(self.cell[0], 0) + step[0], max(self.cell[1], 0) + step[1]
        self.choose(max(0, min(top, row)), max(0, min(top, column)))
