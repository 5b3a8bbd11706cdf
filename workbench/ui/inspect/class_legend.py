"""Which colour is which class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.inspect.map_colors import class_colors

LINE, DOT, AIR = 20, 8, 16


class ClassLegend(QWidget):
    """Dots with names, on as many lines as it takes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._classes: tuple[str, ...] = ()

    def display(self, classes: Sequence[str]) -> None:
        """Show classes; nothing for none."""
        self._classes = tuple(classes)
        self.setVisible(bool(classes))
        self.setAccessibleName(", ".join(classes))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return int(places[-1].bottom()) if places else LINE

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sans(12))
        colors = class_colors(len(self._classes))
        for place, name, color in zip(self._places(self.width()), self._classes, colors, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QRectF(place.left(), place.center().y() - DOT / 2, DOT, DOT))
            painter.setPen(look.color("text"))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place.adjusted(DOT + 6, 0, 0, 0), left, name)

    def _places(self, width: int) -> list[QRectF]:
        metrics = QFontMetrics(theme.sans(12))
        found: list[QRectF] = []
        x = y = 0.0
        for name in self._classes:
            wide = DOT + 6 + metrics.horizontalAdvance(name) + 4
            if x and x + wide > width:
                x, y = 0.0, y + LINE
            found.append(QRectF(x, y, wide, LINE))
            x += wide + AIR
        return found
