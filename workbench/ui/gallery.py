"""A grid of pictures with captions, of which one can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

GAP = 8


class Gallery(QWidget):
    """Pictures in rows that fill the width."""

    chosen = Signal(int)
    """A click, also on the one that is chosen already, or another by the arrow keys."""

    def __init__(self, name: str, side: int = 72, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._side = side
        self._items: list[tuple[QImage, str, str]] = []
        self.current = -1

    def display(self, items: Sequence[tuple[QImage, str, str]], side: int | None = None) -> None:
        """Show pictures, each with a caption and the colour token of the caption."""
        self._items = list(items)
        self._side = side or self._side
        self.current = min(self.current, len(items) - 1)
        self.setAccessibleName(self.tr("{} pictures").format(len(items)))
        self._fit()
        self.update()

    def mark(self, number: int) -> None:
        """Mark a picture, or none for -1, as if it were chosen, without telling of it."""
        self.current = number
        self.update()

    def __len__(self) -> int:
        return len(self._items)

    def rect_of(self, number: int) -> QRect:
        """Return where a picture is, with its caption."""
        row, column = divmod(number, self._columns())
        return QRect(column * (self._side + GAP), row * self._step(), self._side, self._step() - GAP)

    def sizeHint(self) -> QSize:
        return QSize(320, self._high())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _captioned(self) -> bool:
        return any(caption for _, caption, _ in self._items)

    def _step(self) -> int:
        return self._side + GAP + (18 if self._captioned() else 0)

    def _columns(self) -> int:
        return max(1, (self.width() + GAP) // (self._side + GAP))

    def _high(self) -> int:
        rows = -(-len(self._items) // self._columns())
        return max(rows * self._step(), 20)

    def _fit(self) -> None:
        if self.minimumHeight() != self._high():
            self.setMinimumHeight(self._high())
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setFont(theme.sans(11))
        metrics = QFontMetrics(painter.font())
        for number, (image, caption, token) in enumerate(self._items):
            place = self.rect_of(number)
            if not place.intersects(event.rect()):
                continue
            square = QRect(place.topLeft(), QSize(self._side, self._side))
            size = image.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(square.topLeft(), size)
            target.moveCenter(square.center())
            painter.drawImage(target, image)
            if number == self.current:
                painter.setPen(QPen(look.color("accent"), 2))
                painter.drawRect(target.adjusted(1, 1, -1, -1))
            if caption:
                painter.setPen(look.color(token))
                text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, self._side)
                foot = QRect(square.left(), square.bottom() + 2, self._side, 16)
                painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        self._choose(next((n for n in range(len(self._items)) if self.rect_of(n).contains(place)), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps = {
            key.Key_Left: -1,
            key.Key_Right: 1,
            key.Key_Up: -self._columns(),
            key.Key_Down: self._columns(),
        }
        step = steps.get(key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif self._items:
            number = max(0, min(len(self._items) - 1, self.current + step))
            if number != self.current:
                self._choose(number)

    def _choose(self, number: int) -> None:
        if number >= 0:
            self.current = number
            self.update()
            self.chosen.emit(number)
