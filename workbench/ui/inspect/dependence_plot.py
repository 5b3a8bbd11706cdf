"""One feature's curves: the mean over samples, each sample's own behind it, and where the data lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.interpret.surrogates.dependence import Curve
from workbench.ui import theme
from workbench.ui.inspect.dependence_lines import Own, few, lines_of, polygon, span
from workbench.ui.inspect.dependence_picture import KeptPicture

LINES = 40
"""Samples whose curves are drawn; more of them are a grey mass."""
TOP, BOTTOM, LEFT, RIGHT = 28, 36, 46, 14
SMALL, LARGE = 178, 340


class DependencePlot(QWidget):
    """Drawn by hand: a dozen of them are on screen at once."""

    clicked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, SMALL)
        self.curve: Curve | None = None
        self.own: Own | None = None
        self.centred = False
        self._range = (0.0, 1.0)
        self._per_cent = True
        self._large = False
        self._at = -1
        self.waits = False
        """Whether its lines are drawn later: not all plots' at once."""
        self._lines = KeptPicture(self, self._draw_lines)

    def display(
        self, curve: Curve, low: float, high: float, *, per_cent: bool, centred: bool, large: bool
    ) -> None:
        """Show a feature; the plot goes from ``low`` to ``high``, as those beside it do."""
        self.curve, self._range, self.centred = curve, (low, high), centred
        self._per_cent, self._large = per_cent, large
        self.own = None
        self._lines.forget()
        self.setMinimumHeight(LARGE if large else SMALL)
        self.setCursor(Qt.CursorShape.ArrowCursor if large else Qt.CursorShape.PointingHandCursor)
        pdp = lines_of(curve.ice, centred=centred).mean(0)
        ends = (self._told(float(pdp[0])), self._told(float(pdp[-1])))
        self.setAccessibleName(self.tr("{}: from {} to {}").format(curve.name, *ends))
        self.update()

    def show_own(self, own: Own | None) -> None:
        """Mark the inspected sample."""
        self.own = own
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, LARGE if self._large else SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.fillRect(self.rect(), look.color("card"))
        curve = self.curve
        if curve is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(look.color("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        area = self._area()
        self._draw_axes(painter, area)
        if not self.waits:
            self._lines.paint(painter)
        self._draw_own(painter, area)
        self._draw_head(painter)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _x(self, area: QRectF, values: NDArray[Any] | float) -> Any:
        assert self.curve is not None
        low, high = span(self.curve)
        return area.left() + (np.asarray(values) - low) / (high - low) * area.width()

    def _y(self, area: QRectF, values: NDArray[Any] | float) -> Any:
        low, high = self._range
        return area.bottom() - (np.asarray(values) - low) / ((high - low) or 1.0) * area.height()

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        look = theme.current()
        painter.setFont(theme.mono(10))
        low, high = self._range
        for value in (low, (low + high) / 2, high):
            y = float(self._y(area, value))
            painter.setPen(
                QPen(look.color("grid"), 1, Qt.PenStyle.SolidLine if value == low else Qt.PenStyle.DotLine)
            )
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(look.color("muted"))
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), _RIGHT, self._told(value))
        assert self.curve is not None
        foot = QRectF(area.left(), area.bottom() + 8, area.width(), 16)
        if self.curve.ticks:
            metrics = QFontMetrics(theme.sans(11))
            painter.setFont(theme.sans(11))
            wide = area.width() / len(self.curve.ticks)
            for number, text in enumerate(self.curve.ticks):
                x = float(self._x(area, float(number)))
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(wide) - 4)
                painter.drawText(
                    QRectF(x - wide / 2, foot.top(), wide, 16), Qt.AlignmentFlag.AlignCenter, shown
                )
            return
        taken = self._own_spot(area)
        apart = few(self.curve)
        metrics = QFontMetrics(theme.mono(10))
        for value in self.curve.grid if apart else self.curve.grid[[0, -1]]:
            text = f"{value:.4g}"
            wide = metrics.horizontalAdvance(text)
            x = float(self._x(area, value))
            left = x - wide / 2 if apart else min(max(x - wide / 2, area.left()), area.right() - wide)
            spot = QRectF(left, foot.top(), wide + 2, 16)
            if taken is None or not spot.intersects(taken):
                painter.drawText(spot, _LEFT, text)

    def _own_spot(self, area: QRectF) -> QRectF | None:
        """Where the inspected sample's value is written below the axis."""
        if self.own is None or self.curve is None or self.curve.ticks:
            return None
        x = float(np.clip(self._x(area, self.own.value), area.left(), area.right()))
        wide = QFontMetrics(theme.mono(10)).horizontalAdvance(f"{self.own.value:.4g}") + 8
        left = min(max(x - wide / 2, area.left() - 4), area.right() - wide + 4)
        return QRectF(left, area.bottom() + 8, wide, 16)

    def _draw_lines(self, painter: QPainter) -> None:
        look, curve, area = theme.current(), self.curve, self._area()
        assert curve is not None
        painter.save()
        painter.setClipRect(area.adjusted(-5, -5, 5, 5))
        lines = lines_of(curve.ice, centred=self.centred)
        xs = self._x(area, curve.grid)
        faint = QColor(look.color("muted"))
        faint.setAlpha(90 if look.name == "dark" else 60)  # light ground shows lines more
        painter.setPen(QPen(faint, 1))
        for number in np.linspace(0, len(lines) - 1, min(LINES, len(lines))).astype(int):
            painter.drawPolyline(polygon(xs, self._y(area, lines[number])))
        mean = self._y(area, lines.mean(0))
        painter.setPen(QPen(look.color("accent"), 2.6))
        if few(curve):
            thin = QPen(look.color("accent"), 1.4, Qt.PenStyle.DashLine)
            painter.setPen(thin)
        painter.drawPolyline(polygon(xs, mean))
        if few(curve):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent"))
            for x, y in zip(xs, mean, strict=True):
                painter.drawEllipse(QPointF(x, y), 4, 4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.restore()
        self._draw_rug(painter, area)

    def _draw_rug(self, painter: QPainter, area: QRectF) -> None:
        assert self.curve is not None
        if self.curve.ticks:
            return
        faint = QColor(theme.current().color("text"))
        faint.setAlpha(90)
        painter.setPen(QPen(faint, 1))
        for x in self._x(area, np.unique(self.curve.values)):
            painter.drawLine(QPointF(x, area.bottom() + 1), QPointF(x, area.bottom() + 6))

    def _draw_own(self, painter: QPainter, area: QRectF) -> None:
        look, curve, own = theme.current(), self.curve, self.own
        assert curve is not None
        if own is None:
            return
        if own.line is not None:
            line = own.line - own.line[0] if self.centred else own.line
            painter.setPen(QPen(look.color("validation"), 2))
            painter.drawPolyline(polygon(self._x(area, curve.grid), self._y(area, line)))
        if curve.ticks and own.value < 0:
            return
        x = float(np.clip(self._x(area, own.value), area.left(), area.right()))
        painter.setPen(QPen(look.color("validation"), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        spot = self._own_spot(area)
        if spot is not None:
            painter.setFont(theme.mono(10))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, f"{own.value:.4g}")

    def _draw_head(self, painter: QPainter) -> None:
        look, curve = theme.current(), self.curve
        assert curve is not None
        told = ""
        if self._at >= 0:
            value = float(lines_of(curve.ice, centred=self.centred).mean(0)[self._at])
            at = curve.ticks[self._at] if curve.ticks else f"{curve.grid[self._at]:.4g}"
            told = f"{at}: {self._told(value)}"
        painter.setFont(theme.mono(11))
        painter.setPen(look.color("muted"))
        head = QRectF(6, 2, self.width() - 6 - RIGHT, 20)
        painter.drawText(head, _RIGHT, told)
        room = head.width() - QFontMetrics(theme.mono(11)).horizontalAdvance(told) - 12
        font = theme.sans(12, QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        text = QFontMetrics(font).elidedText(curve.name, Qt.TextElideMode.ElideMiddle, int(room))
        painter.drawText(head, _LEFT, text)

    def _told(self, value: float) -> str:
        if self._per_cent:
            sign = "+" if self.centred and value > 0 else ""
            return f"{sign}{100 * value:.0f}\N{NO-BREAK SPACE}%"
        return f"{value:.3g}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.curve is not None:
            xs = self._x(self._area(), self.curve.grid)
            self._at = int(np.abs(xs - event.position().x()).argmin())
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._at = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
