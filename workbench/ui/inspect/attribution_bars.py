"""An attribution of a table's row: a signed bar a feature, the largest first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent

from workbench.ui import theme
from workbench.ui.inspect.attribution_colors import color
from workbench.ui.inspect.attribution_drawing import Drawing
from workbench.ui.inspect.attribution_reading import by_size, figure

ROW = 22
NARROW = 280
"""Pixels of width below which long names take the room of the figures: of a bar pointed at all is told."""
MOST = 10
"""Rows of a tile; the rest is summed up in one more."""


class BarsDrawing(Drawing):
    """Bars to the left of zero lower the score, bars to the right raise it."""

    def _prepare(self) -> None:
        assert self.reading is not None
        self._order = by_size(self.reading)
        if not self.whole and len(self._order) > MOST:
            self._order = self._order[:MOST]

    def words(self, place: int) -> str:
        assert self.reading is not None
        said = f"{self.reading.names[place]}: {figure(self.reading, place)}"
        value = self._value(place)
        return self.tr("{} (value {})").format(said, value) if value else said

    def _value(self, place: int) -> str:
        assert self.reading is not None
        sample = self.reading.sample
        return "" if sample is None else f"{float(sample[place]):.4g}"

    def _rest(self) -> tuple[int, float]:
        """How many aren't drawn, and what they sum up to."""
        assert self.reading is not None
        hidden = np.setdiff1d(np.arange(self.reading.values.size), self._order)
        return len(hidden), float(self.reading.values[hidden].sum())

    def high_for(self, width: int) -> int:
        return ROW * (len(self._order) + bool(self._rest()[0])) if self.reading is not None else ROW

    def _place(self, point: QPointF) -> int:
        row = int(point.y() // ROW)
        return int(self._order[row]) if 0 <= row < len(self._order) else -1

    def _step(self, right: int, down: int) -> int:
        row = int(np.flatnonzero(self._order == self.at)[0]) + right + down
        return int(self._order[min(max(row, 0), len(self._order) - 1)])

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.reading is None:
            return
        look, painter = theme.current(), QPainter(self)
        names, figures = theme.sans(12), theme.mono(11)
        metrics = QFontMetrics(names)
        count, rest = self._rest()
        figured = [figure(self.reading, int(n)) for n in self._order]
        rows = [
            (self.reading.names[n], self._value(int(n)), float(self.reading.values[n])) for n in self._order
        ]
        summed = (f"{rest:+.3g}" if self.reading.signed else f"{rest:.3g}").replace("-", "−")
        right = max(QFontMetrics(figures).horizontalAdvance(text) for text in (*figured, summed)) + 8
        value = QFontMetrics(figures).horizontalAdvance("−0.0000") + 12 if self.width() > 420 else 0
        widest = max(metrics.horizontalAdvance(name) for name, _, _ in rows) + 10
        left = min(widest, (self.width() - right - value) * 3 // 5)
        figures_fit = left == widest or self.width() >= NARROW
        if not figures_fit:  # a bar shows about how much, but only its name what it is of
            right, left = 4, min(widest, self.width() * 2 // 3)
        room = QRectF(left + value, 0, max(self.width() - left - value - right, 20), ROW)
        zero, scale = self._scale(room)
        for number, (name, of, size) in enumerate(rows):
            line = QRectF(0, number * ROW, self.width(), ROW)
            if int(self._order[number]) == self.at:
                painter.fillRect(line, look.color("hover"))
            painter.setFont(names)
            painter.setPen(look.color("text"))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 8)
            painter.drawText(QRectF(0, line.top(), left, ROW), _LEFT, shown)
            painter.setFont(figures)
            painter.setPen(look.color("muted"))
            if value:
                painter.drawText(QRectF(left, line.top(), value - 12, ROW), _RIGHT, of)
            if figures_fit:
                place = QRectF(self.width() - right, line.top(), right, ROW)
                painter.drawText(place, _RIGHT, figured[number])
            self._bar(painter, room.translated(0, line.top()), zero, size * scale)
        if count:
            line = QRectF(0, len(rows) * ROW, self.width(), ROW)
            painter.setPen(look.color("muted"))
            painter.setFont(names)
            painter.drawText(line, _LEFT, self.tr("{} others together").format(count))
            painter.setFont(figures)
            if figures_fit:
                painter.drawText(line, _RIGHT, summed)

    def _scale(self, room: QRectF) -> tuple[float, float]:
        """Where zero is, and pixels a unit: bars of either sign have the room that the longest one needs."""
        assert self.reading is not None
        values = self.reading.values[self._order]
        values = values[np.isfinite(values)]
        if not self.signed:
            return room.left(), room.width() / (float(np.abs(values).max(initial=0.0)) or 1.0)
        low, high = float(-values.min(initial=0.0)), float(values.max(initial=0.0))
        whole = (low + high) or 1.0
        return room.left() + room.width() * low / whole, room.width() / whole

    def _bar(self, painter: QPainter, room: QRectF, zero: float, long: float) -> None:
        painter.fillRect(QRectF(zero, room.top(), 1, ROW), theme.current().color("border"))
        if not np.isfinite(long) or not long:
            return
        wide = max(abs(long), 1.0)
        start = zero - wide if long < 0 and self.signed else zero
        painter.fillRect(QRectF(start, room.top() + 6, wide, ROW - 12), color(long > 0, self.signed))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
