"""What a plot's lines are, and their values where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

SWATCH, GAP, APART = 14, 6, 16


@dataclass(frozen=True)
class Line:
    """A curve that is drawn: its name, the theme's colour, and its value at the cursor, if that is there."""

    name: str
    token: str
    style: Literal["line", "dot", "dash"]
    value: float | None = None


class PlotLegend(QWidget):
    """A row of lines, painted by hand: it changes with every move of the mouse, and lays nothing out anew."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines: tuple[Line, ...] = ()
        self._place = ""

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def display(self, lines: Sequence[Line], place: str = "") -> None:
        """Show lines, and where the cursor is in words."""
        if (tuple(lines), place) == (self._lines, self._place):
            return
        self._lines, self._place = tuple(lines), place
        self.setAccessibleName(self.text)
        self.setToolTip("\n".join(line.name for line in self._lines) if len(self._lines) > 3 else "")
        self.update()

    @property
    def text(self) -> str:
        """All that it says."""
        parts = [f"{line.name} {_value(line)}".strip() for line in self._lines]
        return " · ".join([*parts, self._place] if self._place else parts)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        words, figures = QFontMetrics(theme.sans(12)), QFontMetrics(theme.mono(12))
        room = self.width()
        if self._place:
            painter.setFont(theme.mono(12))
            painter.setPen(look.color("muted"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), right, self._place)
            room -= figures.horizontalAdvance(self._place) + APART
        x, middle = 0, self.height() // 2
        base = middle + words.capHeight() // 2
        for number, line in enumerate(self._lines):
            value = _value(line)
            wide = words.horizontalAdvance(line.name)
            value_wide = figures.horizontalAdvance(value) + GAP if value else 0
            rest = len(self._lines) - number
            end = room if rest == 1 else room - APART - figures.horizontalAdvance(f"+{rest - 1}")
            if x + SWATCH + GAP + wide + value_wide > end:
                wide = max(0, end - x - SWATCH - GAP - value_wide)
                if wide < 30:
                    painter.setFont(theme.mono(12))
                    painter.setPen(look.color("muted"))
                    painter.drawText(QPoint(x, base), f"+{rest}")
                    return
            _swatch(painter, line, x, middle)
            x += SWATCH + GAP
            painter.setFont(theme.sans(12))
            painter.setPen(look.color("muted"))
            painter.drawText(
                QPoint(x, base), words.elidedText(line.name, Qt.TextElideMode.ElideRight, wide + 1)
            )
            x += wide
            if value:
                painter.setFont(theme.mono(12))
                painter.setPen(look.color("text"))
                painter.drawText(QPoint(x + GAP, base), value)
                x += value_wide
            x += APART


def _value(line: Line) -> str:
    return "" if line.value is None else f"{line.value:.4g}"


def _swatch(painter: QPainter, line: Line, x: int, y: int) -> None:
    color = theme.current().color(line.token)
    if line.style == "dot":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(x + SWATCH / 2, y), 3.5, 3.5)
        return
    dash = Qt.PenStyle.DashLine if line.style == "dash" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color, 2, dash))
    painter.drawLine(x, y, x + SWATCH, y)
