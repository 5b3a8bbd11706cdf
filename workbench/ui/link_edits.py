"""Drawing a link from a layer to a layer, as an edit that undo takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.graph import Graph, edit
from workbench.layers import CATALOGUE
from workbench.ui.notice import Notice

if TYPE_CHECKING:
    from workbench.ui.stack_edits import StackEdits
    from workbench.ui.workspace import Workspace


class LinkEdits(QObject):
    """Has layers read other layers."""

    def __init__(self, workspace: Workspace, edits: StackEdits) -> None:
        super().__init__(edits)
        self._workspace, self._edits = workspace, edits

    def link(self, source: str, target: str) -> None:
        """Have the lower of two layers read the upper: instead of its one input, or as one more."""
        order = {node.id: row for row, node in enumerate(self._workspace.graph)}
        upper, lower = sorted((source, target), key=order.__getitem__)
        node = self._edits.layer(lower)
        if node is None or upper == lower:
            return
        reads = self._workspace.graph.inputs_of(order[lower])
        most = node.layer.arity[1]
        if node.layer.arity == (0, 0):
            self._workspace.tell(
                Notice("warning", self.tr("{} is where samples enter; it reads no layer.").format(lower))
            )
            return
        if upper in reads:
            return
        full = most is not None and len(reads) >= most
        inputs = (*reads[: most - 1], upper) if full and most else (*reads, upper)
        label = self.tr("Link {} to {}").format(upper, lower)
        made = self._workspace.edit_graph(label, lambda graph: edit.set_inputs(graph, lower, inputs))
        self._workspace.select(lower)
        if made and full and reads:
            said = self.tr("{} now reads {} instead of {}.").format(lower, upper, reads[-1])
            both = (self.tr("Add them instead"), lambda: self._join(upper, lower))
            self._workspace.tell(Notice("good", said, (both,)))

    def _join(self, upper: str, lower: str) -> None:
        """Take the last link back, and have the lower layer read the sum of what it read and the upper."""
        self._workspace.undo()

        def change(graph: Graph) -> tuple[Graph, str]:
            row = graph.index(lower)
            read, home = graph.inputs_of(row)[-1], graph.layers[row].block
            changed, new = edit.insert(graph, row, CATALOGUE["Add"](), home)
            changed = edit.set_inputs(changed, new, (read, upper))
            return edit.set_inputs(changed, lower, (new,)), new

        self._edits.add_by(self.tr("Add {} to {}").format(upper, lower), change)
