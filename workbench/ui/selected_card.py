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
            if not chosen or self._in_copies(selected, chosen):
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

    def _in_copies(self, block_id: str, chosen: tuple[str, ...]) -> bool:
        """Whether a block is all that is selected; folded copies share a row, and are selected with it."""
        graph = self._workspace.graph
        name = self._workspace.stack.block_name(block_id)
        copies = {block.id for block in graph.blocks if block.name == name}
        wanted = set(chosen)
        nodes = [node for node in graph if node.id in wanted]
        if graph.layers[rows_of(graph, block_id).start].id not in wanted:
            return True  # the rows are about to tell what is selected
        return all(not copies.isdisjoint(node.path) for node in nodes)

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
