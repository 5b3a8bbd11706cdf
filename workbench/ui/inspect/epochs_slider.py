"""A slider over the recorded epochs, with a mark at the best."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from workbench.ui import theme

HANDLE = 7.0
_TICKS = 80
"""Epochs up to which each has a tick."""


class EpochSlider(QSlider):
    """Places 0 to n − 1; a click goes straight there. Arrow keys, Page, Home and End move it, too."""

    def __init__(self, name: str, token: str = "accent", parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._token = token
        self._best = -1

    def set_places(self, count: int, best: int) -> None:
        """Offer so many places; ``best`` is marked, -1 for none."""
        self._best = best
        self.blockSignals(True)
        self.setRange(0, max(count - 1, 0))
        self.setPageStep(max(1, count // 10))
        self.blockSignals(False)
        self.update()

    def at(self, place: int) -> QPointF:
        """Return where a place is drawn."""
        span = max(1, self.maximum())
        return QPointF(HANDLE + 1 + place / span * (self.width() - 2 * HANDLE - 2), self.height() / 2 + 2)

    def sizeHint(self) -> QSize:
        return QSize(200, 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 30)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _follow(self, event: QMouseEvent) -> None:
        room = max(1.0, self.width() - 2 * HANDLE - 2)
        self.setValue(round((event.position().x() - HANDLE - 1) / room * self.maximum()))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        here, first, last = self.at(self.value()), self.at(0), self.at(self.maximum())
        groove = QRectF(first.x(), first.y() - 2, last.x() - first.x(), 4)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(groove, 2, 2)
        painter.setBrush(look.color(self._token))
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), here.x() - groove.left(), 4), 2, 2)
        if 0 < self.maximum() < _TICKS:
            painter.setBrush(look.color("border"))
            for place in range(self.maximum() + 1):
                painter.drawRect(QRectF(self.at(place).x() - 0.5, groove.bottom() + 5, 1, 4))
        if self._best >= 0:
            tip = self.at(self._best) - QPointF(0, 6)
            painter.setBrush(look.color("good"))
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4.5, -7), tip + QPointF(4.5, -7)]))
        painter.setBrush(look.color("text" if self.hasFocus() else self._token))
        painter.drawEllipse(here, HANDLE, HANDLE)
