"""A grid of pictures with captions, of which one can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import scrolling
from workbench.ui.focus_ring import FocusRing

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
        self._ring = FocusRing(self, self._focused)

    def display(self, items: Sequence[tuple[QImage, str, str]], side: int | None = None) -> None:
        """Show pictures, each with a caption and the colour token of the caption.

        Where a caption "name · value" is too long it is the name that is cut short; a tip tells all of it.
        """
        self._items = list(items)
        self._side = side or self._side
        self.current = min(self.current, len(items) - 1)
        self.setAccessibleName(self.tr("{} pictures").format(len(items)))
        self._fit()
        self.update()

    def mark(self, number: int) -> None:
        """Mark a picture, or none for -1, as if it were chosen, without telling of it."""
        self.current = number
        self._ring.follow()
        self.update()

    def __len__(self) -> int:
        return len(self._items)

    def rect_of(self, number: int) -> QRect:
        """Return where a picture is, with its caption."""
        row, column = divmod(number, self._columns())
        return QRect(column * (self._side + GAP), row * self._step(), self._side, self._step() - GAP)

    def _focused(self) -> QRect:
        return self.rect_of(max(self.current, 0)) if self._items else self.rect()

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
                text = _cut(caption, metrics, self._side)
                foot = QRect(square.left(), square.bottom() + 2, self._side, 16)
                painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, text)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self._at(event.pos())
            caption = self._items[number][1] if number >= 0 else ""
            cut = _cut(caption, QFontMetrics(theme.sans(11)), self._side) != caption
            QToolTip.showText(event.globalPos(), caption if cut else "", self)
            return True
        return super().event(event)

    def _at(self, place: QPoint) -> int:
        return next((n for n in range(len(self._items)) if self.rect_of(n).contains(place)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event.position().toPoint()))

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
            self.mark(number)
            self.chosen.emit(number)


def _cut(caption: str, metrics: QFontMetrics, room: int) -> str:
    """Return a caption as wide as ``room`` at most, in pixels; of a value nothing is ever left out."""
    if metrics.horizontalAdvance(caption) <= room:
        return caption
    name, dot, value = caption.rpartition(" · ")
    if not dot:
        return metrics.elidedText(caption, Qt.TextElideMode.ElideRight, room)
    rest = room - metrics.horizontalAdvance(dot + value)
    short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rest)
    return short + dot + value if short else value


def scrolled(gallery: Gallery) -> QScrollArea:
    """Return an area in which a gallery is as high as its pictures, with room for its ring."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(2, 2, 4, 0)
    column.addWidget(gallery)
    column.addStretch(1)
    return scrolling(holder)
