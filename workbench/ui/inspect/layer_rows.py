"""A row a layer, in the stack's order, of which the mouse and the arrow keys choose one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

LOW = 26
"""Pixels that a row is high at least."""
HEAD = 24


class LayerRows(QWidget):
    """Where the rows are and which is chosen; what they show is drawn by those who derive from it."""

    chosen = Signal(str)
    high = 40
    """Pixels that a row is high at most."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._layers: tuple[str, ...] = ()
        self._selected = self._under = ""

    def set_layers(self, layers: Sequence[str]) -> None:
        """Have a row for each of these."""
        self._layers = tuple(layers)
        self.setMinimumHeight(HEAD + LOW * len(layers) + 4)
        self.update()

    def mark(self, layer: str) -> None:
        """Mark the layer that is selected."""
        self._selected = layer
        self.update()

    def row_rect(self, number: int) -> QRectF:
        """Return where a layer's row is."""
        high = max(LOW, min(self.high, (self.height() - HEAD - 4) / max(len(self._layers), 1)))
        return QRectF(0, HEAD + number * high, self.width(), high)

    def draw_ground(self, painter: QPainter, layer: str, place: QRectF) -> None:
        """Set the row off that is selected, or under the mouse."""
        painter.setPen(Qt.PenStyle.NoPen)
        if layer in (self._selected, self._under):
            look, chosen = theme.current(), layer == self._selected
            painter.setBrush(look.color("selected" if chosen else "hover"))
            if chosen and self.hasFocus():
                painter.setPen(QPen(look.color("accent"), 1))
            painter.drawRoundedRect(place.adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
            painter.setPen(Qt.PenStyle.NoPen)

    def row_at(self, y: float) -> str:
        """Return the layer at a height, "" for none."""
        return next((name for n, name in enumerate(self._layers) if self.row_rect(n).contains(1, y)), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self.row_at(event.position().y())
        if layer:
            self.chosen.emit(layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._layers:
            super().keyPressEvent(event)
            return
        names = self._layers
        place = names.index(self._selected) + step if self._selected in names else 0
        self.chosen.emit(names[max(0, min(len(names) - 1, place))])
