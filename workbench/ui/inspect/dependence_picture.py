"""What is dear to draw of a plot, drawn once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.ui import theme


class KeptPicture:
    """A picture as large as its widget, drawn anew for another size or theme: many curves take long.

    In files that are drawn by lines, such as SVG, it is lines, too.
    """

    def __init__(self, widget: QWidget, draw: Callable[[QPainter], None]) -> None:
        self._widget, self._draw = widget, draw
        self._picture = QPixmap()
        self._drawn: tuple[object, ...] = ()

    def forget(self) -> None:
        """Draw it anew next time."""
        self._drawn = ()

    def paint(self, painter: QPainter) -> None:
        """Paint it onto the widget."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            self._draw(painter)
            return
        widget = self._widget
        wanted = (widget.size(), widget.devicePixelRatioF(), theme.current())
        if wanted != self._drawn:
            self._drawn = wanted
            self._picture = QPixmap(widget.size() * widget.devicePixelRatioF())
            self._picture.setDevicePixelRatio(widget.devicePixelRatioF())
            self._picture.fill(Qt.GlobalColor.transparent)
            onto = QPainter(self._picture)
            onto.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(onto)
            onto.end()
        painter.drawPixmap(0, 0, self._picture)
