"""The card of what is selected: a layer, several layers, or a block."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from workbench.graph.pattern import rows_of
from workbench.ui.block_card import BlockCard
from workbench.ui.layer_card import LayerCard
from workbench.ui.many_card import ManyCard
from workbench.ui.workspace import Workspace


class SelectedCard(QStackedWidget):
    """Shows the card that fits the selection, and keeps it up to date."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._layer = LayerCard(workspace)
        self._many: ManyCard | None = None
        self._block: BlockCard | None = None
        self.addWidget(self._layer)
        workspace.selected.connect(self._show)
        workspace.changed.connect(self._show)
        workspace.opened.connect(self._show)
        workspace.stack.chosen_changed.connect(self._show)
        workspace.checked.connect(self._show_cost)
        self._show()

    def _show(self) -> None:
        graph, stack, selected = self._workspace.graph, self._workspace.stack, self._workspace.selection
        chosen = stack.chosen
        if stack.is_block(selected):
            rows = rows_of(graph, selected)
            if not chosen or len(chosen) == len(rows) or graph.layers[rows.start].id not in chosen:
                self._show_block(selected)
                return
        elif selected not in chosen:
            chosen = (selected,)
        wanted = set(chosen)
        places = tuple(place for place, node in enumerate(graph) if node.id in wanted)
        if len({type(graph.layers[place].layer) for place in places}) > 1:
            self._show_many(places)
        else:
            self._layer.show_layers(places)
            self.setCurrentWidget(self._layer)

    def _show_block(self, block_id: str) -> None:
        if self._block is None:
            self._block = BlockCard(self._workspace)
            self.addWidget(self._block)
        self._block.show_block(block_id)
        self.setCurrentWidget(self._block)

    def _show_many(self, places: tuple[int, ...]) -> None:
        if self._many is None:
            self._many = ManyCard(self._workspace)
            self.addWidget(self._many)
        self._many.show_layers(places)
        self.setCurrentWidget(self._many)

    def _show_cost(self) -> None:
        shown = self.currentWidget()
        if isinstance(shown, LayerCard | ManyCard | BlockCard):
            shown.show_cost()
