"""Points that all look the same."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg


class Dots(pg.ScatterPlotItem):  # type: ignore[misc]
    """A scatter whose points share size, pen and brush: how they look is worked out once for all."""

    def updateSpots(self, dataSet: Any = None) -> None:
        """See `pyqtgraph.ScatterPlotItem.updateSpots`: where in its atlas of symbols each point's is."""
        points = self.data if dataSet is None else dataSet
        super().updateSpots(points[:1])
        points["sourceRect"] = points["sourceRect"][:1]
