"""An attribution of ids: each in its colour, in rows that break like text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen

from workbench.data.texts import MARKS, PADDING
from workbench.ui import theme
from workbench.ui.confusion import ink
from workbench.ui.inspect.attribution_colors import blended
from workbench.ui.inspect.attribution_drawing import Drawing
from workbench.ui.inspect.attribution_reading import figure

LINE, PAD, GAP = 24, 6, 3
LINES = 9
"""Rows of a tile."""


class TokensDrawing(Drawing):
    """The words of ids, or the ids where the data have no words for them; a tile has padding in one piece."""

    def _prepare(self) -> None:
        assert self.reading is not None
        assert self.reading.sample is not None
        self._ids = [str(int(value)) for value in self.reading.sample]
        self._texts = list(self.reading.names) or self._ids
        self._folded = range(0) if self.whole else _padding(self._texts)
        if self._folded:
            sizes = np.nan_to_num(np.abs(self.reading.values[self._folded]), posinf=0.0)
            self._folded_at = int(sizes.argmax())  # so that what padding says isn't hidden
            self._texts[self._folded_at] += f" ×{len(self._folded)}"

    def words(self, place: int) -> str:
        assert self.reading is not None
        number, said = self._ids[place], figure(self.reading, place)
        if not self.reading.names:
            return self.tr("token {}, id {}: {}").format(place, number, said)
        return self.tr("token {}, {}, id {}: {}").format(place, self.reading.names[place], number, said)

    def _places(self, width: int) -> list[QRectF]:
        """Where the tokens go; of a tile's those that it has room for."""
        metrics, places = QFontMetrics(theme.mono(12)), []
        x, y = 0.0, 0.0
        for number, text in enumerate(self._texts):
            if number in self._folded and number != self._folded_at:
                places.append(QRectF())
                continue
            wide = min(metrics.horizontalAdvance(text) + 2 * PAD, width)
            if x + wide > width and x:
                x, y = 0.0, y + LINE + GAP
                if not self.whole and y >= LINES * (LINE + GAP):
                    break
            places.append(QRectF(x, y, wide, LINE))
            x += wide + GAP
        return places

    def high_for(self, width: int) -> int:
        places = self._places(width) if self.reading is not None else []
        if not places:
            return LINE
        more = LINE if len(places) < len(self._texts) else 0
        return int(places[-1].bottom()) + more

    def _place(self, point: QPointF) -> int:
        places = self._places(self.width())
        return next((number for number, place in enumerate(places) if place.contains(point)), -1)

    def _step(self, right: int, down: int) -> int:
        places = self._places(self.width())
        if down and self.at < len(places):
            below = places[self.at].center() + QPointF(0, down * (LINE + GAP))
            near = [n for n, place in enumerate(places) if place.top() <= below.y() <= place.bottom()]
            return min(near, key=lambda n: abs(places[n].center().x() - below.x()), default=self.at)
        shown = [number for number, place in enumerate(places) if not place.isNull()]
        now = bisect_left(shown, self.at)
        return shown[min(max(now + right, 0), len(shown) - 1)]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.reading is None:
            return
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.mono(12))
        metrics, places = painter.fontMetrics(), self._places(self.width())
        for number, place in enumerate(places):
            if place.isNull():
                continue
            value = float(self.reading.values[number])
            ground = blended(value, self.reading.limit, self.signed, look.color("raised"))
            painter.setBrush(ground)
            at = number == self.at
            painter.setPen(QPen(look.color("accent"), 2) if at else QPen(Qt.PenStyle.NoPen))
            painter.drawRoundedRect(place, 4, 4)
            painter.setPen(ink(ground))
            text = metrics.elidedText(
                self._texts[number], Qt.TextElideMode.ElideRight, int(place.width()) - 2 * PAD + 1
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        hidden = len(self._texts) - len(places)
        if hidden:
            foot = QRectF(0, self.height() - LINE, self.width(), LINE)
            painter.setFont(theme.sans(12))
            painter.setPen(look.color("muted"))
            text = self.tr("and {} more: enlarge to see them").format(hidden)
            painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _padding(tokens: Sequence[str]) -> range:
    """The places of several tokens of padding that stand in front."""
    count = next((number for number, token in enumerate(tokens) if token != MARKS[PADDING]), len(tokens))
    return range(count) if count > 1 else range(0)
