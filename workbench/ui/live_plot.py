"""The live curves: training thin and smoothed, validation as points, a past run dashed, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.axis import Axis
from workbench.ui.curve import Curve
from workbench.ui.drawn_curve import DrawnCurve, smoothed_at
from workbench.ui.plot_legend import Line
from workbench.ui.plot_marks import Mark, PlotMarks
from workbench.ui.plots import Plot, Series, pen
from workbench.ui.seen_part import SeenPart, Span
from workbench.ui.view_wide import WideDots

FEW = 60
"""Validation points up to which each gets a dot."""


class LivePlot(Plot):
    """Loss or metric over epochs. Wheel and mouse change what part is seen; values fit by themselves."""

    looked = Signal()
    """`lines`, `place`, `sees_all` or `follows` is new."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom="", parent=parent)
        item = self.getPlotItem()
        item.setAxisItems({side: Axis(side) for side in ("left", "bottom")})
        for side in ("left", "bottom"):
            item.getAxis(side).setStyle(maxTickLevel=0, tickAlpha=255)
        self.dress()
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.setMouseEnabled(x=True, y=False)
        self._part = SeenPart(self._box)
        self._legend = item.addLegend(offset=(-10, 6), labelTextSize="11px")
        self._legend.hide()  # the page has one with values; this one is for pictures that are saved
        self._past = DrawnCurve()
        self._raw = DrawnCurve()
        self._smooth = DrawnCurve(smooth=True, name="train")
        self._validation = DrawnCurve(name="validation")
        self._past_name = ""
        for drawn in self._drawn:
            item.addItem(drawn.item)
        self._dots = WideDots(5)
        item.addItem(self._dots)
        self._marks = PlotMarks(item)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        item.addItem(self._cursor, ignoreBounds=True)
        self._above = pg.TextItem(anchor=(0.5, 0))
        self._above.setParentItem(self._box)
        self._above.setToolTip(self.tr("A few values are outside of the scale. Log scale shows them."))
        self._above.hide()
        self._log = self._stale = False
        self.place: float | None = None
        """Where the cursor is, in epochs."""
        self._box.sigXRangeChanged.connect(self._draw)
        self._box.sigRangeChangedManually.connect(self._move)
        self.scene().sigMouseMoved.connect(self._hover)
        self.redress()

    @property
    def _drawn(self) -> tuple[DrawnCurve, ...]:
        return self._past, self._raw, self._smooth, self._validation

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=False, y=True, alpha=1.0)

    def redress(self) -> None:
        look = theme.current()
        # Opaque and thin: one that can be seen through, or is thicker, takes ten times as long to draw.
        self._raw.item.setPen(pg.mkPen(_mixed(look.color("accent"), look.color("card"), 0.42), width=1))
        self._smooth.item.setPen(pen("accent", 2))
        self._validation.item.setPen(pen("validation", 2))
        self._dots.set_color(look.color("validation"))
        self._past.item.setPen(pen("muted", 1, dash=True))
        self._cursor.setPen(pen("muted", 1))
        self._above.setColor(look.color("muted"))
        self._legend.setLabelTextColor(look.color("muted"))
        for _, text in self._legend.items:  # those made before keep their colour otherwise
            text.setText(text.text, color=look.muted)
        self._place_marks()

    # What is drawn

    def show_curves(self, train: Curve | None, validation: Curve | None) -> None:
        """Draw these curves as they are now."""
        self._raw.show(train)
        self._smooth.show(train)
        self._validation.show(validation)
        self._show_new()

    def show_past(self, name: str, curve: Curve | None, *, noisy: bool = False) -> None:
        """Draw a past run's curve dashed, smoothed if it is ``noisy``; None for none."""
        self._past.show(curve)
        self._past.smooth, self._past_name = noisy, name
        self._show_new()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show what happened, in place of what was shown before."""
        if self._marks.show(marks):
            self._place_marks()

    def clear_curves(self) -> None:
        """Draw nothing, and see all again."""
        self._part.reset()
        for drawn in self._drawn:
            drawn.show(None)
        self.set_marks(())
        self._show_new()

    def set_log(self, on: bool) -> None:
        """Draw the values on a logarithmic scale, or not."""
        self._log = on
        self.getPlotItem().setLogMode(y=on)
        self._draw()

    def _show_new(self) -> None:
        self._stale = True
        self._keep_up()  # which draws, if it sees another part then
        if self._stale:
            self._draw()
        self.looked.emit()

    # What part is seen

    @property
    def sees_all(self) -> bool:
        """Whether the curves are seen whole, also as they grow."""
        return self._part.sees_all

    @property
    def follows(self) -> bool:
        """Whether the view moves along with the newest point."""
        return self._part.follows

    def show_all(self) -> None:
        """See the curves whole, also as they grow."""
        self._part.reset()
        span = self._span()
        if span is not None:
            self._part.see_span(span)
        self.looked.emit()

    def set_follows(self, on: bool) -> None:
        """Move along with the newest point, or not."""
        self._part.follows = on
        if on:
            self._part.sees_all = False
            self._keep_up()
        self.looked.emit()

    def see(self, x0: float, x1: float) -> None:
        """See a part of the curves, in epochs."""
        self._part.sees_all = self._part.follows = False
        self._part.see(x0, x1)
        self.looked.emit()

    def _span(self) -> Span | None:
        spans = [drawn.curve.span for drawn in self._drawn if drawn.curve]
        return (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None

    def _newest(self) -> float | None:
        live = (drawn.curve for drawn in (self._raw, self._validation))
        return max((curve.span[1] for curve in live if curve), default=None)

    def _keep_up(self) -> None:
        span = self._span()
        if span is not None:
            self._part.keep_up(span, self._newest())

    def _move(self) -> None:
        span = self._span()
        if span is not None:
            self._part.moved(span, self._newest())
        self.looked.emit()

    # Drawing

    def _draw(self) -> None:
        """Draw the part that is seen, from about as many numbers as there are pixels."""
        self._stale = False
        x0, x1 = self._part.range
        pixels = max(50, int(self._box.width()))
        seen = [drawn.draw(x0, x1, pixels, self._log) for drawn in self._drawn]
        few = self._validation.curve is not None and len(self._validation.curve) <= FEW
        self._dots.setVisible(few)
        if few:
            self._dots.show_points(*seen[-1])
        most = self._part.fit(np.concatenate([y for _, y in seen]), whole=self._log)
        self._above.setVisible(most is not None)
        if most is not None:
            self._above.setText(self.tr("▲ up to {}").format(f"{most:.4g}"))
            self._above.setPos(self._box.width() / 2, 0)
        self._place_marks()

    def _place_marks(self) -> None:
        bottom, top = self._box.viewRange()[1]
        self._marks.place(bottom, top, self._log)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_marks"):
            self._draw()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        event.accept()  # or the page below would take part in the drag

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.accept()

    def lines(self) -> list[Line]:
        """The curves that are drawn, with their values where the cursor is."""
        found, train = [], self._raw.curve
        if train:
            found.append(Line("train", "accent", "line", self._value(train)))
        if train and self.place is not None:
            found.append(Line("smoothed", "accent", "line", smoothed_at(train, self.place)))
        if self._validation.curve:
            found.append(Line("validation", "validation", "dot", self._value(self._validation.curve)))
        if self._past.curve:
            found.append(Line(self._past_name, "muted", "dash", self._value(self._past.curve)))
        return found

    def _value(self, curve: Curve) -> float | None:
        return None if self.place is None else curve.point(curve.nearest(self.place))[1]

    def _hover(self, at: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(at) and self._span() is not None
        self.place = float(self._box.mapSceneToView(at).x()) if inside else None
        self._cursor.setVisible(inside)
        if self.place is not None:
            self._cursor.setPos(self.place)
        self.looked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.place = None
        self._cursor.hide()
        self.looked.emit()

    # Taking it away

    def series(self) -> Series:
        """Return every curve whole."""
        named = {"train": self._raw, "validation": self._validation, self._past_name: self._past}
        return {name: (drawn.curve.x, drawn.curve.y) for name, drawn in named.items() if drawn.curve}

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """With a legend and the axis's name in the picture, which the card tells otherwise."""
        axis = self.getPlotItem().getAxis("bottom")
        axis.setLabel("epoch", color=theme.current().muted)
        self._legend.show()
        try:
            yield
        finally:
            self._legend.hide()
            axis.showLabel(False)

    def copy_picture(self) -> None:
        with self._explained():
            super().copy_picture()

    def save(self, path: Path) -> None:
        with self._explained():
            super().save(path)


def _mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """A colour as it looks on a ground through which so much of it shows."""
    over = ((color.red(), ground.red()), (color.green(), ground.green()), (color.blue(), ground.blue()))
    return QColor(*(round(share * a + (1 - share) * b) for a, b in over))
