"""Maps side by side, one of them large: channels, filters, the heads of an attention."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Segments, label, scrolling
from workbench.ui.color_scale import ColorScale
from workbench.ui.gallery import Gallery
from workbench.ui.images import heats
from workbench.ui.inspect.layer_look import AT_ONCE
from workbench.ui.inspect.layer_values import Array, Shown
from workbench.ui.inspect.layer_view import LayerView
from workbench.ui.jobs import Jobs, Latest
from workbench.ui.matrix_plot import MatrixPlot

MOST = 256
"""Maps drawn at once; more than that nobody compares by eye."""
SIDE = 72
PIXELS = 60_000
"""Pixels of maps that are coloured in one frame."""


class MapsView(LayerView):
    """A gallery, sorted by number or by strength, and the map that is chosen with its values."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._drawn: Shown | None = None
        self._ordering = Latest(jobs)
        self._ordering.answered.connect(self._on_ordered)
        self._order: list[int] = []
        self._items: list[tuple[QImage, str, str]] = []
        self._step = 1
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._add_maps)
        self._strongest = self._chosen = -1
        self.sort = Segments(
            [("number", self.tr("By number")), ("strength", self.tr("By strength"))], "mapsSort"
        )
        self.sort.group.buttonClicked.connect(self._arrange)
        self._scale = ColorScale("mapsScale")
        self._more = label("", "small", name="mapsMore")
        top = QHBoxLayout()
        top.addWidget(self.sort)
        top.addWidget(self._more)
        top.addStretch(1)
        top.addWidget(self._scale)
        self.column.addLayout(top)
        self.gallery = Gallery("featureMaps", SIDE)
        self.gallery.chosen.connect(self._on_chosen)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(2, 2, 4, 0)
        inner.addWidget(self.gallery, 0, Qt.AlignmentFlag.AlignTop)
        inner.addStretch(1)
        self._title = label("", "heading", name="zoomTitle")
        self.zoom = MatrixPlot("zoomedMap", square=True)
        self.zoom.told.connect(self.told)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(self._title)
        side.addWidget(self.zoom, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self._area = scrolling(holder)
        row.addWidget(self._area, 3)
        row.addLayout(side, 2)
        self.column.addLayout(row, 1)

    def display(self, shown: Shown, strongest: int, chosen: int) -> None:
        self._shown, self._strongest = shown, strongest
        self._scale.display(signed=shown.signed, limit=shown.limit)
        for part in (self.sort, self._area):
            part.setVisible(len(shown.main) > 1)
        self._chosen = chosen
        self._arrange()

    def mark(self, chosen: int) -> None:
        self._chosen = chosen
        self.gallery.mark(self._order.index(chosen) if chosen in self._order else -1)
        self._enlarge()

    def _on_chosen(self, place: int) -> None:
        at = self.gallery.rect_of(place)
        self._area.ensureVisible(at.center().x(), at.center().y(), 0, SIDE)
        self.chosen.emit(self._order[place])

    def _arrange(self) -> None:
        shown = self._shown
        self._soon.stop()
        if shown is None:
            return
        by_strength = self.sort.value == "strength"
        if by_strength and shown.main.size <= AT_ONCE:
            self._draw(shown, strongest_first(shown.main))
            return
        if not by_strength or self._drawn is not shown:
            self._draw(shown, np.arange(len(shown.main)))
        if by_strength:
            self._ordering.ask(lambda: (shown, strongest_first(shown.main)))

    def _on_ordered(self, answer: tuple[Shown, Array]) -> None:
        shown, order = answer
        if shown is self._shown and self.sort.value == "strength":
            self._soon.stop()
            self._draw(shown, order)

    def _draw(self, shown: Shown, order: Array) -> None:
        maps, self._drawn = shown.main, shown
        self._order = [int(number) for number in order[:MOST]]
        self._more.setText("" if len(maps) <= MOST else self.tr("{} of {}").format(MOST, len(maps)))
        step = max(1, min(maps.shape[1:]) // SIDE)
        self._step = step
        self._items = []
        self._add_maps()
        self.mark(self._chosen)

    def _add_maps(self) -> None:
        """Draw as many more maps as a frame has time for, and the others in the next ones."""
        shown = self._shown
        if shown is None:
            return
        maps, step, done = shown.main, self._step, len(self._items)
        pixels = max(1, (maps.shape[1] // step) * (maps.shape[2] // step))
        numbers = self._order[done : done + max(1, PIXELS // pixels)]
        pictures = heats(maps[numbers, ::step, ::step], signed=shown.signed, limit=shown.limit)
        for number, picture in zip(numbers, pictures, strict=True):
            most = number == self._strongest and shown.is_unit
            caption = self.tr("{} · most").format(number) if most else str(number)
            self._items.append((picture, caption, "accent" if most else "muted"))
        current = self.gallery.current
        self.gallery.display(self._items, SIDE)
        self.gallery.mark(current)
        if len(self._items) < len(self._order):
            self._soon.start()

    def _enlarge(self) -> None:
        shown = self._shown
        if shown is None:
            return
        number = self._chosen if 0 <= self._chosen < len(shown.main) else self._order[0]
        self._title.setText(f"{shown.word.capitalize()} {number}")
        attention = shown.word == "head"
        self.zoom.name_axes(self.tr("key") if attention else "", self.tr("query") if attention else "")
        names = shown.names
        rows = names if len(names) == shown.main.shape[1] else ()
        self.zoom.display(
            shown.main[number], signed=shown.signed, limit=shown.limit, rows=rows, columns=names
        )


def strongest_first(maps: Array) -> Array:
    """Return the numbers of maps, (n, height, width), by their largest absolute finite value."""
    strength = np.abs(np.nan_to_num(maps, nan=0.0, posinf=0.0, neginf=0.0)).max((1, 2))
    return np.argsort(-strength, kind="stable")
