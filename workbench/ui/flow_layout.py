"""A layout that fills rows from the left and breaks them like text (after Qt's flow layout example)."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Rows of widgets in their own sizes."""

    def __init__(self, parent: QWidget | None = None, gap: int = 6) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, tall = rect.x(), rect.y(), 0
        row: list[tuple[QLayoutItem, QRect]] = []
        for item in self._items:
            if item.isEmpty():
                continue  # hidden: it takes no gap either
            hint = item.sizeHint().boundedTo(QSize(max(rect.width(), 1), 16_777_215))
            if x + hint.width() > rect.right() + 1 and tall:
                _place(row if move else (), y, tall)
                x, y, tall = rect.x(), y + tall + self._gap, 0
                row = []
            row.append((item, QRect(QPoint(x, y), hint)))
            x += hint.width() + self._gap
            tall = max(tall, hint.height())
        _place(row if move else (), y, tall)
        return y + tall - rect.y()


def _place(row: Iterable[tuple[QLayoutItem, QRect]], top: int, tall: int) -> None:
    """Put the items of a row in the middle of its height."""
    for item, at in row:
        at.moveTop(top + (tall - at.height()) // 2)
        item.setGeometry(at)
