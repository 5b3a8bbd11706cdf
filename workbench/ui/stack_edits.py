"""What people do to the stack: each an edit with a name, which undo takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from workbench.errors import UserError
from workbench.graph import Graph, Node, clipboard, edit
from workbench.graph.bypass import set_bypass
from workbench.graph.fragment import Fragment, place, take
from workbench.graph.mend import mend, mend_project
from workbench.graph.pattern import rows_of
from workbench.layers import Fix, Layer
from workbench.ui.block_edits import BlockEdits
from workbench.ui.link_edits import LinkEdits

if TYPE_CHECKING:
    from workbench.ui.workspace import Workspace


class StackEdits(QObject):
    """The selected rows, which blocks are folded, and everything that can be done with them."""

    chosen_changed = Signal()
    """Other rows are selected."""
    folded_changed = Signal()
    """Other blocks are folded."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.chosen: tuple[str, ...] = ()
        """Ids of the selected layers, in the stack's order; a selected block counts as its layers."""
        self.folded: frozenset[str] = frozenset()
        """Ids of the blocks that are drawn as one row."""
        self.blocks = BlockEdits(workspace, self)
        self.links = LinkEdits(workspace, self)

    @property
    def _graph(self) -> Graph:
        return self._workspace.graph

    # What is selected, and what is folded

    def choose(self, ids: Iterable[str]) -> None:
        """Note which layers are selected in the rows."""
        chosen = tuple(ids)
        if chosen != self.chosen:
            self.chosen = chosen
            self.chosen_changed.emit()

    def fold(self, ids: Iterable[str], folded: bool) -> None:
        """Draw blocks as one row, or with their layers."""
        now = self.folded | set(ids) if folded else self.folded - set(ids)
        if now != self.folded:
            self.folded = now
            self.folded_changed.emit()

    def layer(self, layer_id: str) -> Node | None:
        """Return a layer, None where there is none of that id."""
        return next((node for node in self._graph if node.id == layer_id), None)

    def is_block(self, block_id: str) -> bool:
        """Return whether a block is called so."""
        return any(block.id == block_id for block in self._graph.blocks)

    def block_name(self, block_id: str) -> str:
        """Return what a block is called."""
        return next(block.name for block in self._graph.blocks if block.id == block_id)

    def _below_selection(self) -> tuple[int, str | None]:
        """Where a new layer goes, and the blocks it then belongs to (None: by its neighbours)."""
        selected = self._workspace.selection
        if self.is_block(selected):
            rows = rows_of(self._graph, selected)
            path = self._graph.layers[rows.start].path
            return rows.stop, "/".join(path[: path.index(selected)])
        node = self.layer(selected)
        if node is None:
            return len(self._graph), ""
        return self._graph.index(selected) + 1, node.block

    # Adding

    def add(self, layer: Layer, row: int | None = None) -> None:
        """Put a layer below the selected one (or at a row) and select it."""
        at, block = self._below_selection() if row is None else (row, None)
        self.add_by(
            self.tr("Add {}").format(type(layer).__name__), lambda graph: edit.insert(graph, at, layer, block)
        )

    def add_fragment(self, label: str, fragment: Fragment, row: int | None = None) -> None:
        """Put layers below the selected one (or at a row) and select the last, or their block."""
        at, block = self._below_selection() if row is None else (row, None)

        if fragment.nodes:
            self._place(label, fragment, at, block, select=-1)

    def _place(self, label: str, fragment: Fragment, row: int, block: str | None, *, select: int) -> None:
        """Put layers at a row and select their block, or else the one of this number."""

        def change(graph: Graph) -> tuple[Graph, str]:
            changed, ids = place(graph, row, fragment, block)
            first = changed.layers[changed.index(ids[0])]
            new = [part for part in first.path if not any(b.id == part for b in graph.blocks)]
            return changed, new[0] if new else ids[select]

        self.add_by(label, change)

    def add_by(self, label: str, change: Callable[[Graph], tuple[Graph, str]]) -> None:
        """Make a change that adds something, and select that: ``change`` gives back its id too."""
        added: list[str] = []

        def made(graph: Graph) -> Graph:
            changed, new = change(graph)
            added.append(new)
            return changed

        if self._workspace.edit_graph(label, made):
            self._workspace.select(added[-1])

    # Taking out, carrying, moving

    def remove(self, ids: Iterable[str] | None = None) -> None:
        """Take layers out (the selected ones) and select what comes to lie in their place."""
        wanted = set(self.chosen if ids is None else ids)
        rows = [row for row, node in enumerate(self._graph) if node.id in wanted]
        if not rows:
            return
        label = self.tr("Remove {}").format(self._said([self._graph.layers[row].id for row in rows]))
        if self._workspace.edit_graph(label, lambda graph: edit.remove(graph, wanted)):
            left = self._graph.layers
            self._workspace.select(left[min(rows[0], len(left) - 1)].id if left else "")

    def copy(self) -> None:
        """Put the selected layers on the clipboard, as text that people can read."""
        if self.chosen:
            QGuiApplication.clipboard().setText(clipboard.written(take(self._graph, self.chosen)))

    def cut(self) -> None:
        """Put the selected layers on the clipboard and take them out."""
        self.copy()
        self.remove()

    def paste(self) -> None:
        """Put the clipboard's layers below the selected one."""
        try:
            fragment = clipboard.read(QGuiApplication.clipboard().text())
        except UserError as error:
            self._workspace.tell_error(error)
            return
        self.add_fragment(self.tr("Paste {}").format(self._counted(len(fragment.nodes))), fragment)

    def duplicate(self) -> None:
        """Put copies of the selected layers below them; copies of a block are its copies."""
        if not self.chosen:
            return
        label = self.tr("Duplicate {}").format(self._said(self.chosen))
        selected = self._workspace.selection
        home = self.layer(self.chosen[-1])
        row = self._graph.index(self.chosen[-1]) + 1
        block = home.block if home and not self.is_block(selected) else None
        self._place(label, take(self._graph, self.chosen), row, block, select=0)

    def move(self, ids: Iterable[str], row: int) -> None:
        """Move layers to before a row."""
        moving = list(ids)
        label = self.tr("Move {}").format(self._said(moving))
        self._workspace.edit_graph(
            label, lambda graph: edit.move(graph, moving, row), "move " + " ".join(moving)
        )

    # Changing

    def set_params(self, ids: Iterable[str], params: dict[str, Any]) -> None:
        """Set params of layers of one type; typing into one field undoes as one."""
        wanted = tuple(ids)
        names = ", ".join(params)
        label = self.tr("Set {} of {}").format(names, self._said(wanted))
        key = f"{' '.join(wanted)}.{names}"
        self._workspace.edit_graph(label, lambda graph: edit.set_params(graph, wanted, params), key)

    def toggle_bypass(self) -> None:
        """Mute the selected layers; if all of them are, let them work again."""
        nodes = [node for node in self._graph if node.id in set(self.chosen)]
        if not nodes:
            return
        on = not all(node.bypass for node in nodes)
        label = (self.tr("Bypass {}") if on else self.tr("Use {} again")).format(self._said(self.chosen))
        self._workspace.edit_graph(label, lambda graph: set_bypass(graph, self.chosen, on))

    def mend(self, layer_id: str, fix: Fix) -> None:
        """Apply a fix of a problem at a layer, in the stack or in how it is trained."""
        if fix.action != "training":
            self._workspace.edit_graph(fix.label, lambda graph: mend(graph, layer_id, fix))
            return
        try:
            self._workspace.edit(fix.label, mend_project(self._workspace.project, layer_id, fix))
        except UserError as error:
            self._workspace.tell_error(error)

    # Words

    def _said(self, ids: Iterable[str]) -> str:
        """Layers in a few words: an id, a block's name, or how many."""
        listed = list(ids)
        selected = self._workspace.selection
        if len(listed) > 1 and self.is_block(selected) and len(rows_of(self._graph, selected)) == len(listed):
            return self.block_name(selected)
        return listed[0] if len(listed) == 1 else self._counted(len(listed))

    def _counted(self, number: int) -> str:
        return self.tr("1 layer") if number == 1 else self.tr("{} layers").format(number)
