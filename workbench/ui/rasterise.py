"""SVG as PNG."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer, QtSvg

from workbench.build.picture.words import MONO, SANS
from workbench.errors import UserError
from workbench.ui import theme

MOST = 32_767
"""The most pixels that a side can have: Qt paints no more."""

_ROOM = 2**30
"""Bytes that the picture may take while it is painted."""


def png(svg: str, scale: float = 2.0) -> bytes:
    """Return an SVG document as a PNG file, with ``scale`` pixels for each of its own.

    Works with and without the window and a display. Raises `UserError` where the picture gets too large.
    """
    # Qt draws text only while there is an application; the offscreen one needs no display.
    app = QGuiApplication.instance() or QGuiApplication(["workbench", "-platform", "offscreen"])
    if theme.SANS not in QFontDatabase.families():
        theme.load_fonts()
    renderer = QSvgRenderer()
    renderer.setOptions(QtSvg.Option.AssumeTrustedSource)  # ours: without it Qt gives up on long ones
    # Qt knows no lists of fonts to fall back on, and ours are here.
    named = svg.replace(f'"{SANS}"', f'"{theme.SANS}"').replace(f'"{MONO}"', f'"{theme.MONO}"')
    renderer.load(QByteArray(named.encode()))
    size: QSize = renderer.defaultSize() * scale
    if max(size.width(), size.height()) > MOST or 4 * size.width() * size.height() > _ROOM:
        raise UserError(
            f"as PNG this picture has {size.width():,} × {size.height():,} pixels, which is too large.",
            place="picture",
            remedy="Save it as SVG, which has no such limit, or collapse blocks.",
        )
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    del app
    return bytes(buffer.data().data())
