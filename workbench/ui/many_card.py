"""Several selected layers of different types: what they are, what they cost, what can be done with them."""

from __future__ import annotations

from collections import Counter

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import cards
from workbench.ui.cards import Card, label
from workbench.ui.costs import row_of, totals
from workbench.ui.selection_actions import SelectionActions
from workbench.ui.workspace import Workspace

LISTED = 8
"""Types that are named; the rest is counted."""


class ManyCard(Card):
    """How many layers of which types are selected."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Layers")
        self.setObjectName("manyCard")
        self._workspace = workspace
        self._places: tuple[int, ...] = ()
        self._types = label("", wrap=True, name="manyTypes")
        self._cost = label("", "mono-muted", wrap=True, name="manyCost")
        self._hint = label(self.tr("Select layers of one type to set them all at once."), "muted", wrap=True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        for part in (self._types, self._cost, SelectionActions(workspace), self._hint):
            column.addWidget(part)
        column.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)

    def show_layers(self, places: tuple[int, ...]) -> None:
        """Show the layers in these places of the stack."""
        self._places = places
        types = Counter(self._workspace.graph.layers[place].type for place in places)
        shown = [f"{many} × {name}" if many > 1 else name for name, many in types.most_common(LISTED)]
        rest = len(types) - LISTED
        self.title.setText(self.tr("{} layers").format(len(places)))
        more = [self.tr("{} other types").format(rest)] if rest > 0 else []
        self._types.setText(", ".join([*shown, *more]))
        self.show_cost()

    def show_cost(self) -> None:
        """Show what checking found."""
        report, graph = self._workspace.report, self._workspace.graph
        found = [row_of(report, graph, place) for place in self._places]
        self._cost.setText(totals([row for row in found if row is not None]))
