"""Surrogates: the network as a black box, by simple models of its answers and what these hang on."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from workbench.interpret.method import Method
from workbench.interpret.surrogates.dependence import PartialDependence
from workbench.interpret.surrogates.importance import PermutationImportance
from workbench.interpret.surrogates.linear import LinearSvm
from workbench.interpret.surrogates.tree import DecisionTree
from workbench.ui.cards import Card, Segments
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.surrogate_dependence import DependenceView
from workbench.ui.inspect.surrogate_importance import ImportanceView
from workbench.ui.inspect.surrogate_linear import LinearSurrogate
from workbench.ui.inspect.surrogate_tree import TreeSurrogate
from workbench.ui.inspect.surrogate_view import SurrogateView
from workbench.ui.workspace import Workspace

VIEWS: tuple[tuple[str, str, type[Method]], ...] = (
    ("tree", "Tree", DecisionTree),
    ("linear", "Linear", LinearSvm),
    ("dependence", "Dependence", PartialDependence),
    ("importance", "Importance", PermutationImportance),
)
"""A view's name, what its button says, and the method behind it."""


class SurrogatePage(InspectPage):
    """A card of views; the one that is shown asks, and what was found is kept."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self._made: dict[str, SurrogateView] = {}
        self._seen: tuple[object, ...] = ()
        self._sampled: tuple[object, ...] = ()

    def make_parts(self) -> Iterator[None]:
        self.views = Segments([(name, self.tr(text)) for name, text, _ in VIEWS], "surrogateViews")
        for made, (_, _, method) in zip(self.views.group.buttons(), VIEWS, strict=True):
            made.setToolTip(method.help)
        self._shown, self._saves = QStackedWidget(), QStackedWidget()
        self._saves.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._card = Card(VIEWS[0][2].title)
        self._card.head.addWidget(self._saves)
        self._card.body.addWidget(self._shown, 1)
        self.column.addWidget(self.views)
        self.column.addWidget(self._card, 1)
        yield
        makers: dict[str, type[TreeSurrogate | LinearSurrogate | DependenceView | ImportanceView]] = {
            "tree": TreeSurrogate,
            "linear": LinearSurrogate,
            "dependence": DependenceView,
            "importance": ImportanceView,
        }
        for name, make in makers.items():
            view = self._made[name] = make(self.workspace, self.inspected)
            self._shown.addWidget(view)
            self._saves.addWidget(view.save)
            if isinstance(view, ImportanceView):
                view.chosen.connect(self._show_dependence)
            yield
        self.views.group.buttonClicked.connect(lambda: self.show_view(self.views.value))

    @property
    def dependence(self) -> DependenceView:
        """The view of a feature's curves."""
        view = self._made["dependence"]
        assert isinstance(view, DependenceView)
        return view

    @property
    def view(self) -> SurrogateView:
        """The one that is shown."""
        return self._made[self.views.value]

    def show_view(self, name: str) -> None:
        """Show a way of looking."""
        self.views.choose(name)
        self._shown.setCurrentWidget(self.view)
        self._saves.setCurrentWidget(self.view.save)
        self._card.title.setText(next(method.title for known, _, method in VIEWS if known == name))
        if self.inspected.ready:
            self.view.look()

    def look(self) -> None:
        self.view.look()

    def _on_changed(self) -> None:
        inspected = self.inspected
        seen = (inspected.run, _Same(inspected.dataset))
        sampled = (inspected.part, inspected.sample)
        # a change of nothing that is chosen is one of the weights, by training or an edit of the stack
        if seen != self._seen or sampled == self._sampled:
            for view in self._made.values():
                view.forget()
        self._seen, self._sampled = seen, sampled
        super()._on_changed()

    def _show_dependence(self, feature: int) -> None:
        self.show_view("dependence")
        self.dependence.choose(feature)


class _Same:
    """Compares by what it holds being the very same."""

    def __init__(self, held: object) -> None:
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._held is other._held

    def __hash__(self) -> int:
        return id(self._held)
