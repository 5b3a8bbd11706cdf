"""Items of a plot that change all the time, made cheap to draw: they say that they fill the view.

Where an item ends is asked for about ten times a picture. pyqtgraph looks through its numbers for that, which
takes longer than drawing them, and holds the interpreter that a training needs meanwhile.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


class FillsView:
    """Mixed into an item: it is as large as what is seen of the plot."""

    def boundingRect(self) -> QRectF:
        seen: QRectF | None = self.viewRect()  # type: ignore[attr-defined]
        return QRectF() if seen is None else seen

    def viewTransformChanged(self) -> None:
        """Called by pyqtgraph where another part is seen, or on another scale."""
        super().viewTransformChanged()  # type: ignore[misc]
        self._cachedView = None  # which lines forget to drop
        self.prepareGeometryChange()  # type: ignore[attr-defined]


class WideLine(FillsView, pg.PlotCurveItem):  # type: ignore[misc]
    """A line."""


class WideDots(FillsView, pg.GraphicsObject):  # type: ignore[misc]
    """Dots that all look the same, each drawn as the end of a pen."""

    def __init__(self, size: float) -> None:
        super().__init__()
        self._points = QPolygonF()
        self._pen = QPen()
        self._pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._pen.setWidthF(size)
        self._pen.setCosmetic(True)

    def set_color(self, color: QColor) -> None:
        """Draw in another colour."""
        self._pen.setColor(color)
        self.update()

    def show_points(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw these, float arrays of one length, in place of those before."""
        self._points = pg.functions.arrayToQPolygonF(x, y)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        painter.drawPoints(self._points)
