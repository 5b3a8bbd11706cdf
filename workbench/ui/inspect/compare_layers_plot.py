"""How two models differ by layer: a row a layer, with a bar for their CKA and one for their difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen

from workbench.ui import theme
from workbench.ui.inspect.layer_rows import HEAD, LayerRows

NAMES, FIGURE, GAP = 150, 44, 14
APART = 60
"""Width of a bar above which its name and the threshold stand side by side."""
WIDEST = 2.0
"""The relative difference of two opposite outputs: none is larger."""


@dataclass(frozen=True)
class LayerPair:
    """A layer that both models have: id, type, CKA, and relative difference; nan where that isn't known."""

    layer: str
    type: str
    cka: float
    difference: float


class LayersPlot(LayerRows):
    """CKA to the left, below the threshold in another colour; a click or the arrow keys choose a layer."""

    high = 36
    pointed = Signal(str)
    """The layer under the mouse; "" for none."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows: list[LayerPair] = []
        self._alike, self._first = 0.9, ""
        self._top = 0

    def display(self, rows: Sequence[LayerPair], alike: float, first: str) -> None:
        """Show rows; below a CKA of ``alike`` layers count as different, the ``first`` of which is marked."""
        self._rows, self._alike, self._first = list(rows), alike, first
        self.set_layers([row.layer for row in rows])
        self.setAccessibleName(", ".join(f"{row.layer} CKA {row.cka:.2f}" for row in rows))
        self.update()

    def scroll_to(self, top: int) -> None:
        """Keep the heads in sight: so many pixels are scrolled out of it above."""
        self._top = top
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEAD + 30 * len(self._rows))

    def _tracks(self) -> tuple[QRectF, QRectF]:
        """Where the bars of a row lie, from left to right: of CKA, and of the difference."""
        names = min(NAMES, self.width() * 0.3)
        wide = max((self.width() - names - 2 * FIGURE - GAP - 6) / 2, 20.0)
        return QRectF(names, 0, wide, 8), QRectF(names + wide + FIGURE + GAP, 0, wide, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cka, apart = self._tracks()
        for number, row in enumerate(self._rows):
            place = self.row_rect(number)
            if place.intersects(QRectF(event.rect())):
                self._draw(painter, row, place, cka, apart)
        if not self._rows:
            return
        x = cka.left() + cka.width() * self._alike
        bottom = self.row_rect(len(self._rows) - 1).bottom()
        painter.setPen(QPen(look.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(int(x), HEAD - 4, int(x), int(bottom))
        whole = event.rect().height() >= self.height()  # a picture of it, which isn't scrolled
        self._draw_head(painter, 0 if whole else self._top, x, cka, apart)

    def _draw_head(self, painter: QPainter, top: int, x: float, cka: QRectF, apart: QRectF) -> None:
        look = theme.current()
        painter.fillRect(QRectF(0, top, self.width(), HEAD - 2), look.color("card"))
        painter.setFont(theme.sans(11))
        painter.setPen(look.color("muted"))
        for track, text in ((cka, self.tr("CKA")), (apart, self.tr("difference"))):
            painter.drawText(QRectF(track.left(), top, track.width() + FIGURE, HEAD - 6), _LEFT, text)
        if cka.width() >= APART:
            centre = Qt.AlignmentFlag.AlignCenter
            painter.drawText(QRectF(x - 30, top, 60, HEAD - 6), centre, f"{self._alike:g}")

    def _draw(self, painter: QPainter, row: LayerPair, place: QRectF, cka: QRectF, apart: QRectF) -> None:
        look = theme.current()
        self.draw_ground(painter, row.layer, place)
        if row.layer == self._first:
            painter.setBrush(look.color("warning"))
            painter.drawRoundedRect(QRectF(1, place.top() + 5, 3, place.height() - 10), 1.5, 1.5)
        painter.setFont(theme.sans(12))
        metrics = QFontMetrics(painter.font())
        room = int(cka.left() - 22)
        painter.setPen(look.color("text"))
        name = metrics.elidedText(row.layer, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place.adjusted(12, 0, 0, 0), _LEFT, name)
        taken = metrics.horizontalAdvance(name) + 8
        if metrics.horizontalAdvance(row.type) <= room - taken:  # rather none than half a name
            painter.setPen(look.color("muted"))
            painter.drawText(place.adjusted(12 + taken, 0, 0, 0), _LEFT, row.type)
        below = row.cka < self._alike
        self._bar(painter, place, cka, row.cka, 1.0, "warning" if below else "accent")
        self._bar(painter, place, apart, row.difference, WIDEST, "muted")

    def _bar(
        self, painter: QPainter, place: QRectF, track: QRectF, value: float, whole: float, token: str
    ) -> None:
        look = theme.current()
        known = bool(np.isfinite(value))
        lie = track.translated(0, place.center().y() - track.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(lie, 4, 4)
        share = min(max(value / whole, 0.0), 1.0) if known else 0.0
        if share:
            painter.setBrush(look.color(token))
            painter.drawRoundedRect(QRectF(lie.left(), lie.top(), max(lie.width() * share, 3), 8), 4, 4)
        painter.setFont(theme.mono(11))
        painter.setPen(look.color("text" if known else "muted"))
        figure = QRectF(lie.right(), place.top(), FIGURE - 4, place.height())
        painter.drawText(figure, _RIGHT, f"{value:.2f}" if known else "–")

    # Mouse and keys

    def row_at(self, y: float) -> str:
        """None is under the heads, which stay in sight."""
        return "" if y < self._top + HEAD else super().row_at(y)

    def _point(self, layer: str) -> None:
        if layer != self._under:
            self._under = layer
            self.pointed.emit(layer)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.row_at(event.position().y()))

    def leaveEvent(self, event: object) -> None:
        self._point("")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
