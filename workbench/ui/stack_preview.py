"""A stack that isn't open, seen from afar: its rows with blocks folded, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.graph import Graph
from workbench.graph.facts import Facts
from workbench.ui import theme
from workbench.ui.elided import draw_elided
from workbench.ui.lane_paint import draw_lanes
from workbench.ui.wording import count

if TYPE_CHECKING:
    from workbench.build.picture.rows import PictureRow

ROW = 26
_TRUNK, _LANE, _DOT = 14, 11, 4.5
_MOST = 6
"""Lanes further out than this share the last column: names need room too."""
_PARAMS = 70
"""Width of the column of parameters."""
_ROOMY = 520
"""From this width on, settings have a column of their own."""
_WIDE = ((0.0, 0.32), (0.32, 0.6), (0.6, 0.86))
_NARROW = ((0.0, 0.52), (0.52, 0.52), (0.52, 0.82))
"""Where name, settings and output begin and end, as shares of the room for words."""


@dataclass(frozen=True)
class Sketch:
    """A stack as rows, with blocks folded, and its costs. ``flops`` are those of one sample."""

    graph: Graph
    rows: tuple[PictureRow, ...]
    params: int
    flops: int


def sketched(graph: Graph, facts: Facts | None = None) -> Sketch:
    """Work a stack out; takes a while, and torch."""
    from workbench.build.check import check
    from workbench.build.picture.rows import rows_of

    report = check(graph, facts)
    folded = frozenset(block.id for block in graph.blocks)
    return Sketch(graph, rows_of(graph, report, folded), report.params, report.flops)


class StackPreview(QWidget):
    """Draws a sketch as the stack draws its rows, only smaller."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows: tuple[PictureRow, ...] = ()

    def display(self, rows: tuple[PictureRow, ...]) -> None:
        """Show these rows."""
        self.rows = rows
        self._lanes = min(_MOST, max((c for r in rows for c in (*r.lanes.starts, *r.lanes.ends)), default=0))
        self.setAccessibleName(self.tr("Preview of the stack"))
        self.setAccessibleDescription(", ".join(row.title for row in rows))
        self.setMinimumHeight(ROW * len(rows) + 4)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, ROW * len(self.rows) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = max(0, event.rect().top() // ROW)
        for number in range(first, min(len(self.rows), event.rect().bottom() // ROW + 1)):
            rect = QRect(0, number * ROW, self.width(), ROW)
            self._marks(painter, rect, self.rows[number])
            self._words(painter, rect, self.rows[number])

    def _marks(self, painter: QPainter, rect: QRect, row: PictureRow) -> None:
        look, lanes = theme.current(), row.lanes
        top, bottom, x = rect.top(), rect.bottom() + 1, _TRUNK
        middle = top + ROW / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        trunk, merge = QPen(look.color("muted"), 1.4), QPen(look.color("merge"), 1.6)
        draw_lanes(painter, lanes, (top, middle, bottom), (x, _LANE, _MOST), trunk, merge)
        painter.setPen(QPen(look.color("card"), 2))
        painter.setBrush(look.color("problem" if row.faulty else "accent" if row.folded else row.group))
        if row.folded:
            painter.drawRoundedRect(QRectF(x - 5.5, middle - 5.5, 11, 11), 3, 3)
        else:
            painter.drawEllipse(QPointF(x, middle), _DOT + 0.5, _DOT + 0.5)

    def _words(self, painter: QPainter, rect: QRect, row: PictureRow) -> None:
        left, right = _TRUNK + _LANE * self._lanes + 16, rect.right() - 6
        shares = _WIDE if rect.width() >= _ROOMY else _NARROW
        weight = QFont.Weight.DemiBold if row.folded else QFont.Weight.Medium
        params = count(row.params) if row.params else ""
        figures = theme.mono(11)
        for text, font, token, (begin, end) in (
            (row.title, theme.sans(12, weight), "text", shares[0]),
            (row.settings, figures, "muted", shares[1]),
            (row.output, figures, "text", shares[2]),
        ):
            at = left + round(begin * (right - left))
            room = round((end - begin) * (right - left)) - 8
            draw_elided(painter, QRect(at, rect.top(), room, ROW), text, font, token)
        place = QRect(right - _PARAMS, rect.top(), _PARAMS, ROW)
        draw_elided(painter, place, params, figures, "muted", right=True)
