"""An axis that is painted as it is, not from a recording."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPainter


class Axis(pg.AxisItem):  # type: ignore[misc]
    """pyqtgraph's axis, without the QPicture that it plays back: playing one takes longer than the curves."""

    picture: Any

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.enableAutoSIPrefix(False)  # no "epoch (x0.001)" in the first steps

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        if self.picture is None:  # where the base class keeps its recording, and drops it on every change
            painter.setFont(self.style["tickFont"] or painter.font())
            self.picture = self.generateDrawSpecs(painter) or ()
        if self.picture:
            painter.save()
            self.drawPicture(painter, *self.picture)
            painter.restore()
