"""Writing a text into a row, with dots for what doesn't fit."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from workbench.ui import theme


def draw_elided(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    token: str,
    *,
    right: bool = False,
    least: int = 16,
) -> int:
    """Write a text, cut off where its room ends; return how wide it is.

    Into less than ``least`` pixels nothing is written.
    """
    if rect.width() < least:
        return 0
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(theme.current().color(token))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
