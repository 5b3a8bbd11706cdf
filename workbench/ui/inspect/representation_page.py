"""Representation: what layers make of many samples at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget

from workbench.ui.cards import Segments
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.representation_confusion import ConfusionView
from workbench.ui.inspect.representation_map import MapView
from workbench.ui.inspect.representation_probes import ProbesView
from workbench.ui.inspect.representation_question import Answers
from workbench.ui.inspect.representation_similarity import SimilarityView
from workbench.ui.inspect.representation_view import RepresentationView
from workbench.ui.workspace import Workspace

SOON_MS = 60
"""How long the selection rests before a layer is asked about: people walk through the stack by keys."""


class RepresentationPage(InspectPage):
    """One view at a time; each keeps what it showed."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.setObjectName("representationPage")
        self._answers = Answers()
        self._makers: dict[str, Callable[[Workspace, Inspected, Answers], RepresentationView]] = {
            "map": MapView,
            "probes": ProbesView,
            "similarity": SimilarityView,
            "confusion": ConfusionView,
        }
        self._made: dict[str, RepresentationView] = {}
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(lambda: self.shown.look())

    def make_parts(self) -> Iterator[None]:
        texts = [self.tr("Map"), self.tr("Probes"), self.tr("Similarity"), self.tr("Confusion")]
        self._which = Segments(list(zip(self._makers, texts, strict=True)), "representationViews")
        self._views = QStackedWidget()
        self.column.addWidget(self._which)
        self.column.addWidget(self._views, 1)
        yield
        self._which.group.buttonClicked.connect(lambda: self.show_view(self._which.value))
        self.inspected.layer_changed.connect(self._on_layer)
        self.show_view("map")

    @property
    def shown(self) -> RepresentationView:
        """The view that is shown."""
        return self._made[self._which.value]

    def show_view(self, name: str) -> RepresentationView:
        """Show a view, making it if it is the first time, and ask what is inspected now."""
        self._which.choose(name)
        if name not in self._made:
            made = self._made[name] = self._makers[name](self.workspace, self.inspected, self._answers)
            self._views.addWidget(made)
        self._views.setCurrentWidget(self._made[name])
        if self.isVisible():
            self.shown.look()
        return self._made[name]

    def look(self) -> None:
        self.shown.look()

    def _on_layer(self, _layer: str) -> None:
        if self.isVisible() and self.inspected.ready:
            self.shown.follow()
            self._soon.start()
        else:
            self._stale = True
