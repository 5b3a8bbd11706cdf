"""What a view shows, as a picture."""

from __future__ import annotations

from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from workbench.ui import theme
from workbench.ui.plots import Plot

SCALE = 2
"""Pixels of a PNG for each of the screen's: it is sharp in print and on dense screens too."""
MOST = 8000
"""Pixels that a side has at most: a larger picture is scaled down to that."""


def as_image(widget: QWidget) -> QImage:
    """Return the widget as it is shown, or all of a scene that it shows a part of, on the theme's ground."""
    size = _size(widget)
    scale = min(SCALE, MOST / max(size.width(), size.height(), 1))
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    _draw(widget, painter, size)
    painter.end()
    return image


def as_png(widget: QWidget) -> bytes:
    """Return the same as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    as_image(widget).save(buffer, "PNG")  # type: ignore[call-overload]  # its hint wants a file's name
    return bytes(buffer.data().data())


def as_svg(widget: QWidget) -> bytes:
    """Return the same, drawn by lines and letters."""
    if isinstance(widget, Plot):
        found: bytes = SVGExporter(widget.getPlotItem()).export(toBytes=True)
        return found
    size = _size(widget)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(), size))
    painter = QPainter(generator)
    _draw(widget, painter, size)
    painter.end()
    return bytes(buffer.data().data())


def _scene(widget: QWidget) -> QGraphicsScene | None:
    """What the widget may show only a part of; of a plot that part is what is meant."""
    return widget.scene() if isinstance(widget, QGraphicsView) and not isinstance(widget, Plot) else None


def _size(widget: QWidget) -> QSize:
    scene = _scene(widget)
    return widget.size() if scene is None else scene.itemsBoundingRect().toAlignedRect().size()


def _draw(widget: QWidget, painter: QPainter, size: QSize) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(QPoint(), size), theme.current().color("card"))
    scene = _scene(widget)
    if scene is None:
        widget.render(painter, QPoint())
    else:
        scene.render(painter, QRectF(QPoint(), size), scene.itemsBoundingRect())
