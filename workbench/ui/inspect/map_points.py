"""Points in colours, some of them marked: what a map draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from workbench.ui import theme
from workbench.ui.focus_ring import FocusRing
from workbench.ui.inspect.map_colors import Group
from workbench.ui.inspect.map_dots import Dots
from workbench.ui.plots import Plot, Series, pen

Places = NDArray[np.int64]
FAINT = 0.28
"""How much is seen of points while others are selected."""
FLAT = 5
"""How many times wider than high a map may be that has one scale for both directions."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A group and its points."""

    group: Group
    points: Dots


class MapPoints(Plot):
    """Points by their places, 0 to n - 1."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._points = np.zeros((0, 2))
        self._drawn: list[_Drawn] = []
        self._chosen: list[Dots] = []
        self._hidden: set[str] = set()
        self._selected: Places = np.zeros(0, np.int64)
        self._current = -1
        item = self.getPlotItem()
        self._box = item.getViewBox()
        item.showGrid(x=False, y=False)
        self._mark = pg.ScatterPlotItem(size=17, brush=None)
        self._mark.setZValue(2)
        item.addItem(self._mark, ignoreBounds=True)
        self._guest = pg.ScatterPlotItem(size=7, pen=None)
        FocusRing(self)
        self._guest.setZValue(2)
        item.addItem(self._guest)
        self.redress()

    def redress(self) -> None:
        self.getPlotItem().showGrid(x=False, y=False)
        self._mark.setPen(pen("accent", 2.6))
        self._guest.setBrush(pg.mkBrush(theme.current().color("text")))
        for chosen in self._chosen:
            chosen.setPen(pen("text", 1.2))

    def show_points(
        self, points: NDArray[np.float64], groups: tuple[Group, ...], axes: tuple[str, str]
    ) -> None:
        """Show new points, (n, 2), with nothing selected; ``axes`` name both directions, "" for none."""
        item = self.getPlotItem()
        self._points, self._selected = points, np.zeros(0, np.int64)
        spread = np.ptp(points, axis=0)
        self._box.setAspectLocked(bool(spread.max() < FLAT * spread.min()))
        for side, text in zip(("bottom", "left"), axes, strict=True):
            item.showAxis(side, bool(text))
            self._labels[side] = text
        self.dress()
        self.redress()
        self.show_groups(groups)
        self.mark(-1)
        item.enableAutoRange()

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """Colour the points."""
        item = self.getPlotItem()
        for drawn in self._drawn:
            item.removeItem(drawn.points)
        self._drawn = []
        size = 7 if len(self._points) < 4000 else 5
        for group in groups:
            color = pg.mkColor(group.color)
            color.setAlpha(215)
            at = self._points[group.places]
            points = Dots(at[:, 0], at[:, 1], size=size, pen=None, brush=color)
            item.addItem(points)
            self._drawn.append(_Drawn(group, points))
        self._follow()

    def hide_groups(self, names: set[str]) -> None:
        """Hide groups by their names; all others are shown."""
        self._hidden = set(names)
        self._follow()

    def select(self, places: Places) -> None:
        """Mark places as selected, the others faint."""
        self._selected = places
        self._follow()

    @property
    def selected(self) -> Places:
        """The places that are selected."""
        return self._selected

    def mark(self, place: int) -> None:
        """Mark the sample that is inspected, -1 for none."""
        self._current = place
        here = self._points[[place]] if place >= 0 else self._points[:0]
        self._mark.setData(here[:, 0], here[:, 1])
        self._guest.setData([], [])

    def mark_at(self, point: NDArray[np.float64]) -> None:
        """Mark where the inspected sample lies that is none of the points, (2,)."""
        self.mark(-1)
        for item in (self._mark, self._guest):
            item.setData(point[:1], point[1:])

    def _follow(self) -> None:
        for drawn in self._drawn:
            name = drawn.group.name
            drawn.points.setVisible(name not in self._hidden or not name)
            drawn.points.setOpacity(FAINT if len(self._selected) else 1.0)
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        """Draw the selected points over the others, which are faint."""
        item = self.getPlotItem()
        for old in self._chosen:
            item.removeItem(old)
        self._chosen = []
        for drawn in self._drawn if len(self._selected) else ():
            places = np.intersect1d(drawn.group.places, self._selected, assume_unique=True)
            if len(places) and drawn.points.isVisible():
                at = self._points[places]
                size = drawn.points.opts["size"] + 2
                chosen = Dots(at[:, 0], at[:, 1], size=size, pen=pen("text", 1.2), brush=drawn.group.color)
                chosen.setZValue(1)
                item.addItem(chosen, ignoreBounds=True)
                self._chosen.append(chosen)

    def series(self) -> Series:
        """See `Plot.series`."""
        return {
            drawn.group.name or f"shade {number + 1}": (
                self._points[drawn.group.places, 0],
                self._points[drawn.group.places, 1],
            )
            for number, drawn in enumerate(self._drawn)
        }

    def positions(self) -> NDArray[np.float64]:
        """Return where the points are in the widget, (n, 2) pixels; nan for those of hidden groups."""
        rect = self._box.sceneBoundingRect()
        (left, right), (bottom, top) = self._box.viewRange()
        found = np.full(self._points.shape, np.nan)
        for drawn in self._drawn:
            if drawn.points.isVisible():
                places = drawn.group.places
                points = self._points[places]
                found[places, 0] = rect.left() + (points[:, 0] - left) / (right - left) * rect.width()
                found[places, 1] = rect.bottom() - (points[:, 1] - bottom) / (top - bottom) * rect.height()
        return found
