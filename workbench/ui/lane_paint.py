"""How the trunk and the lanes of a row are drawn, in the stack and in previews of one."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from workbench.graph.lanes import RowLanes


def draw_lanes(
    painter: QPainter,
    lanes: RowLanes,
    heights: tuple[float, float, float],
    columns: tuple[float, float, int],
    trunk: QPen,
    lane: QPen,
) -> None:
    """Draw what runs through a row, all but its dot.

    ``heights``: where the row begins, its dot is, and it ends. ``columns``: where the trunk is, how far lanes
    are apart, and the number of the last that has a place of its own; those further out share it.
    """
    top, middle, bottom = heights
    x, step, most = columns
    painter.setPen(trunk)
    if lanes.trunk_in:
        painter.drawLine(QPointF(x, top), QPointF(x, middle))
    if lanes.trunk_out:
        painter.drawLine(QPointF(x, middle), QPointF(x, bottom))
    painter.setPen(lane)
    for column in lanes.passing:
        at = x + step * min(column, most)
        painter.drawLine(QPointF(at, top), QPointF(at, bottom))
    for turning, end in ((lanes.starts, bottom), (lanes.ends, top)):
        for column in turning:
            at = x + step * min(column, most)
            path = QPainterPath(QPointF(x, middle))
            path.cubicTo(QPointF(at, middle), QPointF(at, middle), QPointF(at, end))
            painter.drawPath(path)
