"""A map of samples, of which some can be selected by drawing round them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.inspect.lasso import corners, inside, nearest
from workbench.ui.inspect.map_outline import Outline
from workbench.ui.inspect.map_points import MapPoints, Places

Tool = Literal["lasso", "rectangle", "pan"]
REACH = 10
"""Pixels from a point at which it is meant."""
CLICK = 4
"""Pixels that the mouse may move in a click."""


class MapPlot(MapPoints):
    """The wheel zooms, a double click beside points shows all again; arrow keys go from point to point."""

    picked = Signal(object)
    """Places that a person selected, int64."""
    pointed = Signal(int, QPointF)
    """The point under the mouse, -1 for none, and where the mouse is."""
    opened = Signal(int)
    """A point was double-clicked, or Enter pressed on it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setAccessibleName(self.tr("Map of samples"))
        self.tool: Tool = "lasso"
        self._outline = Outline(self.viewport())
        self._start: QPointF | None = None
        self._pointed = -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if event.button() != Qt.MouseButton.LeftButton or not self._box.sceneBoundingRect().contains(here):
            super().mousePressEvent(event)
            return
        self.setFocus()
        self._start = here
        if self.tool == "pan":
            super().mousePressEvent(event)
        else:
            self._outline.begin(here, self.tool)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._outline.drawing:
            self._outline.extend(event.position())
            event.accept()
            return
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._start = self._start, None
        drawn = self._outline.end()
        if self.tool == "pan" or start is None:
            super().mouseReleaseEvent(event)
        if start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        adds = bool(
            event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )
        end, positions = event.position(), self.positions()
        if (end - start).manhattanLength() <= CLICK and len(drawn) <= 8:
            place = nearest(positions, (end.x(), end.y()), REACH)
            self._pick(np.array([place] if place >= 0 else [], np.int64), adds)
        elif self.tool != "pan":
            if self.tool == "rectangle":
                drawn = corners((start.x(), start.y()), (end.x(), end.y()))
            self._pick(np.flatnonzero(inside(positions, drawn)), adds)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = nearest(self.positions(), (event.position().x(), event.position().y()), REACH)
        if place >= 0:
            self.opened.emit(place)
        else:
            self.getPlotItem().enableAutoRange()

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self._tell(-1, QPointF())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        way = {key.Key_Left: (-1, 0), key.Key_Right: (1, 0), key.Key_Up: (0, -1), key.Key_Down: (0, 1)}
        pressed = key(event.key())
        if pressed in way:
            self._step(way[pressed])
        elif pressed in (key.Key_Return, key.Key_Enter) and self._pointed >= 0:
            self.opened.emit(self._pointed)
        elif pressed == key.Key_Space and self._pointed >= 0:
            self._pick(np.array([self._pointed], np.int64), True)
        elif pressed == key.Key_Escape:
            self._outline.end()
            self._pick(np.zeros(0, np.int64), False)
        elif pressed in (key.Key_Plus, key.Key_Minus):
            self._box.scaleBy((0.8, 0.8) if pressed == key.Key_Plus else (1.25, 1.25))
        elif pressed == key.Key_Home:
            self.getPlotItem().enableAutoRange()
        else:
            super().keyPressEvent(event)

    def _step(self, way: tuple[int, int]) -> None:
        """Point at the nearest point in a direction."""
        positions = self.positions()
        at = self._pointed if self._pointed >= 0 else max(self._current, 0)
        if not len(positions) or np.isnan(positions[at]).any():
            return
        apart = positions - positions[at]
        along, across = apart @ np.array(way), np.abs(apart @ np.array(way[::-1]))
        cost = np.where((along > 0.5) & (across <= 2 * along), along + 2 * across, np.inf)
        place = int(np.nanargmin(cost))
        if np.isfinite(cost[place]):
            self._tell(place, QPointF(*positions[place]))

    def _point_at(self, here: QPointF) -> None:
        self._tell(nearest(self.positions(), (here.x(), here.y()), REACH), here)

    def _tell(self, place: int, here: QPointF) -> None:
        if place != self._pointed or place >= 0:
            self._pointed = place
            self.pointed.emit(place, here)

    def _pick(self, places: Places, adds: bool) -> None:
        if adds:
            places = np.union1d(self._selected, places)
        self.select(places.astype(np.int64))
        self.picked.emit(self._selected)
