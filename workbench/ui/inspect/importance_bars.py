"""Importances as bars with error whiskers, each of which can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

ROW, AIR, FIGURES = 28, 14, 128


class ImportanceBars(QWidget):
    """A row a feature, the most important at the top; a click or Enter chooses one."""

    chosen = Signal(int)
    """A row's place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._names: tuple[str, ...] = ()
        self.mean: NDArray[Any] = np.array([])
        self.std: NDArray[Any] = np.array([])
        self._scale = 1.0
        self._suffix = ""
        self.current = -1

    def display(
        self,
        names: Sequence[str],
        mean: NDArray[Any],
        std: NDArray[Any],
        scale: float = 1.0,
        suffix: str = "",
    ) -> None:
        """Show rows; figures are told times ``scale``, with ``suffix`` after them."""
        self._names, self.mean, self.std = tuple(names), mean, std
        self._scale, self._suffix = scale, suffix
        self.current = -1
        self.setMinimumHeight(ROW * len(names) + 4)
        self.setAccessibleName(", ".join(f"{name} {self._figure(n)}" for n, name in enumerate(names[:20])))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, ROW * len(self._names) + 4)

    def rect_of(self, row: int) -> QRectF:
        """Return where a row is."""
        return QRectF(0, row * ROW, self.width(), ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("card"))
        if not self._names:
            return
        names = QFontMetrics(theme.sans(12))
        widest = max(names.horizontalAdvance(name) for name in self._names) + AIR + 4
        left = min(widest, self.width() * 2 // 5)
        low = min(float((self.mean - self.std).min()), 0.0)
        high = max(float((self.mean + self.std).max()), 0.0)
        room = max(self.width() - left - FIGURES, 20)
        each = room / ((high - low) or 1.0)
        zero = left - low * each
        painter.setPen(look.color("border"))
        painter.drawLine(QPointF(zero, 0), QPointF(zero, ROW * len(self._names)))
        for row, name in enumerate(self._names):
            place = self.rect_of(row)
            if not place.toRect().intersects(event.rect()):
                continue
            if row == self.current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.color("hover"))
                painter.drawRoundedRect(place.adjusted(0, 1, 0, -1), 5, 5)
            painter.setFont(theme.sans(12))
            painter.setPen(look.color("text"))
            text = names.elidedText(name, Qt.TextElideMode.ElideMiddle, left - AIR)
            painter.drawText(QRectF(4, place.top(), left - AIR, ROW), _LEFT, text)
            self._draw(painter, row, zero, each, place.center().y())
            painter.setFont(theme.mono(11))
            painter.setPen(look.color("muted"))
            painter.drawText(place.adjusted(0, 0, -6, 0), _RIGHT, self._figure(row))

    def _draw(self, painter: QPainter, row: int, zero: float, each: float, middle: float) -> None:
        look = theme.current()
        mean, std = float(self.mean[row]), float(self.std[row])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent" if mean > 0 else "muted"))
        bar = QRectF(zero + min(mean, 0) * each, middle - 5, max(abs(mean) * each, 1), 10)
        painter.drawRoundedRect(bar, 2, 2)
        if std:
            painter.setPen(QPen(look.color("text"), 1.2))
            ends = [zero + (mean - std) * each, zero + (mean + std) * each]
            painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
            for end in ends:
                painter.drawLine(QPointF(end, middle - 3.5), QPointF(end, middle + 3.5))

    def _figure(self, row: int) -> str:
        mean, std = self._scale * float(self.mean[row]), self._scale * float(self.std[row])
        digits = 1 if self._scale == 100 else 3
        return f"{mean:.{digits}f} ± {std:.{digits}f}{self._suffix}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(int(event.position().y()) // ROW)

    def leaveEvent(self, event: object) -> None:
        if not self.hasFocus():
            self._point(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y()) // ROW
        if event.button() == Qt.MouseButton.LeftButton and row < len(self._names):
            self.chosen.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._names:
            self._point(max(0, min(len(self._names) - 1, self.current + step)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current >= 0:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _point(self, row: int) -> None:
        row = row if row < len(self._names) else -1
        if row != self.current:
            self.current = row
            self.update()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
