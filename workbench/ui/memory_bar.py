"""A step's memory as parts of a bar that is as long as what the device has free."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme

_SHADES = (1.0, 0.8, 0.62, 0.48, 0.36, 0.26, 0.2)
"""Opacities that tell the parts apart: the colour is for whether they fit."""


class MemoryBar(QWidget):
    """Parts from the left, in the colour of whether they fit, and a tick where the margin begins."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("memoryBar")
        self.setFixedHeight(14)
        self._parts: list[int] = []
        self._free, self._usable = 1, 1

    def display(self, parts: Sequence[int], free: int, usable: int) -> None:
        """Show parts in bytes of what is free; what is beyond ``usable`` is the margin."""
        self._parts, self._free, self._usable = list(parts), max(free, 1), usable
        share = sum(parts) / self._free
        self.setAccessibleName(self.tr("Memory: {} % of what is free").format(round(100 * share)))
        self.update()

    @property
    def tone(self) -> str:
        """The colour's token: accent where all fits, warning within the margin, problem beyond."""
        total = sum(self._parts)
        return "accent" if total <= self._usable else "warning" if total <= self._free else "problem"

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, 2, self.width(), 10)
        shape = QPainterPath()
        shape.addRoundedRect(track, 4, 4)
        painter.setClipPath(shape)
        painter.fillRect(track, look.color("raised"))
        longest = max(self._free, sum(self._parts))
        x = 0.0
        for part, shade in zip(self._parts, _SHADES, strict=False):
            wide = self.width() * part / longest
            color = look.color(self.tone)
            color.setAlphaF(shade)
            painter.fillRect(QRectF(x, 2, wide, 10), color)
            x += wide
        if 0 < x < 3:  # something is used, however little
            painter.fillRect(QRectF(0, 2, 3, 10), look.color(self.tone))
        painter.setClipping(False)
        painter.fillRect(QRectF(self.width() * self._usable / longest, 0, 1, 14), look.color("muted"))
