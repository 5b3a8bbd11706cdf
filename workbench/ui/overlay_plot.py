"""Runs' curves in one plot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.axis import Axis
from workbench.ui.overlay_lines import Overlay, OverlayLine
from workbench.ui.plot_legend import Line
from workbench.ui.plot_pick import line_at
from workbench.ui.plots import Plot, Series, pen

SAVED = 20_000
"""Points of a line that are saved as CSV at most."""
FEW = 60
"""Points up to which each gets a dot."""


class OverlayPlot(Plot):
    """One line a run. The wheel zooms and the mouse drags in both directions; a double click shows all."""

    picked = Signal(str)
    """The run whose line was clicked."""
    looked = Signal()
    """`legend` is new."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="epoch", parent=parent)
        item = self.getPlotItem()
        item.setAxisItems({side: Axis(side) for side in ("left", "bottom")})
        for side in ("left", "bottom"):
            item.getAxis(side).setStyle(maxTickLevel=0)
        self.dress()
        self._legend = item.addLegend(offset=(-10, 6), labelTextSize="11px")
        self._legend.hide()  # the card has one with values; this one is for pictures that are saved
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._overlay = Overlay("", "epoch")
        self._drawn: list[Any] = []
        self._signs = pg.ScatterPlotItem(
            symbol="d", size=9, hoverable=True, tip=lambda x, y, data: data, pxMode=True
        )
        self._signs.setZValue(10)
        item.addItem(self._signs)
        self._smooth, self._log, self._current = 0.0, False, ""
        self._whole = True  # until somebody zooms or drags
        self._box.sigRangeChangedManually.connect(self._on_moved)
        self._cursor: float | None = None
        self._box.sigXRangeChanged.connect(lambda *_: self._draw())
        self.scene().sigMouseClicked.connect(self._on_click)
        self.scene().sigMouseMoved.connect(self._on_move)

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.8)

    def display(self, overlay: Overlay) -> None:
        """Draw these lines; a part that somebody looks at stays in view while they are of the same runs."""
        before, self._overlay = self._overlay, overlay
        item = self.getPlotItem()
        for drawn in self._drawn:
            item.removeItem(drawn)
        self._drawn = []
        for line in overlay.lines:
            drawn = pg.PlotDataItem(name=line.name, connect="finite")
            item.addItem(drawn)
            self._drawn.append(drawn)
        words = {"epoch": self.tr("epoch"), "step": self.tr("step"), "time": self.tr("seconds")}
        self._labels["bottom"] = words[overlay.axis]
        self.dress()
        self.redress()
        if _kind(before) == _kind(overlay) and not self._whole:
            self._draw()
        else:
            self.show_all()

    def set_smoothing(self, share: float) -> None:
        """Average over a share of each curve's points, 0 for the points themselves."""
        self._smooth = share
        self._draw()

    def set_log(self, on: bool) -> None:
        """Draw the values on a logarithmic scale, or not."""
        self._log = on
        self.getPlotItem().setLogMode(y=on)
        self.show_all()

    def set_current(self, run_id: str) -> None:
        """Draw a run's line thicker, above the others."""
        self._current = run_id
        self.redress()

    def redress(self) -> None:
        look = theme.current()
        for line, drawn in zip(self._overlay.lines, self._drawn, strict=True):
            current = line.run == self._current and len(self._drawn) > 1 and not line.second
            width = 3.0 if current else 1.0 if line.second else 1.6
            drawn.setPen(pen(line.token, width, dash=line.dash))
            drawn.setZValue(5 if current else 1)
            drawn.setSymbolBrush(look.color(line.token))
            drawn.setSymbolPen(None)
        self._legend.setLabelTextColor(look.color("muted"))
        for _, text in self._legend.items:
            text.setText(text.text, color=look.muted)
        self._signs.setBrush(look.color("warning"))
        self._signs.setPen(pg.mkPen(look.color("card"), width=1))

    # Drawing what is seen

    def show_all(self) -> None:
        """Show every line whole."""
        self._whole = True
        spans = [line.curve.span for line in self._overlay.lines if len(line.curve)]
        if spans:
            start, end = min(span[0] for span in spans), max(span[1] for span in spans)
            margin = 0.02 * (end - start) or 0.5
            self._box.setXRange(start - margin, end + margin, padding=0)
        self._draw()
        self._fit_height()

    def _on_moved(self) -> None:
        self._whole = False

    def _draw(self) -> None:
        (x0, x1), _ = self._box.viewRange()
        pixels = max(50, int(self._box.width()))
        for line, drawn in zip(self._overlay.lines, self._drawn, strict=True):
            x, y = self._points(line, x0, x1, pixels)
            drawn.setData(x, y)
            few = len(line.curve) <= FEW
            drawn.setSymbol("o" if few else None)
            drawn.setSymbolSize(4 if len(line.curve) > 1 else 7)
        self._draw_signs()

    def _points(self, line: OverlayLine, x0: float, x1: float, pixels: int) -> tuple[Any, Any]:
        window = max(line.window, round(self._smooth * len(line.curve)))
        if window > 1:
            return line.curve.averages(x0, x1, pixels, window)
        return line.curve.view(x0, x1, pixels)

    def _draw_signs(self) -> None:
        spots = []
        for line, drawn in zip(self._overlay.lines, self._drawn, strict=True):
            x, y = drawn.getData()
            if x is None or not len(x):
                continue
            for tick in line.ticks:
                at = float(np.interp(tick.x, x, y))
                if x[0] <= tick.x <= x[-1] and np.isfinite(at):
                    spots.append({"pos": (tick.x, at), "data": f"{line.name}: {tick.text}"})
        self._signs.setData(spots)

    def _fit_height(self) -> None:
        """Show all finite values of what is drawn, with some air."""
        seen = [drawn.getData()[1] for drawn in self._drawn]
        values = np.concatenate([y for y in seen if y is not None and len(y)] or [np.empty(0)])
        values = values[np.isfinite(values)]
        if len(values):
            low, high = float(values.min()), float(values.max())
            margin = 0.06 * (high - low) or abs(high) * 0.1 or 0.1
            self._box.setYRange(low - margin, high + margin, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_drawn"):
            self._draw()

    # Looking at it

    def legend(self) -> tuple[list[Line], str]:
        """Return the lines with their values at the cursor, and where that is in words."""
        found = []
        for line in (line for line in self._overlay.lines if not line.second):
            value = None
            if self._cursor is not None and len(line.curve):
                first, last = line.curve.span
                if first <= self._cursor <= last or len(line.curve) == 1:
                    value = line.curve.point(line.curve.nearest(self._cursor))[1]
            found.append(Line(line.name, line.token, "dash" if line.dash else "line", value))
        place = "" if self._cursor is None else f"{self._labels['bottom']} {self._cursor:.4g}"
        return found, place

    def _on_click(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.show_all()
            return
        drawn = [
            (line.run, *item.getData()) for line, item in zip(self._overlay.lines, self._drawn, strict=True)
        ]
        run = line_at(event.scenePos(), self._box, [line for line in drawn if line[1] is not None])
        if run:
            self.picked.emit(run)

    def _on_move(self, place: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(place)
        self._cursor = self._box.mapSceneToView(place).x() if inside and self._drawn else None
        self.looked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._cursor = None
        self.looked.emit()

    def series(self) -> Series:
        """Return every line's points; of long ones, extremes: what is exported as CSV elsewhere is whole."""
        found: Series = {}
        for line in self._overlay.lines:
            name = f"run {line.name if line.second else line.run}"
            if len(line.curve):
                found[name] = line.curve.view(*line.curve.span, SAVED // 4)
        return found

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Show in the picture which line is which."""
        self._legend.show()
        try:
            yield
        finally:
            self._legend.hide()

    def save(self, path: Path) -> None:
        with self._explained():
            super().save(path)

    def copy_picture(self) -> None:
        with self._explained():
            super().copy_picture()


def _kind(overlay: Overlay) -> tuple[Any, ...]:
    return overlay.series, overlay.axis, tuple((line.run, line.second) for line in overlay.lines)
