"""Signed bars: a row a feature, a column a class, all on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.ui import theme
from workbench.ui.inspect.attribution_colors import color

ROW, HEAD, AIR = 26, 30, 16
FIGURE = 58


class SignedBars(QWidget):
    """Bars to the left are negative, to the right positive; each ends with its figure."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._rows: tuple[str, ...] = ()
        self._heads: tuple[str, ...] = ()
        self._ends: tuple[str, str] | None = None
        self.values: NDArray[Any] = np.zeros((0, 0))

    def display(
        self,
        rows: Sequence[str],
        heads: Sequence[str],
        values: NDArray[Any],
        ends: tuple[str, str] | None = None,
    ) -> None:
        """Show ``values``, (rows, heads); ``ends`` says what a single head's two sides stand for."""
        self._rows, self._heads, self.values = tuple(rows), tuple(heads), values
        self._ends = ends
        self.setMinimumHeight(HEAD + ROW * len(rows) + 4)
        told = (
            f"{row}: " + ", ".join(f"{head} {value:+.3g}" for head, value in zip(heads, line, strict=True))
            for row, line in zip(rows[:12], values, strict=False)
        )
        self.setAccessibleName("; ".join(told))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, HEAD + ROW * len(self._rows) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("card"))
        names = QFontMetrics(theme.sans(12))
        left = self._left()
        longest = float(np.abs(self.values).max(initial=0)) or 1.0
        for column, head in enumerate(self._heads):
            cell = self._cell(column)
            painter.setFont(theme.sans(12))
            painter.setPen(look.color("muted"))
            text = names.elidedText(head, Qt.TextElideMode.ElideRight, int(cell.width()))
            painter.drawText(
                QRectF(cell.left(), 0, cell.width(), HEAD - 8), Qt.AlignmentFlag.AlignCenter, text
            )
            if self._ends is not None:
                half = cell.width() / 2 - 8
                sides = (
                    (cell.left(), _RIGHT, f"← {self._ends[0]}"),
                    (cell.center().x() + 8, _LEFT, f"{self._ends[1]} →"),
                )
                for x, side, end in sides:
                    text = names.elidedText(end, Qt.TextElideMode.ElideMiddle, int(half))
                    painter.drawText(QRectF(x, 0, half, HEAD - 8), side, text)
            painter.setPen(look.color("border"))
            middle = round(cell.center().x())
            painter.drawLine(middle, HEAD - 4, middle, HEAD + ROW * len(self._rows))
        for row, name in enumerate(self._rows):
            top = HEAD + row * ROW
            if top > event.rect().bottom() or top + ROW < event.rect().top():
                continue
            painter.setFont(theme.sans(12))
            painter.setPen(look.color("text"))
            text = names.elidedText(name, Qt.TextElideMode.ElideMiddle, left - AIR)
            painter.drawText(QRectF(0, top, left - AIR, ROW), _LEFT, text)
            for column in range(len(self._heads)):
                self._draw(painter, self._cell(column), top, float(self.values[row, column]), longest)

    def _draw(self, painter: QPainter, cell: QRectF, top: float, value: float, longest: float) -> None:
        look = theme.current()
        half = max(cell.width() / 2 - FIGURE, 8)
        wide = max(half * abs(value) / longest, 1.0)
        middle = cell.center().x()
        bar = QRectF(middle if value >= 0 else middle - wide, top + ROW / 2 - 5, wide, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(value >= 0, signed=True))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setFont(theme.mono(11))
        painter.setPen(look.color("muted"))
        if value >= 0:
            painter.drawText(QRectF(bar.right() + 6, top, FIGURE, ROW), _LEFT, _told(value, longest))
        else:
            painter.drawText(QRectF(bar.left() - 6 - FIGURE, top, FIGURE, ROW), _RIGHT, _told(value, longest))

    def _left(self) -> int:
        metrics = QFontMetrics(theme.sans(12))
        widest = max((metrics.horizontalAdvance(name) for name in self._rows), default=0) + AIR + 4
        return min(widest, self.width() * 3 // 10)

    def _cell(self, column: int) -> QRectF:
        left = self._left()
        wide = (self.width() - left) / max(len(self._heads), 1)
        return QRectF(left + column * wide, 0, wide, HEAD)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = (event.pos().y() - HEAD) // ROW
            if 0 <= row < len(self._rows):
                figures = zip(self._heads, self.values[row], strict=True)
                lines = [self._rows[row], *(f"{head}  {value:+.4g}" for head, value in figures)]
                QToolTip.showText(event.globalPos(), "\n".join(lines), self)
                return True
        return super().event(event)


def _told(value: float, longest: float) -> str:
    """A figure with as many decimals as the longest needs to have three digits."""
    decimals = max(0, 2 - math.floor(math.log10(longest)))
    return f"{value:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
