"""Small drawn charts: named bars, a histogram, shares of a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui import theme

ROW = 24


class NamedBars(QWidget):
    """A bar a name, with its figure; one of them may be marked."""

    def __init__(self, name: str, *, bars: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._bars = bars
        self._rows: list[tuple[str, float, str]] = []
        self._marked = -1
        self._whole = 0.0
        self._token = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def display(
        self,
        rows: Sequence[tuple[str, float, str]],
        marked: int = -1,
        token: str = "accent",
        whole: float = 0.0,
    ) -> None:
        """Show rows of name, value and figure; the marked row is drawn in the token's colour.

        ``whole``: the value that fills a bar, 0 for the largest of them.
        """
        self._rows, self._marked, self._token, self._whole = list(rows), marked, token, whole
        if self.minimumHeight() != ROW * len(self._rows):
            self.setMinimumHeight(ROW * len(self._rows))
            self.updateGeometry()
        self.setAccessibleName(", ".join(f"{name} {figure}" for name, _, figure in self._rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, ROW * max(len(self._rows), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names, figures = theme.sans(12), theme.mono(11)
        metrics = QFontMetrics(names)
        widest = max((metrics.horizontalAdvance(n) for n, _, _ in self._rows), default=0) + 12
        left = min(widest, self.width() * 9 // 20)
        right = max((QFontMetrics(figures).horizontalAdvance(f) for _, _, f in self._rows), default=0) + 10
        if not self._bars:
            left = self.width() - right
        longest = self._whole or max((abs(v) for _, v, _ in self._rows), default=0) or 1.0
        room = max(self.width() - left - right, 10)
        for number, (name, value, figure) in enumerate(self._rows):
            top = number * ROW
            painter.setFont(names)
            painter.setPen(look.color("text"))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 10)
            painter.drawText(QRectF(0, top, left - 10, ROW), _LEFT, shown)
            if self._bars:
                token = self._token if self._marked in (-1, number) else "muted"
                self._draw_bar(painter, QRectF(left, top + ROW / 2 - 4, room, 8), abs(value) / longest, token)
            painter.setPen(look.color("muted"))
            painter.setFont(figures)
            painter.drawText(QRectF(self.width() - right, top, right, ROW), _RIGHT, figure)

    def _draw_bar(self, painter: QPainter, track: QRectF, share: float, token: str) -> None:
        look = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(track, 4, 4)
        painter.setBrush(look.color(token))
        track.setWidth(max(track.width() * share, 2.0 if share else 0.0))
        painter.drawRoundedRect(track, 4, 4)


class HistogramBars(QWidget):
    """A histogram, with the values at its ends."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMinimumHeight(90)
        self._counts: list[float] = []
        self._ends = ("", "")
        self._token = "muted"

    def display(self, counts: Sequence[float], low: float, high: float, token: str = "muted") -> None:
        """Show counts of equal bins from low to high."""
        self._counts, self._ends, self._token = (
            [float(c) for c in counts],
            (f"{low:.4g}", f"{high:.4g}"),
            token,
        )
        self.setAccessibleName(self.tr("Histogram from {} to {}").format(*self._ends))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        draw_histogram(painter, QRectF(0, 2, self.width(), self.height() - 20), self._counts, self._token)
        painter.setPen(look.color("muted"))
        painter.setFont(theme.mono(10))
        foot = QRectF(0, self.height() - 16, self.width(), 16)
        painter.drawText(foot, _LEFT, self._ends[0])
        painter.drawText(foot, _RIGHT, self._ends[1])


def draw_histogram(painter: QPainter, rect: QRectF, counts: Sequence[float], token: str) -> None:
    """Draw counts as bars that fill a rectangle."""
    if not len(counts):
        return
    look = theme.current()
    tall, step = max(counts) or 1.0, rect.width() / len(counts)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("border"))
    painter.drawRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1))
    painter.setBrush(look.color(token))
    for number, value in enumerate(counts):
        high = max(rect.height() * float(value) / tall, 1.5) if value else 0.0
        painter.drawRect(QRectF(rect.left() + number * step, rect.bottom() - high, max(step - 1, 1), high))
    painter.restore()


class Shares(QWidget):
    """Parts of a whole as one bar with a legend."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._parts: list[tuple[str, int, str]] = []
        self.setFixedHeight(44)

    def display(self, parts: Sequence[tuple[str, int, str]]) -> None:
        """Show parts: name, count, colour token."""
        self._parts = list(parts)
        self.setAccessibleName(", ".join(f"{name} {count}" for name, count, _ in parts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total = sum(count for _, count, _ in self._parts) or 1
        x, legend = 0.0, 0.0
        painter.setFont(theme.sans(12))
        for name, count, token in self._parts:
            width = self.width() * count / total
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(token))
            painter.drawRoundedRect(QRectF(x, 2, max(width - 2, 1), 10), 3, 3)
            x += width
            painter.drawEllipse(QRectF(legend, 26, 8, 8))
            text = f"{name}  {count:,}".replace(",", " ")
            painter.setPen(look.color("text"))
            wide = QFontMetrics(painter.font()).horizontalAdvance(text)
            painter.drawText(QRectF(legend + 13, 20, wide + 8, 20), _LEFT, text)
            legend += wide + 34


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
