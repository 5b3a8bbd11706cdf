"""How a layer's vitals are drawn in its row."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from workbench.ui import theme
from workbench.ui.row_vitals import RowVitals


def draw_vitals(painter: QPainter, rect: QRect, vitals: RowVitals) -> None:
    """Draw a histogram of activations, and the size of the gradient as a bar."""
    look = theme.current()
    inner = QRectF(rect.adjusted(8, 9, -8, -9))
    width, tall = inner.width() * 0.58, inner.height()
    heights = vitals.heights
    step = max(2, int(width / max(len(heights), 1)))
    left, bottom = int(inner.left()), int(inner.bottom())
    bars = [
        QRect(left + place * step, bottom - high, step - 1, high)
        for place, share in enumerate(heights)
        if (high := max(round(tall * share), 1) if share else 0)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(vitals.tone))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawRects(bars)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if vitals.gradient is None:
        return
    track = QRectF(inner.left() + width + 10, rect.center().y() - 3, inner.width() - width - 10, 6)
    painter.setBrush(look.color("raised"))
    painter.drawRoundedRect(track, 3, 3)
    painter.setBrush(look.color("accent" if vitals.tone == "good" else vitals.tone))
    track.setWidth(track.width() * _decades(vitals.gradient))
    painter.drawRoundedRect(track, 3, 3)


def _decades(norm: float) -> float:
    """A gradient's norm as a share of a bar: empty at 1e-6 and below, full at 100 and above.

    On a logarithmic scale, and the same one for every sample, so that vanishing gradients look it.
    """
    return min(1.0, max(0.0, (math.log10(norm) + 6) / 8)) if norm > 0 else 0.0
