"""Tiles in as few rows as there is room for, evenly full, of one width, those of a row of one height."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme

LEAST = 190
"""Pixels that a tile needs in which nothing is read."""
READ = 250
"""Pixels that one needs that is read: of names and figures."""


class Tiles(QWidget):
    """Places its widgets itself: Qt's grid in a scroll area makes room for words in the narrowest column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[QWidget] = []
        self._least = LEAST

    def display(self, tiles: Sequence[QWidget], least: int = LEAST) -> None:
        """Show these, at least so wide, in this order; others that were shown are hidden."""
        self._least = least
        for tile in self._shown:
            if tile not in tiles:
                tile.hide()
        self._shown = list(tiles)
        for tile in tiles:
            tile.setParent(self)
            tile.show()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a tile wants another size
            self._place()
        return super().event(event)

    def _place(self) -> None:
        gap = theme.M
        columns = max(1, (self.width() + gap) // (self._least + gap))
        rows = -(-len(self._shown) // columns)
        if rows > 1:
            columns = -(-len(self._shown) // rows)  # four stand two by two, not three and one
        wide = (self.width() - (columns - 1) * gap) // columns
        top = 0
        for start in range(0, len(self._shown), columns):
            row = self._shown[start : start + columns]
            high = max(_height(tile, wide) for tile in row)
            for column, tile in enumerate(row):
                tile.setGeometry(column * (wide + gap), top, wide, high)
            top += high + gap
        self.setMinimumHeight(max(top - gap, 0))


def _height(tile: QWidget, width: int) -> int:
    return tile.heightForWidth(width) if tile.hasHeightForWidth() else tile.sizeHint().height()
