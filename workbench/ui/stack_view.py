"""The left side of the window: the rows, and below them the field in which layers are typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QInputDialog, QVBoxLayout, QWidget

from workbench.ui import places
from workbench.ui.actions import Actions
from workbench.ui.add_edit import AddEdit
from workbench.ui.find_bar import FindBar
from workbench.ui.stack_menu import stack_menu
from workbench.ui.stack_rows import StackRows
from workbench.ui.stack_table import StackTable
from workbench.ui.workspace import Workspace

LONG = 40
"""Layers beyond which blocks are folded to begin with."""
SCOPED = ("cut", "copy", "paste")
"""Actions whose keys mean something else outside the stack."""


class StackView(QFrame):
    """The stack with its fields for finding and adding."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self._workspace = workspace
        self._actions: Actions | None = None
        self.rows = StackRows(workspace)
        self.table = StackTable(workspace, self.rows)
        self.add = AddEdit(workspace)
        self.finder = FindBar(workspace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(self.finder)
        column.addWidget(self.table, 1)
        line = QFrame()
        line.setProperty("role", "line")
        column.addWidget(line)
        column.addWidget(self.add)
        self.table.typed.connect(self.add.begin)
        self.add.left.connect(self.table.setFocus)
        self.finder.left.connect(self.table.setFocus)
        self.finder.found.connect(self.rows.set_found)
        workspace.opened.connect(self._recall_folds)
        workspace.stack.folded_changed.connect(self._remember_folds)

    def set_actions(self, actions: Actions) -> None:
        """Take the window's actions, for the context menu and for keys that are the stack's own."""
        self._actions = actions
        for key in SCOPED:
            actions[key].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.table.addAction(actions[key])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._actions is not None:
            stack_menu(self.table, self._actions).exec(event.globalPos())

    def _recall_folds(self) -> None:
        """Blocks are folded as they were left; those of a long stack that is new here all are."""
        stack = self._workspace.stack
        known = [block.id for block in self._workspace.graph.blocks]
        kept = places.folds(self._workspace.folder)
        if kept is None:
            kept = known if len(self._workspace.graph) > LONG else []
        stack.fold(stack.folded, False)
        stack.fold([block for block in kept if block in known], True)

    def _remember_folds(self) -> None:
        if self._workspace.folder is not None:
            places.keep_folds(self._workspace.folder, sorted(self._workspace.stack.folded))

    # What the window's actions do here

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the actions of this part do, by their keys."""
        edits = self._workspace.stack
        return {
            "add_layer": self.add.begin,
            "find": self.finder.begin,
            "cut": edits.cut,
            "copy": edits.copy,
            "paste": edits.paste,
            "duplicate": edits.duplicate,
            "bypass": edits.toggle_bypass,
            "move_up": lambda: self.table.nudge(up=True),
            "move_down": lambda: self.table.nudge(up=False),
            "remove": edits.remove,
            "apply_fix": self.table.apply_fix,
            "make_block": self.make_block,
            "ungroup": self.ungroup,
            "repeat_block": self.repeat_block,
            "keep_block": edits.blocks.keep,
            "fold_all": lambda: self.fold_all(True),
            "unfold_all": lambda: self.fold_all(False),
        }

    def make_block(self) -> None:
        """Ask for a name and make the selected layers a block."""
        count = len(self._workspace.stack.chosen)
        if not count:
            return
        text = self.tr("Name of the block of {} layers").format(count)
        name, given = QInputDialog.getText(self, self.tr("Make a block"), text, text=self.tr("Block"))
        if given and name.strip():
            self._workspace.stack.blocks.group(name.strip())

    def repeat_block(self) -> None:
        """Ask how often the selected block is to stand in a row."""
        block = self._workspace.selection
        if not self._workspace.stack.is_block(block):
            return
        from workbench.graph import grouping

        now = len(grouping.run_of(self._workspace.graph, block))
        title = self.tr("Repeat {}").format(self._workspace.stack.block_name(block))
        times, given = QInputDialog.getInt(self, title, self.tr("Copies in a row"), now, 1, grouping.MOST)
        if given:
            self._workspace.stack.blocks.repeat(block, times)

    def ungroup(self) -> None:
        """Take the frame of the selected block away."""
        if self._workspace.stack.is_block(self._workspace.selection):
            self._workspace.stack.blocks.ungroup(self._workspace.selection)

    def fold_all(self, folded: bool) -> None:
        """Fold or unfold every block."""
        self._workspace.stack.fold([block.id for block in self._workspace.graph.blocks], folded)
