"""What the colours of a heat map stand for: a strip of them, with the values at its ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.images import heat


class ColorScale(QWidget):
    """From zero, or from the strongest below zero, to the strongest above."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFixedHeight(20)
        self.setMinimumWidth(150)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._signed, self._limit = False, 1.0

    def display(self, *, signed: bool, limit: float) -> None:
        """Show the scale of values up to ``limit``, and down to its opposite where they are signed."""
        self._signed, self._limit = signed, limit
        self.setAccessibleName(self.tr("Colours from {} to {}").format(*self._ends()))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def _ends(self) -> tuple[str, str]:
        top = f"{self._limit:.3g}"
        return (f"−{top}" if self._signed else "0", top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.mono(10))
        metrics = QFontMetrics(painter.font())
        low, high = self._ends()
        left, right = (metrics.horizontalAdvance(text) + 6 for text in (low, high))
        strip = QRectF(left, self.height() / 2 - 4, max(self.width() - left - right, 10), 8)
        values = np.linspace(-1.0 if self._signed else 0.0, 1.0, 128)[None]
        painter.drawImage(strip, heat(values, signed=self._signed, limit=1.0))
        painter.setPen(theme.current().color("border"))
        painter.drawRect(strip)
        painter.setPen(theme.current().color("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, left - 6, self.height()), Qt.AlignmentFlag.AlignRight | middle, low)
        end = QRectF(self.width() - right + 6, 0, right, self.height())
        painter.drawText(end, Qt.AlignmentFlag.AlignLeft | middle, high)
