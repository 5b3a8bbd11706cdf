"""A vector as bars: a unit a bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.focus_ring import FocusRing
from workbench.ui.plots import Plot, Series
from workbench.ui.tick_names import named_ticks

LEAST = 9
"""Bars that there is room for at least: few aren't drawn wider than that."""


class UnitPlot(Plot):
    """Values of a layer's units, of which one can be chosen by a click or the arrow keys."""

    picked = Signal(int)
    told = Signal(str)
    """The value under the mouse, in words; empty when it leaves."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="unit", left="value", parent=parent)
        self.setMinimumHeight(160)
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        item.getViewBox().setMouseEnabled(False, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._values: NDArray[Any] = np.array([])
        self._names: Sequence[str] = ()
        self._word = "unit"
        self._marked = -1
        self._bars = pg.BarGraphItem(x=[0], height=[0], width=0.8)
        self._one = pg.BarGraphItem(x=[0], height=[0], width=0.8)
        self._lost = pg.ScatterPlotItem(symbol="x", size=9)
        for part in (self._bars, self._one, self._lost):
            item.addItem(part)
        FocusRing(self)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.redress()

    def redress(self) -> None:
        look = theme.current()
        quiet = look.color("accent")
        quiet.setAlphaF(0.45)
        self._bars.setOpts(brush=quiet, pen=None)
        self._one.setOpts(brush=look.color("accent"), pen=None)
        self._lost.setPen(look.color("problem"))

    def show_units(self, values: NDArray[Any], names: Sequence[str] = (), word: str = "unit") -> None:
        """Show a vector, shape (units,), each called so, if there are names; crosses mark what isn't finite.

        ``word``: what one of them is: "unit", "class", "feature".
        """
        held = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(held)
        self._values, self._names, self._word = held, names, word
        self._bars.setOpts(x=np.arange(len(held)), height=np.where(finite, held, 0.0), width=0.8)
        lost = np.flatnonzero(~finite)
        self._lost.setData(lost, np.zeros(len(lost)))
        item = self.getPlotItem()
        self._label()
        self._labels["bottom"] = self.tr(word)
        item.setLabel("bottom", self._labels["bottom"])
        item.setXRange(-0.5, max(len(held), LEAST) - 0.5, padding=0.02)
        item.enableAutoRange(y=True)
        self.setAccessibleName(self.tr("{} values").format(len(held)))
        self.mark(-1)

    def _label(self) -> None:
        count = len(self._values)
        ticks = [(float(n), str(n)) for n in range(0, count, max(1, -(-count // 12)))]
        if self._names:
            each = self.getPlotItem().getViewBox().width() / max(count, LEAST)
            ticks = named_ticks(self._names, each, QFontMetrics(theme.mono(10)))
        self.getPlotItem().getAxis("bottom").setTicks([ticks])

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_names"):
            self._label()

    def mark(self, unit: int) -> None:
        """Draw one unit strong; -1 for none."""
        self._marked = unit
        inside = 0 <= unit < len(self._values) and bool(np.isfinite(self._values[unit]))
        self._one.setVisible(inside)
        if inside:
            self._one.setOpts(x=[unit], height=[self._values[unit]], width=0.8)

    def series(self) -> Series:
        """See `Plot.series`."""
        return {"units": (np.arange(len(self._values)), self._values)}

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.told.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not len(self._values):
            super().keyPressEvent(event)
            return
        self._pick(min(max(self._marked + step, 0), len(self._values) - 1))

    def _unit(self, at: Any) -> int:
        place = round(self.getPlotItem().getViewBox().mapSceneToView(at).x())
        return place if 0 <= place < len(self._values) else -1

    def _words(self, unit: int) -> str:
        name = self._names[unit] if unit < len(self._names) else str(unit)
        return f"{self.tr(self._word)} {name}: {self._values[unit]:.4g}"

    def _on_moved(self, at: Any) -> None:
        unit = self._unit(at)
        self.told.emit("" if unit < 0 else self._words(unit))

    def _on_clicked(self, event: Any) -> None:
        unit = self._unit(event.scenePos())
        if unit >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._pick(unit)

    def _pick(self, unit: int) -> None:
        self.told.emit(self._words(unit))
        self.picked.emit(unit)
