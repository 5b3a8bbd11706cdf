"""How the mean answer moves with two features, as a heat map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.interpret.surrogates.dependence import Surface
from workbench.ui import theme
from workbench.ui.images import SEQUENTIAL

LEFT, TOP, RIGHT, BOTTOM = 64, 34, 92, 44


class DependenceMap(QWidget):
    """The first feature goes to the right, the second up; cells are as wide as the gaps between values."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 300)
        self._surface: Surface | None = None
        self._per_cent = True
        self._own: tuple[float, float] | None = None
        self._at: tuple[int, int] | None = None

    def display(self, surface: Surface, *, per_cent: bool) -> None:
        """Show a surface."""
        self._surface, self._per_cent, self._own = surface, per_cent, None
        low, high = float(surface.mean.min()), float(surface.mean.max())
        text = self.tr("{} and {}: from {} to {}")
        self.setAccessibleName(text.format(*surface.names, self._told(low), self._told(high)))
        self.update()

    def show_own(self, values: tuple[float, float] | None) -> None:
        """Mark the inspected sample."""
        self._own = values
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(520, 380)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), look.color("card"))
        surface = self._surface
        if surface is None:
            return
        area = self._area()
        xs, ys = (_edges(grid) for grid in surface.grids)
        low, high = float(surface.mean.min()), float(surface.mean.max())
        for i in range(len(xs) - 1):
            for j in range(len(ys) - 1):
                share = (float(surface.mean[i, j]) - low) / ((high - low) or 1.0)
                cell = QRectF(self._point(area, xs[i], ys[j + 1]), self._point(area, xs[i + 1], ys[j]))
                painter.fillRect(
                    cell.adjusted(0, 0, 0.6, 0.6), QColor(*SEQUENTIAL[int(share * 255)].tolist())
                )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_axes(painter, area)
        self._draw_scale(painter, area, low, high)
        if self._own is not None:
            spot = self._point(area, *self._own)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in (("#000000", 4.0), ("#ffffff", 2.0)):
                painter.setPen(QPen(QColor(color), width))
                painter.drawEllipse(spot, 6, 6)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _point(self, area: QRectF, x: float, y: float) -> QPointF:
        assert self._surface is not None
        xs, ys = (_edges(grid) for grid in self._surface.grids)
        across = np.clip((x - xs[0]) / (xs[-1] - xs[0]), 0, 1)
        up = np.clip((y - ys[0]) / (ys[-1] - ys[0]), 0, 1)
        return QPointF(area.left() + float(across) * area.width(), area.bottom() - float(up) * area.height())

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        surface, look = self._surface, theme.current()
        assert surface is not None
        font = theme.sans(12, QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        metrics = QFontMetrics(font)
        up = metrics.elidedText(
            f"↑ {surface.names[1]}", Qt.TextElideMode.ElideMiddle, int(area.width() * 0.6)
        )
        painter.drawText(QRectF(6, 4, area.width(), 20), _LEFT, up)
        across = metrics.elidedText(f"{surface.names[0]} →", Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.drawText(
            QRectF(area.left(), area.bottom() + 22, area.width(), 18), Qt.AlignmentFlag.AlignCenter, across
        )
        painter.setFont(theme.mono(10))
        painter.setPen(look.color("muted"))
        first, second = surface.grids
        for text, value in _ticks(first, surface.ticks[0]):
            x = self._point(area, value, 0).x()
            painter.drawText(QRectF(x - 40, area.bottom() + 5, 80, 14), Qt.AlignmentFlag.AlignCenter, text)
        for text, value in _ticks(second, surface.ticks[1]):
            y = self._point(area, 0, value).y()
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), _RIGHT, text)
        if self._at is not None:
            i, j = self._at
            told = self._told(float(surface.mean[i, j]))
            painter.drawText(QRectF(area.left(), 4, area.width(), 20), _RIGHT, told)

    def _draw_scale(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        bar = QRectF(area.right() + 18, area.top(), 12, area.height())
        shades = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for share in np.linspace(0, 1, 9):
            shades.setColorAt(float(share), QColor(*SEQUENTIAL[int(share * 255)].tolist()))
        painter.fillRect(bar, shades)
        painter.setFont(theme.mono(10))
        painter.setPen(theme.current().color("muted"))
        painter.drawText(QRectF(bar.right() + 6, bar.top() - 2, 60, 14), _LEFT, self._told(high))
        painter.drawText(QRectF(bar.right() + 6, bar.bottom() - 12, 60, 14), _LEFT, self._told(low))

    def _told(self, value: float) -> str:
        return f"{100 * value:.0f}\N{NO-BREAK SPACE}%" if self._per_cent else f"{value:.3g}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._surface is None:
            return
        area, places = self._area(), []
        xs = [self._point(area, value, 0).x() for value in self._surface.grids[0]]
        ys = [self._point(area, 0, value).y() for value in self._surface.grids[1]]
        for spots, at in ((xs, event.position().x()), (ys, event.position().y())):
            places.append(int(np.abs(np.array(spots) - at).argmin()))
        self._at = (places[0], places[1]) if area.contains(event.position()) else None
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._at = None
        self.update()


def _edges(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Borders of cells around values: halfway between them."""
    if len(grid) == 1:
        return np.array([grid[0] - 0.5, grid[0] + 0.5])
    middles = (grid[1:] + grid[:-1]) / 2
    return np.concatenate(([2 * grid[0] - middles[0]], middles, [2 * grid[-1] - middles[-1]]))


def _ticks(grid: NDArray[np.float64], names: tuple[str, ...]) -> list[tuple[str, float]]:
    if names:
        return [(name, float(n)) for n, name in enumerate(names)]
    ends = [float(grid[0]), float(grid[-1])] if len(grid) > 1 else [float(grid[0])]
    return [(f"{value:.4g}", value) for value in ends]


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
