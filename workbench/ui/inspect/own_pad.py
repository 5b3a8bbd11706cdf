"""The surface that is drawn on, in the data's own pixels; with a mouse, a pen or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.inspect.own_canvas import Canvas

SIDE = 184


class Pad(QWidget):
    """Shows what the network gets of a canvas, and draws on it."""

    drawn = Signal()
    """The picture is another: at each move of the pen."""
    undone = Signal()
    """Undo was asked for by its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ownPad")
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setAccessibleDescription(
            self.tr("Draw with the mouse; or move with the arrow keys, Space draws, Delete erases.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFixedSize(SIDE, SIDE)
        self.size_of_pen = 2.0
        self.ink = QColor("white")
        self._canvas: Canvas | None = None
        self._last: QPointF | None = None
        self._at: QPointF | None = None

    def set_canvas(self, canvas: Canvas) -> None:
        """Draw on another canvas."""
        self._canvas, self._last, self._at = canvas, None, None
        _, height, width = canvas.shape
        longer = max(height, width)
        self.setFixedSize(max(1, SIDE * width // longer), max(1, SIDE * height // longer))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._canvas is not None and event.button() == Qt.MouseButton.LeftButton:
            self._canvas.begin()
            self._last = self._place(event.position())
            self._draw(self._last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self._place(event.position())
        if self._last is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._draw(self._at)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def event(self, event: QEvent) -> bool:
        # undo is the window's otherwise, for the project
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.matches(QKeySequence.StandardKey.Undo):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._canvas is None:
            return
        key = Qt.Key
        steps = {
            key.Key_Left: (-1, 0),
            key.Key_Right: (1, 0),
            key.Key_Up: (0, -1),
            key.Key_Down: (0, 1),
        }
        pressed = key(event.key())
        _, height, width = self._canvas.shape
        here = self._at or QPointF(width // 2 + 0.5, height // 2 + 0.5)
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undone.emit()
        elif pressed in steps:
            x, y = steps[pressed]
            self._at = QPointF(
                min(max(here.x() + x, 0.5), width - 0.5), min(max(here.y() + y, 0.5), height - 0.5)
            )
        elif pressed in (key.Key_Space, key.Key_Delete):
            self._canvas.begin()
            self._at = self._last = here
            self._draw(here, self._canvas.ground if pressed == key.Key_Delete else None)
            self._last = None
        else:
            super().keyPressEvent(event)
        self.update()

    def _draw(self, to: QPointF, color: QColor | None = None) -> None:
        assert self._canvas is not None
        ink = color or self.ink
        # a little wider, or the soft edge of a line that is wiped out would stay
        size = self.size_of_pen + (0.5 if ink == self._canvas.ground else 0.0)
        self._canvas.stroke(self._last or to, to, size, ink)
        self._last = to
        self.update()
        self.drawn.emit()

    def _scale(self) -> float:
        return self.width() / self._canvas.shape[2] if self._canvas else 1.0

    def _place(self, position: QPointF) -> QPointF:
        return QPointF(position.x() / self._scale(), position.y() / self._scale())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        if self._canvas is not None:
            painter.drawImage(self.rect(), self._canvas.shown())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._at is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            radius = self.size_of_pen * self._scale() / 2
            centre = self._at * self._scale()
            for color, wide in (("#000000", 3), ("#ffffff", 1)):  # seen on any ground
                painter.setPen(QPen(QColor(color), wide))
                painter.drawEllipse(centre, radius, radius)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(look.color("accent" if self.hasFocus() else "border"), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
