"""Samples as small pictures, for galleries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from workbench.data.dataset import Dataset
from workbench.data.texts import unpadded
from workbench.ui import theme
from workbench.ui.images import heat, picture

Array = NDArray[Any]
SIDE = 128
"""Pixels of a picture of traces."""
TRACES = 4


def as_picture(dataset: Dataset, values: Array) -> QImage | None:
    """Return a sample, as the network gets it, as a picture; None for a table's row and for ids."""
    if values.ndim == 3 and dataset.kind == "image":
        return picture(values[:3] if len(values) > 3 else values)
    if values.ndim < 2 or not np.issubdtype(values.dtype, np.floating):
        return None
    if values.ndim == 2:
        return _traces(values.T if dataset.kind == "sequence" else values)
    return heat(values.reshape(-1, values.shape[-1]))


def _traces(rows: Array) -> QImage:
    """A line a feature, one beneath the other, each over its own range; of many the first."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    shown = np.nan_to_num(rows[:TRACES].astype(np.float64))
    high = SIDE / len(shown)
    low, top = shown.min(1, keepdims=True), shown.max(1, keepdims=True)
    heights = (shown - low) / np.where(top > low, top - low, 1.0)
    at = np.linspace(1, SIDE - 2, rows.shape[1])
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.current().color("accent"), 1.6))
    for number, row in enumerate(heights):
        ys = number * high + 3 + (1 - row) * (high - 6)
        painter.drawPolyline([QPointF(x, y) for x, y in zip(at, ys, strict=True)])
    painter.end()
    return image


def in_words(dataset: Dataset, values: Array, most: int = 12) -> str:
    """Return the first values of a row, or the words or ids of a text."""
    said = unpadded(dataset, values.reshape(-1))
    flat, end = said[:most], "…" if said.size > most else ""
    if values.dtype.kind in "iu":
        return (" " if dataset.vocabulary else ", ").join(dataset.token(int(v)) for v in flat) + end
    return ", ".join(f"{float(v):.4g}" for v in flat) + end
