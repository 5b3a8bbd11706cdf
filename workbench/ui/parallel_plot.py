"""Parallel coordinates: an axis a setting and one for the metric, a line a trial."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.graph.atomic import write_atomic
from workbench.graph.search import Range
from workbench.search.trials import Trial, maximised
from workbench.search.typed import shown
from workbench.ui.parallel_axis import ParallelAxis
from workbench.ui.parallel_picture import ParallelPicture
from workbench.ui.plots import Plot, Series
from workbench.ui.wording import figure, spelled

NEAR = 9
"""Pixels within which a line is pointed at, and an axis is brushed."""
TOP, BOTTOM = 1.2, -0.06
LEFT, RIGHT = 14, 50
"""Pixels beside the first and the last axis."""


class ParallelPlot(Plot):
    """Trials as lines from axis to axis: the better, the stronger.

    Dragging along an axis keeps only the lines that go through there; a click on it lets all through again.
    """

    pointed = Signal(int)
    """The trial under the mouse changed, by number; -1 for none."""
    picked = Signal(int)
    """A trial's line was clicked."""
    filtered = Signal(object)
    """The numbers of the trials that pass all brushes, None where there are no brushes."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.axes: list[ParallelAxis] = []
        self.brushes: dict[str, tuple[float, float]] = {}
        """Heights that lines must go through, by the name of the axis."""
        self._trials: list[Trial] = []
        self._metric = "val_loss"
        self._heights: NDArray[np.float64] = np.zeros((0, 0))
        self._ranks: NDArray[np.float64] = np.zeros(0)
        self._pointed = self._selected = -1
        self._press: tuple[QPointF, int] | None = None
        item = self.getPlotItem()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.getViewBox().setMouseEnabled(False, False)
        self._picture = ParallelPicture(item)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Parallel coordinates of the trials"))
        self.redress()

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=False, y=False)

    def redress(self) -> None:
        self._picture.dress()
        self._picture.draw_axes(self.axes)
        self._picture.draw_brushes(self.axes, self.brushes)

    def show_trials(
        self, trials: Sequence[Trial], space: Mapping[str, Range], metric: str, selected: int = -1
    ) -> None:
        """Draw the completed and the pruned trials over the space's settings."""
        self._trials = [t for t in trials if t.state in ("completed", "pruned") and t.value is not None]
        self._metric, self._selected = metric, selected
        self._pointed = -1
        self.axes = [
            ParallelAxis.of_setting(path, [t.values.get(path) for t in self._trials], over)
            for path, over in space.items()
        ]
        self.axes.append(ParallelAxis.of_metric(metric, [t.value for t in self._trials]))
        self._heights = np.array([axis.heights for axis in self.axes]).T.reshape(
            len(self._trials), len(self.axes)
        )
        self._ranks = _ranks(self._trials, maximised(metric))
        names = {axis.name for axis in self.axes}
        self.brushes = {name: span for name, span in self.brushes.items() if name in names}
        self._fit()
        self._picture.draw_axes(self.axes)
        self._draw()

    def select(self, number: int) -> None:
        """Draw a trial's line strongly; -1 for none."""
        if number != self._selected:
            self._selected = number
            self._strengthen()

    def brush(self, name: str, span: tuple[float, float] | None) -> None:
        """Keep only the lines that go through an axis between two heights; None lets all through."""
        if span is None:
            self.brushes.pop(name, None)
        else:
            self.brushes[name] = (min(span), max(span))
        self._draw()
        self.filtered.emit(self.passing())

    def passing(self) -> frozenset[int] | None:
        """Return the numbers of the trials that pass all brushes, None where there are none."""
        if not self.brushes:
            return None
        kept = self._passing()
        return frozenset(trial.number for trial, passes in zip(self._trials, kept, strict=True) if passes)

    def _passing(self) -> NDArray[np.bool_]:
        kept = np.ones(len(self._trials), dtype=bool)
        for column, axis in enumerate(self.axes):
            if axis.name in self.brushes:
                low, high = self.brushes[axis.name]
                heights = self._heights[:, column]
                kept &= (heights >= low - 1e-9) & (heights <= high + 1e-9)
        return kept

    # Drawing

    def _draw(self) -> None:
        self._picture.draw_lines(self._heights, self._ranks, self._passing())
        self._picture.draw_brushes(self.axes, self.brushes)
        self._strengthen()

    def _fit(self) -> None:
        """Have the axes fill the plot, but for their ticks' texts beside the last."""
        gaps = max(len(self.axes) - 1, 1)
        gap = max(self.width() - LEFT - RIGHT, 50) / gaps
        self.getPlotItem().setXRange(-LEFT / gap, gaps + RIGHT / gap, padding=0)
        self.getPlotItem().setYRange(BOTTOM, TOP, padding=0)

    def _strengthen(self) -> None:
        strong = {self._pointed, self._selected} - {-1}
        which = np.array([trial.number in strong for trial in self._trials], dtype=bool) & self._passing()
        self._picture.draw_strong(self._heights[which])

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position(), self._axis_at(event.position())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None:
            start, axis = self._press
            if axis >= 0 and abs(event.position().y() - start.y()) > 3:
                self.brush(self.axes[axis].name, (self._height_at(start), self._height_at(event.position())))
            return
        self._point(self._trial_at(event.position()), event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            super().mouseReleaseEvent(event)
            return
        start, axis = self._press
        self._press = None
        if (event.position() - start).manhattanLength() > 3:
            return
        if axis >= 0 and self.axes[axis].name in self.brushes:
            self.brush(self.axes[axis].name, None)
            return
        number = self._trial_at(event.position())
        if number >= 0:
            self.picked.emit(number)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_picture"):
            self._fit()

    def _point(self, number: int, event: QMouseEvent | None = None) -> None:
        if number == self._pointed:
            return
        self._pointed = number
        self._strengthen()
        self.pointed.emit(number)
        if number < 0 or event is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), self.told(number), self)

    def told(self, number: int) -> str:
        """Return a trial in words, a line a setting."""
        trial = next(t for t in self._trials if t.number == number)
        state = self.tr("pruned, ") if trial.state == "pruned" else ""
        value = figure(self._metric, trial.value if trial.value is not None else math.nan)
        lines = [self.tr("Trial {}: {}{} {}").format(number, state, spelled(self._metric).lower(), value)]
        return "\n".join([*lines, *(f"{path} {shown(value)}" for path, value in trial.values.items())])

    def _pixels(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points of the plot in pixels of the widget."""
        box = self.getPlotItem().getViewBox()
        (x0, x1), (y0, y1) = box.viewRange()
        place = self.mapFromScene(box.sceneBoundingRect()).boundingRect()
        return (
            place.left() + (x - x0) / (x1 - x0) * place.width(),
            place.bottom() - (y - y0) / (y1 - y0) * place.height(),
        )

    def _axis_at(self, point: QPointF) -> int:
        x, y = self._pixels(np.arange(len(self.axes), dtype=np.float64), np.array([0.0, 1.0]))
        if not len(x) or not y[1] - NEAR <= point.y() <= y[0] + NEAR:
            return -1
        nearest = int(np.argmin(np.abs(x - point.x())))
        return nearest if abs(x[nearest] - point.x()) <= NEAR else -1

    def _height_at(self, point: QPointF) -> float:
        _, y = self._pixels(np.zeros(1), np.array([0.0, 1.0]))
        return float(np.clip((y[0] - point.y()) / (y[0] - y[1]), 0, 1))

    def _trial_at(self, point: QPointF) -> int:
        """The trial whose line is nearest to a point in pixels, -1 where none is near."""
        if len(self.axes) < 2 or not len(self._trials):
            return -1
        x, _ = self._pixels(np.arange(len(self.axes), dtype=np.float64), np.zeros(1))
        left = int(np.clip(np.searchsorted(x, point.x()) - 1, 0, len(x) - 2))
        _, ys = self._pixels(np.zeros(1), self._heights[:, left : left + 2])
        run, rise = x[left + 1] - x[left], ys[:, 1] - ys[:, 0]
        share = float(np.clip((point.x() - x[left]) / run, 0, 1))
        away = np.abs(ys[:, 0] + share * rise - point.y()) * run / np.hypot(run, rise)
        away = np.where(self._passing() & ~np.isnan(away), away, np.inf)
        nearest = int(np.argmin(away))
        return self._trials[nearest].number if away[nearest] <= NEAR else -1

    # Taking along

    def series(self) -> Series:
        """See `Plot.series`: every trial's heights over the axes' places."""
        places = np.arange(len(self.axes), dtype=np.float64)
        return {
            f"trial {t.number}": (places, row) for t, row in zip(self._trials, self._heights, strict=True)
        }

    def save(self, path: Path) -> None:
        if path.suffix != ".csv":
            super().save(path)
            return
        names = [axis.name for axis in self.axes[:-1]]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["trial", *names, self._metric])
        for t in self._trials:
            cells = [t.values.get(name) for name in names]
            writer.writerow([t.number, *("" if c is None else shown(c) for c in cells), t.value])
        write_atomic(path, text.getvalue().encode())


def _ranks(trials: Sequence[Trial], more_is_better: bool) -> NDArray[np.float64]:
    """From 0 for the worst to 1 for the best; pruned trials are below all completed ones."""
    values = np.array([t.value if t.value is not None else math.nan for t in trials], dtype=np.float64)
    done = np.array([t.state == "completed" for t in trials], dtype=bool)
    order = np.lexsort((values if more_is_better else -values, done))
    ranks = np.empty(len(trials))
    ranks[order] = np.arange(len(trials)) / max(len(trials) - 1, 1)
    return ranks
