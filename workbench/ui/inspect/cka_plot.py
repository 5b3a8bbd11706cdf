"""How alike layers are: a cell a pair, from dark for nothing in common to bright for the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme
from workbench.ui.confusion import ink
from workbench.ui.focus_ring import FocusRing
from workbench.ui.images import SEQUENTIAL, heat

FIGURES = 34
"""Least side of a cell that says its value."""
NAMES = 96
"""Most pixels that names take."""
BAR = 46
SMALL = 13
"""Least pixels from one name to the next."""


class CkaPlot(QWidget):
    """Rows are one model's layers, first on top; columns the other's. A click or Enter chooses a pair."""

    pointed = Signal(int, int)
    """Row and column under the mouse or the cursor; -1 for none."""
    chosen = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Similarity of layers"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._values: NDArray[Any] = np.zeros((0, 0))
        self._rows: list[str] = []
        self._columns: list[str] = []
        self._image = QImage()
        self._selected = ""
        self.cell = (-1, -1)
        FocusRing(self)

    def display(self, values: NDArray[Any], rows: list[str], columns: list[str]) -> None:
        """Show values from 0 to 1, (rows, columns); nan is grey."""
        self._values, self._rows, self._columns = values, rows, columns
        self._image = heat(np.clip(values, 0, 1), limit=1.0)
        self.cell = (-1, -1)
        self.update()

    def mark(self, layer: str) -> None:
        """Mark the row of the layer that is selected."""
        self._selected = layer
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(460, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 220)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is."""
        grid = self._grid()
        wide, high = grid.width() / max(len(self._columns), 1), grid.height() / max(len(self._rows), 1)
        return QRectF(grid.left() + column * wide, grid.top() + row * high, wide, high)

    def _grid(self) -> QRectF:
        metrics = QFontMetrics(theme.sans(11))
        left = min(max((metrics.horizontalAdvance(n) for n in self._rows), default=0), NAMES) + 8
        foot = min(max((metrics.horizontalAdvance(n) for n in self._columns), default=0), NAMES) + 8
        wide, high = self.width() - left - BAR - 14, self.height() - foot - 4
        side = min(wide / max(len(self._columns), 1), high / max(len(self._rows), 1), 64)
        # cells are square unless there are far more layers on one side than on the other
        across = max(side * len(self._columns), min(wide, side * len(self._rows)))
        down = max(side * len(self._rows), min(high, side * len(self._columns)))
        return QRectF(left + max((wide - across) / 2, 0), 2 + max((high - down) / 2, 0), across, down)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        look, painter = theme.current(), QPainter(self)
        grid, first = self._grid(), self.cell_rect(0, 0)
        painter.drawImage(grid, self._image)
        painter.setFont(theme.sans(11))
        metrics = QFontMetrics(painter.font())
        every = max(1, int(np.ceil(SMALL / first.height())))
        for number, name in enumerate(self._rows):
            if number % every == 0 or name == self._selected:
                place = self.cell_rect(number, 0)
                painter.setPen(look.color("accent" if name == self._selected else "text"))
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAMES)
                room = QRectF(0, place.center().y() - 9, grid.left() - 6, 18)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        every = max(1, int(np.ceil(SMALL / first.width())))
        painter.setPen(look.color("text"))
        for number, name in enumerate(self._columns[::every]):
            place = self.cell_rect(0, number * every)
            painter.save()
            painter.translate(place.center().x(), grid.bottom() + 6)
            painter.rotate(-90)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAMES)
            room = QRectF(-NAMES - 8, -9, NAMES + 8, 18)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            painter.restore()
        if min(first.width(), first.height()) >= FIGURES:
            self._draw_figures(painter)
        self._draw_marks(painter)
        self._draw_scale(painter, grid)

    def _draw_figures(self, painter: QPainter) -> None:
        painter.setFont(theme.mono(10))
        for row in range(len(self._rows)):
            for column in range(len(self._columns)):
                value = float(self._values[row, column])
                shade = QColor(self._image.pixel(column, row))
                painter.setPen(ink(shade))
                text = f"{value:.2f}" if np.isfinite(value) else "–"
                painter.drawText(self.cell_rect(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_marks(self, painter: QPainter) -> None:
        look = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._selected in self._rows:
            row = self._rows.index(self._selected)
            whole = self.cell_rect(row, 0).united(self.cell_rect(row, len(self._columns) - 1))
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(whole.adjusted(-1, 0, 1, 0))
        if self.cell[0] >= 0:
            place = self.cell_rect(*self.cell)
            painter.setPen(QPen(look.color("card"), 3))
            painter.drawRect(place)
            painter.setPen(QPen(look.color("text"), 1.4))
            painter.drawRect(place)

    def _draw_scale(self, painter: QPainter, grid: QRectF) -> None:
        look = theme.current()
        strip = QRectF(grid.right() + 12, grid.top(), 10, min(grid.height(), 200))
        colors = np.ascontiguousarray(SEQUENTIAL[::-1][:, None, :])
        image = QImage(colors.data, 1, len(colors), 3, QImage.Format.Format_RGB888).copy()
        painter.drawImage(strip, image)
        painter.setFont(theme.mono(10))
        painter.setPen(look.color("muted"))
        for value in (1.0, 0.5, 0.0):
            y = strip.top() + (1 - value) * strip.height()
            room = QRectF(strip.right() + 4, y - 8 + (8 if value == 1 else -8 if value == 0 else 0), 26, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, f"{value:g}")

    # Mouse and keys

    def _at(self, x: float, y: float) -> tuple[int, int]:
        grid = self._grid()
        if not self._rows or not grid.contains(x, y):
            return -1, -1
        row = int((y - grid.top()) / grid.height() * len(self._rows))
        column = int((x - grid.left()) / grid.width() * len(self._columns))
        return min(row, len(self._rows) - 1), min(column, len(self._columns) - 1)

    def _point(self, cell: tuple[int, int]) -> None:
        if cell != self.cell:
            self.cell = cell
            self.pointed.emit(*cell)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: object) -> None:
        self._point((-1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position().x(), event.position().y())
        self._point(cell)
        if cell[0] >= 0:
            self.chosen.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps = {key.Key_Up: (-1, 0), key.Key_Down: (1, 0), key.Key_Left: (0, -1), key.Key_Right: (0, 1)}
        pressed = key(event.key())
        if pressed in steps and self._rows:
            row, column = (max(a, 0) + b for a, b in zip(self.cell, steps[pressed], strict=True))
            self._point((max(0, min(row, len(self._rows) - 1)), max(0, min(column, len(self._columns) - 1))))
        elif pressed in (key.Key_Return, key.Key_Enter) and self.cell[0] >= 0:
            self.chosen.emit(*self.cell)
        else:
            super().keyPressEvent(event)
