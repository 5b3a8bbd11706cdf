"""The line or rectangle that is being drawn round points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workbench.ui import theme

APART = 3
"""Least pixels between two corners of the line."""


class Outline(QWidget):
    """Lies over a plot, so that drawing paints nothing else anew."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._corners: list[QPointF] = []
        self._shape = "lasso"
        self.hide()

    @property
    def drawing(self) -> bool:
        """Whether a line is under way."""
        return bool(self._corners)

    def begin(self, at: QPointF, shape: str) -> None:
        """Begin a lasso or a rectangle."""
        self._corners, self._shape = [at], shape
        over = self.parentWidget()
        if over is not None:
            self.setGeometry(over.rect())
        self.show()
        self.raise_()

    def extend(self, to: QPointF) -> None:
        """Go on to a point."""
        if self._shape == "rectangle":
            self._corners[1:] = [to]
        elif (to - self._corners[-1]).manhattanLength() >= APART:
            self._corners.append(to)
        self.update()

    def end(self) -> NDArray[np.float64]:
        """Return the corners, (n, 2), and show nothing more."""
        found = np.array([(at.x(), at.y()) for at in self._corners]).reshape(-1, 2)
        self._corners = []
        self.hide()
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, accent = QPainter(self), theme.current().color("accent")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5))
        accent.setAlpha(40)
        painter.setBrush(accent)
        if self._shape == "rectangle":
            painter.drawRect(QRectF(self._corners[0], self._corners[-1]).normalized())
        else:
            painter.drawPolygon(QPolygonF(self._corners))
