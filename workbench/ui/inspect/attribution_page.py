"""Attribution: which parts of the sample an answer hangs on, by several methods side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from workbench.ui import theme
from workbench.ui.cards import Empty, button, scrolling
from workbench.ui.inspect.attribution_bar import AttributionBar
from workbench.ui.inspect.attribution_grid import LEAST, READ, Tiles
from workbench.ui.inspect.attribution_methods import ATTRIBUTIONS, keep, kept, kind_of
from workbench.ui.inspect.attribution_reading import form_of
from workbench.ui.inspect.attribution_tile import AttributionTile
from workbench.ui.inspect.attribution_turns import Turns
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.inspection import Inspection, inspect
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.sample_card import SampleCard
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

TALL = 300
"""Pixels that the tiles scroll in at least."""


class AttributionPage(InspectPage):
    """The sample on the left, a tile a method on the right."""

    needs = ("captum.attr",)

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.setObjectName("attributionPage")
        self._turns = Turns(self)
        self._made: dict[str, AttributionTile] = {}
        self._layers: dict[str, str] = {}
        self._kind = ""
        self._found: Inspection | None = None
        self._seen = Latest(workspace.jobs)
        self._seen.answered.connect(self._on_seen)
        # samples are gone through quickly, and edits come in bursts
        self._soon = QTimer(self, singleShot=True, interval=30)
        self._soon.timeout.connect(self._begin)
        self._then: Callable[[], None] = self._ask_all
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._make_tile)

    def make_parts(self) -> Iterator[None]:
        self.bar = AttributionBar()
        self.column.addWidget(self.bar)
        yield
        self.bar.aim.changed.connect(self._ask)
        self.bar.methods.chosen.connect(self._on_chosen)
        self.bar.look_changed.connect(self._on_look)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self.column.addLayout(row, 1)
        self._sample = SampleCard()
        row.addWidget(self._sample)
        yield
        self._tiles = Tiles()
        self._none = Empty(
            "list-checks",
            self.tr("No methods are ticked"),
            self.tr("Tick those that you want to see side by side."),
        )
        tick = button(self.tr("Choose methods"), "primary", name="attributionChoose")
        tick.clicked.connect(self.bar.methods.open)
        self._none.buttons.addWidget(tick)
        self._body = QStackedWidget()
        self._body.setMinimumHeight(TALL)
        self._body.addWidget(scrolling(self._tiles))
        self._body.addWidget(self._none)
        row.addWidget(self._body, 1)
        self.inspected.layer_changed.connect(self._on_layer)

    def tile(self, name: str) -> AttributionTile:
        """Return the tile of a method, making it if it is the first time."""
        if name not in self._made:
            made = AttributionTile(self.workspace, ATTRIBUTIONS[name], self._turns)
            made.show_look(self.bar.look)
            made.edited.connect(partial(self._ask_one, name))
            self._made[name] = made
        return self._made[name]

    def look(self) -> None:
        self._soon.start()

    def leave(self) -> None:
        unasked = self._soon.isActive() or self._more.isActive()
        if unasked or any(tile.pending for tile in self._made.values()):
            self._soon.stop()
            self._more.stop()
            self._turns.clear()
            self._stale = True  # ask again when the page is shown again

    def _begin(self) -> None:
        dataset = self.inspected.dataset
        if dataset is None or not self.inspected.ready:
            return
        if self._kind != kind_of(dataset):
            self._kind = kind_of(dataset)
            self.bar.methods.tick(kept(dataset))
        value = "" if dataset.classes else self.tr("the predicted {}").format(dataset.target)
        self.bar.fit(form_of(dataset), value)
        self.bar.aim.follow(dataset, self.inspected.sample)
        self._seen.ask(partial(inspect, self.inspected.subject()))
        self._ask()

    def _ask(self) -> None:
        """Ask all methods that are shown, in the order in which they stand."""
        self._turns.clear()
        self._with_tiles(self._ask_all)

    def _ask_all(self) -> None:
        for name in self._show_tiles():
            self._ask_one(name)

    def _with_tiles(self, act: Callable[[], None]) -> None:
        """Act once all tiles that are ticked are there: they are made one each turn of the event loop."""
        if not self._more.isActive() or act == self._ask_all:
            self._then = act
        self._make_tile()

    def _make_tile(self) -> None:
        missing = next((name for name in self.bar.methods.names if name not in self._made), None)
        if missing is None:
            self._more.stop()
            self._then()
        else:
            made = self.tile(missing)
            made.setParent(self._tiles)
            made.hide()  # until all of them are shown
            self._more.start()

    def _ask_one(self, name: str) -> None:
        dataset, inspected = self.inspected.dataset, self.inspected
        if dataset is None or not inspected.ready:
            return
        target = self.bar.aim.target(dataset, inspected.sample)
        tile = self.tile(name)
        self._layers[name] = layer = tile.settings.layer_for(inspected.layer)
        tile.set_hint(layer)
        make = inspected.subject(layer=layer, target=target)
        tile.ask(make, dataset, inspected.sample_words)

    def _show_tiles(self) -> tuple[str, ...]:
        names, dataset = self.bar.methods.names, self.inspected.dataset
        least = LEAST if dataset is not None and form_of(dataset) == "picture" else READ
        self._tiles.display([self.tile(name) for name in names], least)
        self._body.setCurrentIndex(0 if names else 1)
        return names

    def _on_chosen(self) -> None:
        dataset = self.inspected.dataset
        if dataset is not None:
            keep(dataset, self.bar.methods.names)
        self._with_tiles(self._ask_new)

    def _ask_new(self) -> None:
        """Ask the methods that were ticked just now, and end the others."""
        before = {name for name, tile in self._made.items() if tile.isVisibleTo(self._tiles)}
        names = self._show_tiles()
        for name in names:
            if name not in before:
                self._ask_one(name)
        for name in before - set(names):
            self._made[name].halt()

    def _on_layer(self, layer: str) -> None:
        """Another layer is selected in the stack: for the methods that are of a layer."""
        if not self.isVisible():
            self._stale = True
            return
        if self._more.isActive():
            return  # all are asked once they are there
        for name in self.bar.methods.names:
            if self._layers.get(name) != self.tile(name).settings.layer_for(layer):
                self._ask_one(name)

    def _on_look(self) -> None:
        for tile in self._made.values():
            tile.show_look(self.bar.look)

    def _on_seen(self, found: Inspection) -> None:
        if found.dataset is not self.inspected.dataset:
            return  # others were opened meanwhile
        self._found = found
        self._sample.display(found, found.dataset)
        self.bar.aim.name(found)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        found: Inspection | None = getattr(self, "_found", None)
        if event.type() == QEvent.Type.PaletteChange and found is not None:
            self._on_seen(found)  # words in the theme's colours
