"""An attribution of a sequence: a row a feature, its trace over the colours of its steps."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF

from workbench.ui import theme
from workbench.ui.inspect.attribution_colors import shade
from workbench.ui.inspect.attribution_drawing import Drawing
from workbench.ui.inspect.attribution_reading import figure

ALONE, ROW, GAP, FOOT = 120, 44, 4, 18
MOST = 5
"""Features of a tile: those with the largest attributions."""


class TraceDrawing(Drawing):
    """Time runs to the right."""

    def _prepare(self) -> None:
        assert self.reading is not None
        sizes = np.nan_to_num(np.abs(self.reading.values), posinf=0.0).sum(axis=0)
        order = np.argsort(-sizes, kind="stable")
        self._shown = np.sort(order if self.whole else order[:MOST])

    def words(self, place: int) -> str:
        assert self.reading is not None
        assert self.reading.sample is not None
        step, feature = divmod(place, self.reading.values.shape[1])
        return self.tr("step {}, {}: {} (value {})").format(
            step,
            self.reading.names[feature],
            figure(self.reading, place),
            f"{float(self.reading.sample[step, feature]):.4g}",
        )

    def _row(self) -> int:
        if len(self._shown) == 1:
            return ALONE * (2 if self.whole else 1)
        return ROW * 3 // 2 if self.whole else ROW

    def high_for(self, width: int) -> int:
        return len(self._shown) * (self._row() + GAP) + FOOT if self.reading is not None else ALONE

    def _place(self, point: QPointF) -> int:
        assert self.reading is not None
        steps, features = map(int, self.reading.values.shape)
        row, step = int(point.y() // (self._row() + GAP)), int(point.x() / self.width() * steps)
        if not (0 <= row < len(self._shown) and 0 <= step < steps):
            return -1
        return step * features + int(self._shown[row])

    def _step(self, right: int, down: int) -> int:
        assert self.reading is not None
        steps, features = map(int, self.reading.values.shape)
        step, feature = divmod(self.at, features)
        row = int(np.searchsorted(self._shown, feature)) + down
        step = min(max(step + right, 0), steps - 1)
        return step * features + int(self._shown[min(max(row, 0), len(self._shown) - 1)])

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.reading is None:
            return
        painter = QPainter(self)
        for row, feature in enumerate(self._shown):
            high = self._row()
            self._draw(painter, QRectF(0, row * (high + GAP), self.width(), high), int(feature))
        self._draw_foot(painter)

    def _draw(self, painter: QPainter, frame: QRectF, feature: int) -> None:
        assert self.reading is not None
        assert self.reading.sample is not None
        look, values = theme.current(), self.reading.values[:, feature]
        painter.fillRect(frame, look.color("well"))
        wide = frame.width() / len(values)
        for step, value in enumerate(values):
            left, right = round(step * wide), round((step + 1) * wide)  # see-through cells mustn't overlap
            cell = QRectF(left, frame.top(), right - left, frame.height())
            painter.fillRect(cell, shade(float(value), self.reading.limit, self.signed))
        trace = np.nan_to_num(self.reading.sample[:, feature].astype(np.float64))
        low, high = float(trace.min()), float(trace.max())
        at = (trace - low) / ((high - low) or 1.0) if high > low else np.full(len(trace), 0.5)
        room = frame.adjusted(0, 5, 0, -5)
        points = [QPointF((n + 0.5) * wide, room.bottom() - y * room.height()) for n, y in enumerate(at)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("text"), 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if len(self.reading.names) > 1:
            self._name(painter, frame, self.reading.names[feature])
        if self.at >= 0 and self.at % self.reading.values.shape[1] == feature:
            step = self.at // self.reading.values.shape[1]
            painter.setPen(QPen(look.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(step * wide, frame.top(), max(wide - 1, 2), frame.height() - 1))

    def _name(self, painter: QPainter, frame: QRectF, name: str) -> None:
        look = theme.current()
        painter.setFont(theme.sans(11))
        plate = QRectF(frame.left(), frame.top(), _wide(painter, name) + 8, 15)
        ground = look.color("card")
        ground.setAlphaF(0.8)
        painter.fillRect(plate, ground)
        painter.setPen(look.color("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)

    def _draw_foot(self, painter: QPainter) -> None:
        assert self.reading is not None
        steps, features = map(int, self.reading.values.shape)
        foot = QRectF(0, self.height() - FOOT, self.width(), FOOT)
        painter.setFont(theme.sans(11))
        painter.setPen(theme.current().color("muted"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | _MIDDLE, self.tr("step 0"))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | _MIDDLE, str(steps - 1))
        hidden = features - len(self._shown)
        if hidden:
            text = self.tr("{} weaker features hidden").format(hidden)
            painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, text)


_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def _wide(painter: QPainter, text: str) -> int:
    return QFontMetrics(painter.font()).horizontalAdvance(text)
