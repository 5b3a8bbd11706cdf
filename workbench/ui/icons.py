"""Icons from the Phosphor set, drawn at any size in the theme's colour of the moment.

The font ships in ``resources/icons``. The packages that bring icon fonts to Qt take longer to import than the
whole first window to paint.
"""

from __future__ import annotations

import json
from functools import cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.resources import resource
from workbench.ui import theme


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(resource("icons", "phosphor.ttf")))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _glyphs() -> dict[str, str]:
    """Every icon's character, by its name on phosphoricons.com."""
    codes = json.loads(resource("icons", "phosphor.json").read_text(encoding="utf-8"))
    return {name: chr(int(code, 16)) for name, code in codes.items()}


def _draw(painter: QPainter, rect: QRect, character: str, token: str) -> None:
    font = QFont(_family())
    font.setPixelSize(max(rect.height(), 1))
    painter.setFont(font)
    painter.setPen(theme.current().color(token))
    wide = rect.width() > rect.height()  # an icon with air to its right
    side = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignHCenter
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, character)


class _Glyph(QIconEngine):
    """Paints a character of the icon font; asks for its colour only when painting."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token
        self._character = _glyphs()[name]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = "muted" if mode == QIcon.Mode.Disabled else self._token
        painter.save()
        _draw(painter, rect, self._character, token)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QPixmap(size)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return image

    def clone(self) -> QIconEngine:
        return _Glyph(self._name, self._token)


def icon(name: str, token: str = "text") -> QIcon:
    """Return the icon called ``name`` in Phosphor, in the colour of a theme token."""
    return QIcon(_Glyph(name, token))


class IconLabel(QWidget):
    """An icon on its own, painted anew whenever the theme changes.

    It keeps no `QIcon`: Qt crashes where Python's collector ends one together with the widget that has it.
    """

    def __init__(self, name: str, token: str = "text", side: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_icon(name, token)
        self.setFixedSize(side, side)

    def set_icon(self, name: str, token: str) -> None:
        """Show another icon."""
        self._character, self._token = _glyphs()[name], token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        _draw(QPainter(self), self.rect(), self._character, self._token)
