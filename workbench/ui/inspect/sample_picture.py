"""A sample as it is best seen: a picture, channels side by side, traces over time, or ids in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workbench.data.texts import unpadded
from workbench.ui import theme
from workbench.ui.images import heat, picture

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

Array = NDArray[Any]
SIDE = 176
TRACE, MOST_TRACES = 34, 12
TOKEN, PAD, GAP, MOST_TOKENS = 20, 5, 3, 200
MOST_CHANNELS = 16


class SamplePicture(QWidget):
    """Draws the values of one sample, without a batch dimension."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("samplePicture")
        self.setFixedSize(SIDE, SIDE)
        self._images: list[QImage] = []
        self._traces: Array | None = None
        self._tokens: list[str] = []
        self._more = ""

    @property
    def kind(self) -> str:
        """What is drawn now: images, traces, tokens, or nothing."""
        if self._images:
            return "images"
        return "traces" if self._traces is not None else "tokens" if self._tokens else "nothing"

    def display(self, values: Array, dataset: Dataset) -> None:
        """Show a sample."""
        self._images, self._traces, self._tokens, self._more = [], None, [], ""
        if values.dtype.kind in "iu" and values.ndim <= 2:
            ids = unpadded(dataset, values.ravel())
            self._tokens = [dataset.token(int(value)) for value in ids[:MOST_TOKENS]]
            self._more = (
                self.tr("and {} more").format(ids.size - MOST_TOKENS) if ids.size > MOST_TOKENS else ""
            )
            told = (self.tr("{} tokens") if dataset.vocabulary else self.tr("{} ids")).format(ids.size)
        elif dataset.kind == "image":
            one = values.shape[0] in (1, 3)
            self._images = [picture(values)] if one else [picture(v[None]) for v in values[:MOST_CHANNELS]]
            channels, high, wide = values.shape
            kinds = {1: self.tr("in grey"), 3: self.tr("in colour")}
            kind = kinds.get(channels, self.tr("with {} channels").format(channels))
            told = self.tr("Picture of {}×{} pixels, {}").format(high, wide, kind)
        elif values.ndim == 2 and dataset.kind == "sequence":
            self._traces = np.asarray(values, np.float64)[:, :MOST_TRACES]
            left = values.shape[1] - MOST_TRACES
            self._more = self.tr("and {} more features").format(left) if left > 0 else ""
            told = self.tr("{} steps of {} features").format(*values.shape)
        else:
            planes = values.reshape(-1, *values.shape[-2:])[:MOST_CHANNELS]
            limit = float(np.nan_to_num(np.abs(planes)).max(initial=0.0))
            signed = bool((planes < 0).any())
            self._images = [heat(plane, signed=signed, limit=limit) for plane in planes]
            told = self.tr("Values of shape {}").format("×".join(map(str, values.shape)))
        self.setAccessibleName(told)
        self.setToolTip(told)
        self._fit()
        self.update()

    def _fit(self) -> None:
        high = SIDE
        if self._tokens:
            places = self._places()
            high = int(places[-1].bottom()) + 2 + (18 if self._more else 0)
        elif self._traces is not None:
            high = self._traces.shape[1] * self._step() + (18 if self._more else 0)
        self.setFixedHeight(min(high, 2 * SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._images:
            self._paint_images(painter)
        elif self._traces is not None:
            self._paint_traces(painter, self._traces)
        elif self._tokens:
            self._paint_tokens(painter)
        if self._more:
            painter.setPen(theme.current().color("muted"))
            painter.setFont(theme.sans(11))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self._more
            )

    def _paint_images(self, painter: QPainter) -> None:
        columns = int(np.ceil(np.sqrt(len(self._images))))
        side = (SIDE - (columns - 1) * GAP) // columns
        for number, image in enumerate(self._images):
            row, column = divmod(number, columns)
            square = QRect(column * (side + GAP), row * (side + GAP), side, side)
            size = image.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(square.topLeft(), size)
            target.moveCenter(square.center())
            painter.drawImage(target, image)

    def _step(self) -> int:
        assert self._traces is not None
        return max(TRACE, (SIDE - GAP) // int(self._traces.shape[1]))

    def _paint_traces(self, painter: QPainter, traces: Array) -> None:
        """A row a feature, each in its own scale."""
        look, step = theme.current(), self._step()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for feature, values in enumerate(np.nan_to_num(traces.T)):
            top, high = feature * step, step - 2 * GAP
            low, span = float(values.min()), float(np.ptp(values)) or 1.0
            painter.setPen(QPen(look.color("grid"), 1))
            painter.drawLine(QPointF(0, top + high), QPointF(SIDE, top + high))
            across = np.linspace(1, SIDE - 1, len(values))
            down = top + 2 + (high - 4) * (1 - (values - low) / span)
            painter.setPen(QPen(look.color("accent"), 1.4))
            points = [QPointF(float(x), float(y)) for x, y in zip(across, down, strict=True)]
            painter.drawPolyline(QPolygonF(points))

    def _places(self) -> list[QRectF]:
        metrics, places, x, y = QFontMetrics(theme.mono(11)), [], 0.0, 0.0
        for text in self._tokens:
            wide = min(metrics.horizontalAdvance(text) + 2 * PAD, SIDE)
            if x + wide > SIDE and x:
                x, y = 0.0, y + TOKEN + GAP
            places.append(QRectF(x, y, wide, TOKEN))
            x += wide + GAP
        return places

    def _paint_tokens(self, painter: QPainter) -> None:
        look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.mono(11))
        metrics, elide = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        for text, place in zip(self._tokens, self._places(), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("raised"))
            painter.drawRoundedRect(place, 4, 4)
            painter.setPen(look.color("text"))
            shown = metrics.elidedText(text, elide, int(place.width()) - 2 * PAD + 1)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
