"""Attributions of a table's row by two models as bars: in one order, and on one scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF

from workbench.ui.inspect.attribution_bars import BarsDrawing
from workbench.ui.inspect.attribution_reading import Array, Reading

MOST = 40
"""Features that are listed; the rest is summed up in one more."""


class SharedBars(BarsDrawing):
    """Takes its order and its scale from several readings, of which it draws one."""

    def __init__(self, name: str) -> None:
        super().__init__(name, whole=False, tallest=0)
        self._shared: Sequence[Reading] = ()

    def share(self, readings: Sequence[Reading]) -> None:
        """Draw the next reading so that it can be compared with these."""
        self._shared = readings

    def _prepare(self) -> None:
        sizes = sum(np.nan_to_num(np.abs(reading.values), posinf=0.0) for reading in self._shared)
        self._order = np.argsort(-np.asarray(sizes).ravel(), kind="stable")[:MOST]

    def _scale(self, room: QRectF) -> tuple[float, float]:
        values: Array = np.concatenate([reading.values[self._order] for reading in self._shared])
        values = values[np.isfinite(values)]
        # every one has both sides, the difference too, so that zero is where it is in the others
        low = float(-values.min(initial=0.0))
        whole = low + float(values.max(initial=0.0)) or 1.0
        return room.left() + room.width() * low / whole, room.width() / whole
