"""What is drawn, and what the network gets of it: strokes averaged down to the data's pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

FINEST = 256
"""Pixels of the longer side that are drawn on, at most so many times the data's; finer isn't seen."""
MOST_FINE = 16
STEPS_KEPT = 60

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class _State:
    """``image``: fine, RGBX. ``start``: values of a sample that is drawn onto; ``drawn``: as they drew."""

    image: QImage
    start: Array | None
    drawn: Array | None


class Canvas:
    """A picture of shape (channels, height, width) whose values go from ``low`` (black) to ``high`` (white).

    Grey for all but 3 and 4 channels; the fourth stays as it is, white at first.
    """

    def __init__(self, shape: tuple[int, int, int], low: float, high: float, ground: float) -> None:
        self.shape, self._low, self._high, self._ground = shape, low, high, ground
        _, height, width = shape
        self._fine = max(1, min(MOST_FINE, FINEST // max(height, width)))
        self._past: list[_State] = []
        self._now = self._blank()

    @property
    def colour(self) -> bool:
        """Whether it has colours."""
        return self.shape[0] in (3, 4)

    @property
    def ground(self) -> QColor:
        """What a blank picture is filled with."""
        return QColor("black" if self._ground <= (self._low + self._high) / 2 else "white")

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self._past)

    def load(self, values: Array) -> None:
        """Begin with a sample, (channels, height, width): what isn't drawn over keeps its very values."""
        share = np.clip((values - self._low) / (self._high - self._low), 0, 1)
        coloured = share[:3] if self.colour else np.repeat(share[:1], 3, axis=0)
        pixels = np.rint(np.moveaxis(coloured, 0, -1) * 255).astype(np.uint8)
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        coarse = np.concatenate([pixels, opaque], axis=-1)
        fine = np.ascontiguousarray(coarse.repeat(self._fine, 0).repeat(self._fine, 1))
        height, width, _ = fine.shape
        image = QImage(fine.data, width, height, 4 * width, QImage.Format.Format_RGBX8888).copy()
        self._past.clear()
        self._now = _State(image, np.array(values, np.float32), self._averaged(image))

    def reset(self) -> None:
        """Begin with nothing, with nothing to take back."""
        self._past.clear()
        self._now = self._blank()

    def clear(self) -> None:
        """Leave nothing but the background."""
        self.begin()
        self._now = self._blank()

    def invert(self) -> None:
        """Turn black into white and each colour into its opposite."""
        values = self.values()
        self.begin()
        image = QImage(self._now.image)
        image.invertPixels(QImage.InvertMode.InvertRgb)
        opposite = np.float32(self._low + self._high) - values
        if self.colour:
            opposite[3:] = values[3:]
        self._now = _State(image, opposite, self._averaged(image))

    def begin(self) -> None:
        """Remember how it is, for undo; before a stroke."""
        before = _State(QImage(self._now.image), self._now.start, self._now.drawn)
        self._past = [*self._past[1 - STEPS_KEPT :], before]

    def undo(self) -> None:
        """Take the last stroke back, or whatever was done last."""
        if self._past:
            self._now = self._past.pop()

    def stroke(self, start: QPointF, end: QPointF, size: float, color: QColor) -> None:
        """Draw a line between two points with a round pen; all in pixels of the data."""
        painter = QPainter(self._now.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_ = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(QPen(color, size * self._fine, *round_))
        if start == end:
            painter.drawPoint(start * self._fine)
        else:
            painter.drawLine(start * self._fine, end * self._fine)
        painter.end()

    def values(self) -> NDArray[np.float32]:
        """Return the picture as the network gets it, float32 (channels, height, width)."""
        drawn = self._averaged(self._now.image)
        values = np.float32(self._low) + drawn * np.float32(self._high - self._low)
        if self._now.start is None or self._now.drawn is None:
            return values
        untouched = np.abs(drawn - self._now.drawn) < 1e-6
        return np.where(untouched, self._now.start, values).astype(np.float32)

    def shown(self) -> QImage:
        """Return what the network gets, a pixel a pixel."""
        share = (self.values() - self._low) / (self._high - self._low)
        bytes_ = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
        plane = bytes_[:3] if self.colour else np.repeat(bytes_[:1], 3, axis=0)
        data = np.ascontiguousarray(np.moveaxis(plane, 0, -1))
        height, width, _ = data.shape
        return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

    def _blank(self) -> _State:
        _, height, width = self.shape
        image = QImage(width * self._fine, height * self._fine, QImage.Format.Format_RGBX8888)
        image.fill(self.ground)
        return _State(image, None, None)

    def _averaged(self, image: QImage) -> NDArray[np.float32]:
        """The mean over each of the data's pixels, 0 to 1, (channels, height, width)."""
        channels, height, width = self.shape
        raw = np.frombuffer(image.constBits(), np.uint8)
        blocks = raw.reshape(height, self._fine, width, self._fine, 4)[..., :3]
        means = blocks.mean(axis=(1, 3), dtype=np.float32) / np.float32(255)
        if not self.colour:
            return np.repeat(means[None, ..., 0], channels, axis=0)
        planes = np.moveaxis(means, -1, 0)
        if channels == 4:
            fourth = np.ones((1, height, width), np.float32)
            planes = np.concatenate([planes, fourth])
        return np.ascontiguousarray(planes)
