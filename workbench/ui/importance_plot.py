"""Which settings matter, as bars."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from workbench.graph.atomic import write_atomic
from workbench.ui import theme
from workbench.ui.plots import Plot, Series


class ImportancePlot(Plot):
    """A bar a setting, the most important at the top, with its share at the end."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="share of the metric's variation", parent=parent)
        self.shares: dict[str, float] = {}
        self._texts: list[pg.TextItem] = []
        item = self.getPlotItem()
        item.getViewBox().setMouseEnabled(False, False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        self._bars = pg.BarGraphItem(x0=[0], y=[0], height=0.6, width=[0])
        item.addItem(self._bars)
        self.redress()

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=True, y=False, alpha=0.18)
        self.getPlotItem().getAxis("left").setStyle(tickFont=theme.mono(11), tickLength=0)

    def redress(self) -> None:
        look = theme.current()
        self._bars.setOpts(brush=look.color("accent"), pen=None)
        for text in self._texts:
            text.setColor(look.color("text"))

    def show_shares(self, shares: Mapping[str, float]) -> None:
        """Show importances by setting, largest first."""
        self.shares = dict(shares)
        count = len(shares)
        item = self.getPlotItem()
        for text in self._texts:
            item.removeItem(text)
        widths = np.array(list(shares.values()) or [0.0])
        rows = np.arange(max(count, 1))[::-1]
        self._bars.setOpts(x0=np.zeros(len(widths)), y=rows, height=0.6, width=widths)
        item.getAxis("left").setTicks([[(float(y), name) for y, name in zip(rows, shares, strict=False)]])
        self._texts = [pg.TextItem(_per_cent(share), anchor=(0, 0.5)) for share in shares.values()]
        for y, share, text in zip(rows, widths, self._texts, strict=False):
            text.setFont(theme.mono(11))
            text.setPos(float(share), float(y))
            item.addItem(text)
        # few bars don't fill a tall plot with slabs
        item.setYRange(count - 1 - max(count, 6) + 0.4, max(count, 1) - 0.4, padding=0)
        item.setXRange(0, max(float(widths.max()) * 1.15, 0.1), padding=0)
        self.redress()

    def series(self) -> Series:
        """See `Plot.series`: the shares over the settings' places, from the top."""
        return {"importance": (np.arange(len(self.shares)), np.array(list(self.shares.values())))}

    def save(self, path: Path) -> None:
        if path.suffix != ".csv":
            super().save(path)
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["setting", "importance"])
        writer.writerows(self.shares.items())
        write_atomic(path, text.getvalue().encode())


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%" if share >= 0.005 else "<1\N{NO-BREAK SPACE}%"
