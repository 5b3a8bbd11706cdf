"""What a view shows, as a picture."""

from __future__ import annotations

from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot

SCALE = 2
"""Pixels of a PNG for each of the screen's: it is sharp in print and on dense screens too."""


def as_png(widget: QWidget) -> bytes:
    """Return the widget as it is shown, on the theme's ground."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    image.fill(theme.current().color("card"))
    widget.render(image, QPoint())
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its hint wants a file's name
    return bytes(buffer.data().data())


def as_svg(widget: QWidget) -> bytes:
    """Return the widget as drawn by lines and letters, on the theme's ground."""
    if isinstance(widget, Plot):
        found: bytes = SVGExporter(widget.getPlotItem()).export(toBytes=True)
        return found
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), theme.current().color("card"))
    widget.render(painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())
