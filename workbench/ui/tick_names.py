"""Names under an axis: as many as there is room for, the long ones cut short."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

LEAST = 58
"""Pixels that a name may be cut short to."""
BETWEEN = 8
"""Pixels from one name to the next."""


def named_ticks(names: Sequence[str], each: float, metrics: QFontMetrics) -> list[tuple[float, str]]:
    """Return ticks at 0, 1, …, ``each`` pixels apart: of every so many-th name, none over another."""
    longest = max(map(metrics.horizontalAdvance, names), default=0)
    step = ceil((min(longest, LEAST) + BETWEEN) / max(each, 0.1))
    room = int(step * each) - BETWEEN
    right = Qt.TextElideMode.ElideRight
    return [(float(at), metrics.elidedText(names[at], right, room)) for at in range(0, len(names), step)]
