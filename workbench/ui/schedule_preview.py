"""The learning rate over the run, drawn before it starts."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from workbench.graph import TrainingSection
from workbench.train.schedules import preview
from workbench.ui import theme
from workbench.ui.axis import Axis
from workbench.ui.plots import Plot, pen

POINTS = 400


class SchedulePreview(Plot):
    """Learning rate over epochs, from the settings alone; pointing at it tells the rate there."""

    pointed = Signal(str)
    """The epoch and the rate under the pointer; "" once it is elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("schedulePreview", bottom=self.tr("epoch"), parent=parent)
        item = self.getPlotItem()
        item.setAxisItems({side: Axis(side) for side in ("left", "bottom")})
        self.dress()
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        item.setMouseEnabled(False, False)
        self._shown: tuple[object, ...] | None = None
        self._x, self._y = np.zeros(0), np.zeros(0)
        self._curve = item.plot(name="learning rate")
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        item.addItem(self._line, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._point)
        self.redress()

    def redress(self) -> None:
        look = theme.current()
        self._curve.setPen(pen("good", 1.8))
        fill = look.color("good")
        fill.setAlpha(28)
        self._curve.setFillLevel(0)
        self._curve.setBrush(fill)
        self._curve.setSymbolBrush(look.color("good"))
        self._curve.setSymbolPen(None)
        self._line.setPen(pen("muted", 1, dash=True))

    def show_schedule(self, training: TrainingSection, steps_per_epoch: int) -> None:
        """Draw the schedule of these settings."""
        shown = (training.schedule, training.optimizer.lr, training.epochs, steps_per_epoch)
        if shown == self._shown:
            return
        self._shown = shown
        self._x, self._y = preview(
            training.schedule, training.optimizer.lr, training.epochs, steps_per_epoch, POINTS
        )
        self._curve.setData(self._x, self._y, symbol="o" if len(self._x) == 1 else None, symbolSize=6)
        item = self.getPlotItem()
        item.setXRange(0, training.epochs, padding=0.03)
        item.setYRange(0, 1.08 * float(self._y.max()), padding=0)
        first, last = self._y[0], self._y[-1]
        told = self.tr("Learning rate over {} epochs: starts at {}, is {} at most, ends at {}")
        self.setAccessibleName(
            told.format(training.epochs, f"{first:.3g}", f"{self._y.max():.3g}", f"{last:.3g}")
        )

    def rate_at(self, epoch: float) -> float:
        """Return the rate that is drawn at an epoch."""
        return float(np.interp(epoch, self._x, self._y))

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self._line.hide()
        self.pointed.emit("")

    def _point(self, place: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        if not len(self._x) or not box.sceneBoundingRect().contains(place):
            self._line.hide()
            self.pointed.emit("")
            return
        epoch = float(np.clip(box.mapSceneToView(place).x(), self._x[0], self._x[-1]))
        self._line.setPos(epoch)
        self._line.show()
        self.pointed.emit(self.tr("epoch {}: {}").format(f"{epoch:.1f}", f"{self.rate_at(epoch):.3g}"))
