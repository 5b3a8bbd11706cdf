"""A bar a layer, in the stack's order, with the score that needs no layer at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen

from workbench.ui import theme
from workbench.ui.inspect.layer_rows import HEAD, LayerRows

NAMES = 190


@dataclass(frozen=True)
class LayerScore:
    """A layer's id and type, its score, and that on samples that its probe was fitted to; nan for none."""

    layer: str
    type: str
    score: float
    fit_score: float


class LayerBars(LayerRows):
    """Scores up to 1; what is below 0 has no bar. A click chooses a layer, arrow keys the one beside."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows: list[LayerScore] = []
        self._chance, self._said = 0.0, ""

    def display(self, rows: Sequence[LayerScore], chance: float, said: str) -> None:
        """Show rows, and a line at chance that is called ``said``."""
        self._rows, self._chance, self._said = list(rows), chance, said
        self.set_layers([row.layer for row in rows])
        self.setAccessibleName(", ".join(f"{row.layer} {row.score:.3f}" for row in rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(500, HEAD + 30 * len(self._rows))

    def _track(self) -> tuple[float, float]:
        """Left end and width of what the bars lie on."""
        names = min(NAMES, self.width() * 0.36)
        return names, max(self.width() - names - 70, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, wide = self._track()
        for number, row in enumerate(self._rows):
            place = self.row_rect(number)
            if place.intersects(QRectF(event.rect())):
                self._draw(painter, row, place, left, wide)
        if not self._rows:
            return
        x = left + wide * min(max(self._chance, 0.0), 1.0)
        painter.setPen(QPen(look.color("warning"), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), HEAD - 2, int(x), int(self.row_rect(len(self._rows) - 1).bottom()))
        painter.setFont(theme.sans(11))
        painter.setPen(look.color("warning"))
        room = QFontMetrics(painter.font()).horizontalAdvance(self._said) + 4
        start = min(max(x - room / 2, left - 4), self.width() - room)
        painter.drawText(QRectF(start, 0, room, HEAD - 4), Qt.AlignmentFlag.AlignCenter, self._said)

    def _draw(self, painter: QPainter, row: LayerScore, place: QRectF, left: float, wide: float) -> None:
        look = theme.current()
        self.draw_ground(painter, row.layer, place)
        painter.setFont(theme.sans(12))
        metrics = QFontMetrics(painter.font())
        painter.setPen(look.color("text"))
        name = metrics.elidedText(row.layer, Qt.TextElideMode.ElideRight, int(left - 24))
        painter.drawText(place.adjusted(10, 0, 0, 0), _LEFT, name)
        taken = metrics.horizontalAdvance(name) + 20
        kind = metrics.elidedText(row.type, Qt.TextElideMode.ElideRight, int(left - taken - 8))
        if len(kind) > 3:
            painter.setPen(look.color("muted"))
            painter.drawText(place.adjusted(taken, 0, 0, 0), _LEFT, kind)
        figure = f"{row.score:.3f}" if np.isfinite(row.score) else "–"
        painter.setFont(theme.mono(12))
        painter.setPen(look.color("text"))
        painter.drawText(place.adjusted(0, 0, -12, 0), _RIGHT, figure)
        track = QRectF(left, place.center().y() - 5, wide, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(track, 4, 4)
        share = min(max(row.score, 0.0), 1.0) if np.isfinite(row.score) else 0.0
        painter.setBrush(look.color("accent"))
        if share:
            painter.drawRoundedRect(QRectF(left, track.top(), max(wide * share, 3), 10), 4, 4)
        if np.isfinite(row.fit_score):
            x = left + wide * min(max(row.fit_score, 0.0), 1.0)
            painter.setBrush(look.color("text"))
            painter.drawRect(QRectF(min(x - 1, left + wide - 2), track.top() - 3, 2, 16))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        under = self.row_at(event.position().y())
        if under != self._under:
            self._under = under
            row = next((r for r in self._rows if r.layer == under), None)
            tip = self.tr("{}: {:.4f} on samples held out, {:.4f} on those it was fitted to")
            self.setToolTip("" if row is None else tip.format(row.layer, row.score, row.fit_score))
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._under = ""
        self.update()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
