"""Histograms one in front of the other, an epoch each: how a distribution moves over training."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.train.probe_record import Histograms
from workbench.ui import theme

MOST = 36
"""Ridges drawn at once; of more epochs every so many."""
LEFT, BOTTOM, TOP = 40, 20, 6
FEW = 8
"""Values a bin below which bins are drawn together: a few values make no peaks worth seeing."""
OVERLAP = 8.0
"""How many ridges the highest rises over."""


class RidgePlot(QWidget):
    """The first epoch is at the back, the last in front. A click, or the arrow keys, choose an epoch."""

    chosen = Signal(int)
    """The epoch that was clicked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(130)
        self._epochs: tuple[int, ...] = ()
        self._found: Histograms | None = None
        self._shown: list[int] = []
        self._shapes: dict[int, QPolygonF] = {}
        self._ridges: QPixmap | None = None
        self._densities: NDArray[Any] = np.zeros((0, 0))
        self._range = (0.0, 1.0)
        self._epoch = self._other = -1

    def sizeHint(self) -> QSize:
        return QSize(280, 210)

    def show_histograms(self, epochs: tuple[int, ...], found: Histograms | None) -> None:
        """Show a histogram an epoch, None for none."""
        self._epochs, self._found = epochs, found
        if found is not None:
            self._range = _range_of(found)
            self._densities = _densities(found)
        self._arrange()

    def show_epoch(self, epoch: int, other: int = -1) -> None:
        """Bring out an epoch, and one that it is compared with, -1 for none."""
        if (epoch, other) != (self._epoch, self._other):
            self._epoch, self._other = epoch, other
            told = self.tr("Distributions of {} epochs; epoch {} is chosen")
            self.setAccessibleName(told.format(len(self._epochs), epoch))
            self.update()

    def baseline(self, epoch: int) -> float:
        """Return how far down an epoch's ridge stands."""
        place = self._epochs.index(epoch) / max(1, len(self._epochs) - 1)
        head = TOP + (self.height() - BOTTOM - TOP) * min(0.4, OVERLAP / (len(self._shown) + OVERLAP))
        return head + place * (self.height() - BOTTOM - head)

    def _arrange(self) -> None:
        """Work out what is drawn where; afterwards painting is quick."""
        self._shapes, self._ridges = {}, None
        count = len(self._epochs)
        step = -(-count // MOST) or 1
        self._shown = sorted({*range(0, count, step), count - 1} - {-1})
        self.update()

    def _shape(self, place: int) -> QPolygonF:
        if place not in self._shapes:
            low, high = self._range
            base = self.baseline(self._epochs[place])
            tall = self.baseline(self._epochs[0]) - TOP
            assert self._found is not None
            ends = self._found.ends[place]
            bins = self._densities.shape[1]
            edges = np.linspace(float(ends[0]), float(ends[1]), bins + 1)
            middles = (edges[:-1] + edges[1:]) / 2
            room = self.width() - LEFT - 6
            x = (
                LEFT
                + (np.concatenate(([low, ends[0]], middles, [ends[1], high])) - low) / (high - low) * room
            )
            y = base - np.concatenate(([0, 0], self._densities[place], [0, 0])) * tall
            self._shapes[place] = QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)])
        return self._shapes[place]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._found is None or not self._epochs:
            return
        painter = QPainter(self)
        if self._ridges is None:
            self._ridges = self._painted()
        painter.drawPixmap(0, 0, self._ridges)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for epoch, token in ((self._other, "warning"), (self._epoch, "accent")):
            if epoch in self._epochs:
                tone = theme.current().color(token)
                fill = QColor(tone)
                fill.setAlpha(70)
                _paint(painter, self._shape(self._epochs.index(epoch)), fill, QPen(tone, 2.2))
        self._paint_axes(painter)

    def _painted(self) -> QPixmap:
        """All ridges, which stay as they are while another is brought out."""
        look = theme.current()
        ridges = QPixmap(self.size() * self.devicePixelRatio())
        ridges.setDevicePixelRatio(self.devicePixelRatio())
        ridges.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ridges)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = look.color("card")
        fill.setAlpha(190)
        last = max(1, len(self._epochs) - 1)
        for place in self._shown:
            tone = _mixed(look.color("muted"), look.color("convolution"), place / last)
            _paint(painter, self._shape(place), fill, QPen(tone, 1.2))
        painter.end()
        return ridges

    def _paint_axes(self, painter: QPainter) -> None:
        look = theme.current()
        painter.setFont(theme.mono(10))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        taken: list[float] = []
        marked = [(self._epoch, "accent"), (self._other, "warning")]
        for epoch, token in (*marked, (self._epochs[0], "muted"), (self._epochs[-1], "muted")):
            if epoch not in self._epochs:
                continue
            y = self.baseline(epoch)
            if all(abs(y - other) > 12 for other in taken):
                painter.setPen(look.color(token))
                painter.drawText(QRectF(0, y - 8, LEFT - 8, 14), right, str(epoch))
                taken.append(y)
        low, high = self._range
        painter.setPen(look.color("muted"))
        foot = QRectF(LEFT, self.height() - BOTTOM + 4, self.width() - LEFT - 6, BOTTOM - 4)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, _figure(low, high - low))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, _figure(high, high - low))
        zero = LEFT + (0 - low) / (high - low) * (self.width() - LEFT - 6)
        if LEFT + 40 < zero < self.width() - 46:
            painter.drawText(
                QRectF(zero - 20, foot.top(), 40, foot.height()), Qt.AlignmentFlag.AlignHCenter, "0"
            )
            painter.setPen(QPen(look.color("border"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(zero, TOP), QPointF(zero, self.height() - BOTTOM))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose_at(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event)

    def _choose_at(self, event: QMouseEvent) -> None:
        if self._epochs:
            y = event.position().y()
            self._choose(min(self._epochs, key=lambda epoch: abs(self.baseline(epoch) - y)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps = {key.Key_Up: -1, key.Key_Left: -1, key.Key_Down: 1, key.Key_Right: 1}
        step = steps.get(key(event.key()))
        if step is None or not self._epochs:
            super().keyPressEvent(event)
            return
        place = bisect_left(self._epochs, self._epoch) + step
        self._choose(self._epochs[max(0, min(place, len(self._epochs) - 1))])

    def _choose(self, epoch: int) -> None:
        self.show_epoch(epoch, self._other)  # at once: the next key goes on from there
        self.chosen.emit(epoch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._ridges = None
            self.update()


def _paint(painter: QPainter, shape: QPolygonF, fill: QColor, line: QPen) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(shape)
    painter.setPen(line)
    painter.drawPolyline(shape)


def _range_of(found: Histograms) -> tuple[float, float]:
    known = found.ends[found.counts.sum(1) > 0]
    if not len(known):
        return -1.0, 1.0
    low, high = float(known.min()), float(known.max())
    least = max(1e-6, 1e-3 * abs(low))
    return (low, high) if high - low > least else (low - least, high + least)


def _densities(found: Histograms) -> NDArray[Any]:
    """How dense values are in each bin, 1 where an epoch's are densest: else the narrowest hid the others."""
    bins = found.counts.shape[1]
    usual = float(np.median(found.counts.sum(1)))
    together = next((size for size in (1, 2, 4) if usual >= FEW * bins / size), 6)
    together = together if bins % together == 0 else 1
    counts = found.counts.reshape(len(found.counts), bins // together, together).sum(2)
    return np.asarray(counts / np.maximum(counts.max(1, keepdims=True), 1))


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    parts = zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def _figure(value: float, span: float) -> str:
    """A value at an end, 0 for what is next to nothing."""
    return "0" if abs(value) < span / 1000 else f"{value:.3g}"
