"""The selected block: its name and copies, how often it repeats, what it costs, what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from workbench.graph import grouping
from workbench.graph.pattern import rows_of
from workbench.ui import cards
from workbench.ui.cards import Card, Segments, label
from workbench.ui.costs import row_of, totals
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.form import LABEL
from workbench.ui.workspace import Workspace


class BlockCard(Card):
    """A block of layers."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Block")
        self.setObjectName("blockCard")
        self._workspace = workspace
        self._id = ""
        self._name = QLineEdit()
        self._name.setObjectName("blockName")
        self._name.setMaxLength(60)
        self._name.setAccessibleName(self.tr("Name of the block"))
        self._name.editingFinished.connect(self._rename)
        self._scope = Segments([("all", ""), ("one", self.tr("this copy"))], "blockScope")
        self._scope.setToolTip(
            self.tr("What a new name is for. A copy with a name of its own no longer follows the others.")
        )
        self._times = QSpinBox()
        self._times.setObjectName("blockTimes")
        self._times.setProperty("role", "param")
        self._times.setRange(1, grouping.MOST)
        self._times.setPrefix("× ")
        self._times.setKeyboardTracking(False)
        self._times.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._times.setAccessibleName(self.tr("How often the block stands in a row"))
        self._times.setToolTip(self.tr("Copies in a row, each reading the one above (Ctrl+R)"))
        self._times.valueChanged.connect(self._repeat)
        self._linked = label("", "muted", wrap=True, name="blockLinked")
        self._shape = label("", "mono-muted", wrap=True, name="blockShape")
        self._cost = label("", "mono-muted", wrap=True, name="blockCost")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        for part in (self._fields(), self._linked, self._shape, self._cost, self._buttons()):
            column.addWidget(part)
        column.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)

    def _fields(self) -> QWidget:
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        self._scope_label = QLabel(self.tr("Rename"))
        for text, field in (
            (self.tr("Name"), self._name),
            (self._scope_label, self._scope),
            (self.tr("Repeat"), self._times),
        ):
            said = QLabel(text) if isinstance(text, str) else text
            said.setMinimumWidth(LABEL)
            form.addRow(said, field)
        return fields

    def _buttons(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder)
        stack = self._workspace.stack
        self._fold = cards.button("", glyph="caret-up-down", name="blockFold")
        self._fold.clicked.connect(lambda: stack.fold([self._id], self._id not in stack.folded))
        self._mute = cards.button("", glyph="eye-slash", name="blockBypass")
        self._mute.setToolTip(self.tr("Mute its layers (Ctrl+B)"))
        self._mute.clicked.connect(lambda: self._with_layers(stack.toggle_bypass))
        keep = cards.button(self.tr("Keep in palette"), glyph="bookmark-simple", name="blockKeep")
        keep.setToolTip(self.tr("Have this block in the palette of every project"))
        keep.clicked.connect(self._workspace.stack.blocks.keep)
        double = cards.button(self.tr("Duplicate"), glyph="copy-simple", name="blockDuplicate")
        double.setToolTip(self.tr("Put a copy below it (Ctrl+D)"))
        double.clicked.connect(lambda: self._with_layers(stack.duplicate))
        open_ = cards.button(self.tr("Ungroup"), glyph="stack-simple", name="blockUngroup")
        open_.setToolTip(self.tr("Take the frame away; the layers stay (Ctrl+Shift+G)"))
        open_.clicked.connect(lambda: stack.blocks.ungroup(self._id))
        for made in (self._fold, double, self._mute, keep, open_):
            flow.addWidget(made)
        stack.folded_changed.connect(self._show_fold)
        return holder

    def show_block(self, block_id: str) -> None:
        """Show a block of the stack."""
        graph, stack = self._workspace.graph, self._workspace.stack
        self._id = block_id
        name = stack.block_name(block_id)
        rows = rows_of(graph, block_id)
        copies = sum(block.name == name for block in graph.blocks)
        self.title.setText(name)
        layers = self.tr("1 layer") if len(rows) == 1 else self.tr("{} layers").format(len(rows))
        self.set_hint(f"{block_id} · {layers}")
        if not (self._name.hasFocus() and self._name.isModified()):
            self._name.setText(name)
        self._times.blockSignals(True)
        self._times.setValue(len(grouping.run_of(graph, block_id)))
        self._times.blockSignals(False)
        for part in (self._scope, self._scope_label, self._linked):
            part.setVisible(copies > 1)
        self._scope.set_text("all", self.tr("all {} copies").format(copies))
        self._linked.setText(self.tr("An edit in one copy is made in all {}.").format(copies))
        muted = all(graph.layers[row].bypass for row in rows)
        self._mute.setText(self.tr("Use again") if muted else self.tr("Bypass"))
        self._show_fold()
        self.show_cost()

    def show_cost(self) -> None:
        """Show what checking found."""
        graph, report = self._workspace.graph, self._workspace.report
        if not self._workspace.stack.is_block(self._id):
            return
        rows = rows_of(graph, self._id)
        found = [row_of(report, graph, row) for row in rows]
        known = [row for row in found if row is not None]
        self._cost.setText(totals(known))
        inside = {graph.layers[row].id for row in rows}
        reads = dict.fromkeys(name for row in rows for name in graph.inputs_of(row) if name not in inside)
        places = {node.id: place for place, node in enumerate(graph.layers[: rows.start])}
        entering = [row_of(report, graph, places[name]) for name in reads]
        into = " + ".join(str(row.output) for row in entering if row and row.output is not None)
        last = known[-1].output if known else None
        self._shape.setText(f"{into} → {last}" if into and last is not None else "")
        self._shape.setVisible(bool(self._shape.text()))

    def _show_fold(self) -> None:
        folded = self._id in self._workspace.stack.folded
        self._fold.setText(self.tr("Unfold") if folded else self.tr("Fold"))

    def _with_layers(self, act: Callable[[], object]) -> None:
        graph = self._workspace.graph
        self._workspace.stack.choose(graph.layers[row].id for row in rows_of(graph, self._id))
        act()

    def _rename(self) -> None:
        name, before = self._name.text().strip(), self._workspace.stack.block_name(self._id)
        self._name.setModified(False)
        if name and name != before:
            copies = self._scope.value == "all" and not self._scope.isHidden()
            self._workspace.stack.blocks.rename(self._id, name, copies=copies)
        else:
            self._name.setText(before)

    def _repeat(self, times: int) -> None:
        run = grouping.run_of(self._workspace.graph, self._id)
        if self._id in run[times:]:
            self._workspace.select(run[0])  # the selected copy is about to go
        self._workspace.stack.blocks.repeat(self._id, times)
