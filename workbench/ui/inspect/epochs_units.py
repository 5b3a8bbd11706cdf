"""A vector as bars on a scale that stays, quick enough to be drawn anew each frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.ui import theme

LEFT, BOTTOM, TOP = 46, 20, 6
NAME = 60
"""Least pixels for a name."""


class EpochsUnits(QWidget):
    """A unit a bar; of more units than pixels, the largest of each pixel."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self._values: NDArray[Any] = np.array([])
        self._span = (0.0, 1.0)
        self._every = 1
        self._names: Sequence[str] = ()

    def sizeHint(self) -> QSize:
        return QSize(240, 200)

    def show_units(
        self, values: NDArray[Any], span: tuple[float, float], every: int = 1, names: Sequence[str] = ()
    ) -> None:
        """Show a vector, (units,), of which every so many-th is known, between two values.

        ``names``: of all units, if they have some.
        """
        self._values, self._span, self._every = np.nan_to_num(values), span, every
        self._names = names
        self.setAccessibleName(self.tr("{} units").format(len(values)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        low, high = self._span
        room = self._room()
        count = len(self._values)
        if not count:
            return
        scale = room.height() / ((high - low) or 1.0)
        zero = room.bottom() + low * scale
        painter.setPen(look.color("border"))
        painter.drawLine(int(room.left()), int(zero), int(room.right()), int(zero))
        wide = room.width() / count
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent"))
        for number, value in self._bars(int(room.width())):
            top = min(zero, zero - value * scale)
            bar = QRectF(room.left() + number * wide, top, max(wide * 0.8, 1.0), abs(value) * scale)
            painter.drawRect(bar)
        painter.setPen(look.color("muted"))
        painter.setFont(theme.mono(10))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        marks = {round(room.top()): high, round(room.bottom()): low, round(zero): 0.0}
        for y, value in marks.items():
            if value == 0 or abs(y - zero) > 12:
                painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, f"{value:.3g}")
        step = max(1, -(-count // max(1, int(room.width() // (NAME if self._names else 34)))))
        least = NAME - 6 if self._names else 40  # names are cut short, figures never
        held = max(least, int(step * wide) - 6)
        for number in range(0, count, step):
            middle = room.left() + number * wide + wide * 0.4
            place = QRectF(middle - held / 2, room.bottom() + 4, held, 14)
            text = painter.fontMetrics().elidedText(self.called(number), Qt.TextElideMode.ElideRight, held)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)

    def _room(self) -> QRectF:
        return QRectF(LEFT, TOP, self.width() - LEFT - 4, self.height() - TOP - BOTTOM)

    def called(self, place: int) -> str:
        """Return the name of a bar's unit, or its number."""
        unit = place * self._every
        return self._names[unit] if unit < len(self._names) else str(unit)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            room, count = self._room(), len(self._values)
            place = int((event.pos().x() - room.left()) / max(room.width(), 1.0) * count)
            inside = room.left() <= event.pos().x() and 0 <= place < count
            told = f"{self.called(place)}: {self._values[place]:.4g}" if inside else ""
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def _bars(self, pixels: int) -> list[tuple[int, float]]:
        """Which bars to draw, and how high."""
        values, count = self._values, len(self._values)
        size = max(1, count // max(1, pixels))
        if size == 1:
            return list(enumerate(values.tolist()))
        blocks = values[: count // size * size].reshape(-1, size)
        most = np.abs(blocks).argmax(1)
        return [(row * size, float(blocks[row, place])) for row, place in enumerate(most)]
