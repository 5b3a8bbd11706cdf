"""What people do to the stack's blocks: each an edit with a name, which undo takes back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.graph import grouping
from workbench.graph.fragment import take
from workbench.graph.pattern import rows_of
from workbench.ui.notice import Notice

if TYPE_CHECKING:
    from workbench.ui.stack_edits import StackEdits
    from workbench.ui.workspace import Workspace


class BlockEdits(QObject):
    """Makes blocks of layers, and changes them."""

    def __init__(self, workspace: Workspace, edits: StackEdits) -> None:
        super().__init__(edits)
        self._workspace, self._edits = workspace, edits

    def group(self, name: str) -> None:
        """Make the selected layers a block and select it."""
        self._edits.add_by(
            self.tr("Make block {}").format(name),
            lambda graph: grouping.group(graph, self._edits.chosen, name),
        )

    def ungroup(self, block_id: str) -> None:
        """Take a block's frame away."""
        label = self.tr("Ungroup {}").format(self._edits.block_name(block_id))
        first = self._workspace.graph.layers[rows_of(self._workspace.graph, block_id).start].id
        if self._workspace.edit_graph(label, lambda graph: grouping.ungroup(graph, block_id)):
            self._workspace.select(first)

    def repeat(self, block_id: str, times: int) -> None:
        """Have a block stand so many times in a row."""
        label = self.tr("Repeat {} ×{}").format(self._edits.block_name(block_id), times)
        change = partial(grouping.repeat, block_id=block_id, times=times)
        self._workspace.edit_graph(label, change, f"repeat {block_id}")

    def rename(self, block_id: str, name: str, *, copies: bool) -> None:
        """Call a block, or it and its copies, something else."""
        label = self.tr("Rename {} to {}").format(self._edits.block_name(block_id), name)
        self._workspace.edit_graph(label, lambda graph: grouping.named(graph, block_id, name, copies=copies))

    def keep(self) -> None:
        """Keep the selected block in the palette."""
        block = self._workspace.selection
        if self._edits.is_block(block):
            name = self._workspace.kept.keep(
                self._edits.block_name(block), take(self._workspace.graph, [block])
            )
            self._workspace.tell(
                Notice("good", self.tr("{} is in the palette of every project.").format(name))
            )
