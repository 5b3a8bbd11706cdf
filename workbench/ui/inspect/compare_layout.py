"""How the cards of Compare lie: two side by side where there is room, and as high as they need."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme

BESIDE = 660
"""Width from which two cards stand side by side: in less their words would be cut short."""


class CardColumn(QVBoxLayout):
    """As high as its cards need: words that wrap would have it think that all can be made lower."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(theme.M)

    def hasHeightForWidth(self) -> bool:
        return False


class CardPair(QWidget):
    """Two cards side by side, or where it is narrow one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.M)

    def add(self, card: QWidget, least: int) -> None:
        """Add a card that is at least so many pixels high."""
        card.setMinimumHeight(least)
        self._row.addWidget(card, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if self.width() >= BESIDE else ways.TopToBottom)
