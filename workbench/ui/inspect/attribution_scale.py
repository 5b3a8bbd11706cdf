"""What the colours of an attribution stand for: a strip of them, with the values at its ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.inspect.attribution_colors import Look, map_of, shade
from workbench.ui.inspect.attribution_reading import Reading

HIGH = 16
STEPS = 64


class Scale(QWidget):
    """The colours from the strongest below zero, or from zero, to the strongest above."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFixedHeight(HIGH)
        self._limit, self._signed, self._as_map = 1.0, True, False

    def display(self, reading: Reading, look: Look) -> None:
        """Show the scale of a reading, as it is drawn."""
        self._limit, self._signed = reading.limit, reading.signed and look.signed
        self._as_map = reading.form == "picture" and (look.over == "map" or reading.sample is None)
        self.setAccessibleName(self.tr("Colours from {} to {}").format(*self._ends()))
        self.update()

    def _ends(self) -> tuple[str, str]:
        top = f"{self._limit:.3g}"
        return (f"−{top}", f"+{top}") if self._signed else ("0", top)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setFont(theme.mono(10))
        metrics = QFontMetrics(painter.font())
        low, high = self._ends()
        left, right = (metrics.horizontalAdvance(text) + 8 for text in (low, high))
        strip = QRectF(left, HIGH / 2 - 4, max(self.width() - left - right, 10), 8)
        values = np.linspace(-self._limit if self._signed else 0.0, self._limit, STEPS)
        painter.fillRect(strip, look.color("well"))
        if self._as_map:
            painter.drawImage(strip, map_of(values[None], self._limit, self._signed))
        else:
            shades = QLinearGradient(strip.topLeft(), strip.topRight())
            for at, value in zip(np.linspace(0, 1, STEPS), values, strict=True):
                shades.setColorAt(float(at), shade(float(value), self._limit, self._signed, 1.0))
            painter.fillRect(strip, shades)
        painter.setPen(look.color("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, left, HIGH), Qt.AlignmentFlag.AlignLeft | middle, low)
        end = QRectF(self.width() - right, 0, right, HIGH)
        painter.drawText(end, Qt.AlignmentFlag.AlignRight | middle, high)
