"""An attribution over its picture, or alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from workbench.ui import theme
from workbench.ui.images import picture
from workbench.ui.inspect.attribution_colors import map_of, overlay
from workbench.ui.inspect.attribution_drawing import Drawing
from workbench.ui.inspect.attribution_reading import figure


class PictureDrawing(Drawing):
    """A colour a pixel."""

    def _prepare(self) -> None:
        assert self.reading is not None
        values, limit, look = self.reading.values, self.reading.limit, self.look
        sample = self.reading.sample
        if look.over == "map" or sample is None:
            self._image = map_of(values, limit, self.signed)
        else:
            below = picture(sample[:3] if len(sample) > 3 else sample)
            self._image = overlay(values, below, limit, self.signed, look.strength)

    def words(self, place: int) -> str:
        assert self.reading is not None
        row, column = np.unravel_index(place, self.reading.values.shape)
        said = self.tr("row {}, column {}: {}").format(int(row), int(column), figure(self.reading, place))
        if self.reading.sample is None:
            return said
        pixel = ", ".join(f"{float(v):.3g}" for v in self.reading.sample[:3, row, column])
        return self.tr("{} (value {})").format(said, pixel)

    def high_for(self, width: int) -> int:
        if self.reading is None:
            return 100
        height, wide = map(int, self.reading.values.shape)
        return max(24, min(width * height // wide, self.tallest))

    def _frame(self) -> QRectF:
        assert self.reading is not None
        height, width = map(int, self.reading.values.shape)
        scale = min(self.width() / width, self.height() / height)
        frame = QRectF(0, 0, width * scale, height * scale)
        frame.moveCenter(QPointF(self.width() / 2, self.height() / 2))
        return frame

    def _place(self, point: QPointF) -> int:
        assert self.reading is not None
        height, width = map(int, self.reading.values.shape)
        frame = self._frame()
        if not frame.contains(point):
            return -1
        row = min(int((point.y() - frame.top()) / frame.height() * height), height - 1)
        column = min(int((point.x() - frame.left()) / frame.width() * width), width - 1)
        return row * width + column

    def _step(self, right: int, down: int) -> int:
        assert self.reading is not None
        height, width = map(int, self.reading.values.shape)
        row, column = divmod(self.at, width)
        row, column = min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1)
        return row * width + column

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.reading is None:
            return
        painter, frame = QPainter(self), self._frame()
        small = frame.width() < self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, small)
        painter.drawImage(frame, self._image, QRectF(self._image.rect()))
        if self.at >= 0:
            height, width = map(int, self.reading.values.shape)
            row, column = divmod(self.at, width)
            high, wide = frame.height() / height, frame.width() / width
            cell = QRectF(frame.left() + column * wide, frame.top() + row * high, max(wide, 3), max(high, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen, edge in ((QPen(theme.current().color("window"), 3), 0.5), (QPen(_MARK, 1), 0.5)):
                painter.setPen(pen)
                painter.drawRect(cell.adjusted(edge, edge, -edge, -edge))


_MARK = theme.DARK.color("text")
