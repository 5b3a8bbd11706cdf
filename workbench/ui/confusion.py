"""The confusion matrix: a cell a pair of true and predicted class; a click shows its samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

READABLE = 4.5
"""The least contrast of a count with its cell (WCAG AA)."""
NAMES_HIGH = 40.0
TITLE_WIDE = 18.0


class ConfusionMatrix(QWidget):
    """Rows are true classes, columns predicted ones."""

    chosen = Signal(int, int)
    """A cell was chosen: true and predicted class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionMatrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self.cell = (-1, -1)

    def display(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        """Show counts, shape (classes, classes)."""
        self._counts, self._names, self.cell = counts, names, (-1, -1)
        wrong = int(counts.sum() - np.trace(counts))
        self.setAccessibleName(self.tr("Confusion matrix: {} of {} wrong").format(wrong, int(counts.sum())))
        self.update()

    def choose(self, true: int, predicted: int) -> None:
        """Choose a cell."""
        self.cell = (true, predicted)
        self.update()
        self.chosen.emit(true, predicted)

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def cell_rect(self, true: int, predicted: int) -> QRectF:
        """Return where a cell is."""
        left, top, side, _ = self._layout()
        return QRectF(left + predicted * side, top + true * side, side, side)

    def cell_color(self, true: int, predicted: int) -> QColor:
        """Return a cell's opaque colour: a neutral one where no sample is, else the stronger the larger its
        share of the true class. The weakest error still stands out.
        """
        look = theme.current()
        count = int(self._counts[true, predicted])
        if not count:
            return look.color("hover")
        share = count / max(int(self._counts[true].sum()), 1)
        if true == predicted:
            return _over(look.color("good"), look.color("card"), 0.15 + 0.8 * share)
        return _over(look.color("problem"), look.color("card"), 0.35 + 0.5 * share)

    def _layout(self) -> tuple[float, float, float, float]:
        """Left and top of the first cell, the side of a cell, and the width of the names left of them."""
        metrics = QFontMetrics(theme.sans(11))
        widest = max((metrics.horizontalAdvance(n) for n in self._names), default=0)
        names = min(widest + 14, self.width() * 0.3)
        count = max(len(self._names), 1)
        wide, high = self.width() - names - TITLE_WIDE - 4, self.height() - NAMES_HIGH - 4
        side = max(min(wide / count, high / count, 74), 4)
        left = names + TITLE_WIDE + max(wide - side * count, 0) / 2
        return left, NAMES_HIGH + max(high - side * count, 0) / 2, side, names

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self._names):
            return
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top, side, names = self._layout()
        small, metrics = theme.sans(11), QFontMetrics(theme.sans(11))
        painter.setFont(small)
        painter.setPen(look.color("muted"))
        wide = side * len(self._names)
        painter.drawText(
            QRectF(left, top - NAMES_HIGH, wide, 16), Qt.AlignmentFlag.AlignCenter, self.tr("predicted")
        )
        painter.save()
        painter.rotate(-90)
        painter.drawText(
            QRectF(-top - wide, left - names - TITLE_WIDE, wide, 16),
            Qt.AlignmentFlag.AlignCenter,
            self.tr("true"),
        )
        painter.restore()
        for number, name in enumerate(self._names):
            painter.setPen(look.color("text"))
            row = QRectF(left - names, top + number * side, names - 6, side)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(row.width()))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            head = QRectF(left + number * side, top - 22, side, 20)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(side - 2))
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, shown)
            for other in range(len(self._names)):
                self._draw_cell(painter, number, other)

    def _draw_cell(self, painter: QPainter, true: int, predicted: int) -> None:
        look = theme.current()
        place = self.cell_rect(true, predicted).adjusted(1, 1, -1, -1)
        color = self.cell_color(true, predicted)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(place, 3, 3)
        if (true, predicted) == self.cell:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 3, 3)
        if place.width() >= 20 and self._counts[true, predicted]:
            painter.setPen(ink(color))
            painter.setFont(theme.mono(11))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(int(self._counts[true, predicted])))
            painter.setFont(theme.sans(11))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left, top, side, _ = self._layout()
        column = int((event.position().x() - left) // side)
        row = int((event.position().y() - top) // side)
        if 0 <= row < len(self._names) and 0 <= column < len(self._names):
            self.choose(row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps: dict[Any, tuple[int, int]] = {
            key.Key_Up: (-1, 0), key.Key_Down: (1, 0), key.Key_Left: (0, -1), key.Key_Right: (0, 1),
        }  # fmt: skip
        step = steps.get(event.key())
        if step is None or not self._names:
            super().keyPressEvent(event)
            return
        top = len(self._names) - 1
        row, column = max(self.cell[0], 0) + step[0], max(self.cell[1], 0) + step[1]
        self.choose(max(0, min(top, row)), max(0, min(top, column)))


def ink(ground: QColor) -> QColor:
    """Return the theme's text colour, or else the first colour that is readable on a ground."""
    # black or white has a contrast of at least 4.58 with any ground, so one is always found
    inks = (theme.current().color(token) for token in ("text", "on_accent", "#000000", "#ffffff"))
    return next(color for color in inks if contrast(color, ground) >= READABLE)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _over(top: QColor, ground: QColor, alpha: float) -> QColor:
    pairs = zip(top.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(alpha * a + (1 - alpha) * b) for a, b in pairs))
