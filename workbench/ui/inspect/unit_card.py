"""One unit of the layer: the samples that make it fire most, and the input that it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from workbench.ui.cards import Card, Segments, button
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.unit_maximisation import UnitMaximisation
from workbench.ui.inspect.unit_samples import UnitSamples
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

LOW, TALL = 92, 270
"""Its height with a question only, and with an answer."""


class UnitCard(Card):
    """Follows the layer's card; it is low until something is asked."""

    sample_wanted = Signal(int)
    asked = Signal()
    """A person asks about this very unit: it is to stay while samples change."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__("Unit")
        self.setObjectName("inspectUnit")
        self._workspace, self._inspected = workspace, inspected
        self._meant: tuple[object, ...] = ()
        self._layer, self._unit, self._words = "", -1, ""
        self._which = Segments(
            [("samples", self.tr("Top samples")), ("maximisation", self.tr("Activation maximisation"))],
            "unitView",
        )
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="inspectUnitSave")
        self._save.clicked.connect(self._offer_save)
        self.head.addWidget(self._which)
        self.head.addWidget(self._save)
        self._views = QStackedWidget()
        self.body.addWidget(self._views, 1)

    def make_views(self) -> Iterator[None]:
        """Make both views, and yield between them; it is about nothing before they are there."""
        self.samples = UnitSamples(self._workspace, self._inspected)
        self._views.addWidget(self.samples)
        self.samples.sample_wanted.connect(self.sample_wanted)
        self.samples.ask_button.clicked.connect(self._ask)
        yield
        self.maximisation = UnitMaximisation(self._workspace, self._inspected)
        self._views.addWidget(self.maximisation)
        self.maximisation.start.clicked.connect(self.asked)
        for view in (self.samples, self.maximisation):
            view.changed.connect(self._follow)
        self.samples.job.busy_changed.connect(self._follow)
        self._which.group.buttonClicked.connect(self._follow)
        self._follow()

    def show_unit(self, meant: tuple[object, ...], layer: str, unit: int, name: str) -> None:
        """Be about a unit; what was found stays while ``meant``, all that it hangs on, is the same."""
        if meant == self._meant:
            return
        self._meant = meant
        self._layer, self._unit = layer, unit
        self._words = self.tr("{} of {}").format(name, layer) if name else ""
        self.title.setText(f"{name[:1].upper()}{name[1:]} · {layer}" if name else self.tr("Unit"))
        self.samples.forget(self._words)
        self.maximisation.forget(layer, unit, self._words)

    def find_samples(self) -> None:
        """Look for the unit's top samples, if they are what is in view."""
        if self._which.value == "samples" and self.samples.found is None:
            self._ask()

    def leave(self) -> None:
        """End what is under way."""
        self.samples.job.cancel()
        self.maximisation.job.cancel()

    def _ask(self) -> None:
        if self._unit >= 0:
            self.asked.emit()
            self.samples.ask(self._layer, self._unit, self._words)

    def _follow(self) -> None:
        self._views.setCurrentIndex(0 if self._which.value == "samples" else 1)
        self._save.setEnabled(self._view() is not None)
        # words that wrap have no least height, and would let a small window squeeze all into each other
        asking = self._which.value == "samples" and self.samples.idle
        self.setFixedHeight(LOW if asking else TALL)

    def _view(self) -> View | None:
        return self.samples.view() if self._which.value == "samples" else self.maximisation.view()

    def _offer_save(self) -> None:
        view = self._view()
        if view is not None:
            save_menu.offer(self, self._workspace, view)
