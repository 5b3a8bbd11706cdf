"""The form of the selected layer, or of several layers of one type."""

from __future__ import annotations

from pydantic import BaseModel
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from workbench.graph import Node
from workbench.ui import cards
from workbench.ui.cards import Card, label, set_role
from workbench.ui.costs import row_of, totals
from workbench.ui.form import ModelForm
from workbench.ui.inputs_editor import InputsEditor
from workbench.ui.selection_actions import SelectionActions
from workbench.ui.workspace import Workspace

NAMED = 4
"""Ids that the title lists."""


class LayerCard(Card):
    """A layer's params, what it reads, its id; of several layers of one type their params."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Layer")
        self.setObjectName("layerCard")
        self._workspace = workspace
        self._places: tuple[int, ...] = ()
        self._nodes: tuple[Node, ...] = ()
        self._bypass = QCheckBox(self.tr("Bypass"))
        self._bypass.setObjectName("bypassLayer")
        self._bypass.setProperty("role", "muted")
        self._bypass.setToolTip(self.tr("Mute it: what reads it gets what it reads (Ctrl+B)"))
        self._bypass.clicked.connect(self._toggle_bypass)
        self.head.addWidget(self._bypass)
        self._help = label("", "muted", wrap=True)
        self._help.setContentsMargins(0, 0, 0, 4)
        self._empty = label(
            self.tr("Select a layer in the stack to see and change its settings."), "muted", wrap=True
        )
        self._form = ModelForm()
        self._form.setObjectName("layerForm")
        self._form.edited.connect(self._edit)
        self._form.rejected.connect(self._show_fault)
        self._inputs = InputsEditor(workspace)
        self._cost = label("", "mono-muted", wrap=True, name="layerCost")
        self._cost.setToolTip(
            self.tr("What it gives, its parameters, and the FLOPs of a forward pass of one sample")
        )
        self._line = QFrame()
        self._line.setProperty("role", "line")
        self._actions = SelectionActions(workspace, small=True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        for part in (self._empty, self._help, self._form, self._inputs):
            column.addWidget(part)
        column.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)
        self.body.addWidget(self._line)
        self.body.addWidget(self._cost)
        self.body.addWidget(self._actions)

    def show_layers(self, places: tuple[int, ...]) -> None:
        """Show the layers in these places of the stack, which are of one type; none for nothing selected."""
        graph = self._workspace.graph
        before = self._nodes
        self._places = places
        self._nodes = tuple(graph.layers[place] for place in places)
        one = len(places) == 1
        for part, shown in (
            (self._empty, not places),
            (self._help, bool(places)),
            (self._form, bool(places)),
            (self._line, bool(places)),
            (self._cost, bool(places)),
            (self._bypass, one and self._nodes[0].layer.arity != (0, 0)),
            (self._inputs, one),
            (self._actions, len(places) > 1),
        ):
            if part.isHidden() == shown:
                part.setVisible(shown)
        if not places:
            self.title.setText(self.tr("Layer"))
            self.set_hint("")
            return
        self._entitle()
        if self._nodes != before:
            self._form.show_models([node.layer for node in self._nodes])
            self._bypass.setChecked(self._nodes[0].bypass)
        if one:
            self._inputs.show_node(places[0])
        if self._nodes != before:
            cards.tab_through((self._bypass, *self._form.editors, *self._inputs.editors))
        self.show_cost()

    def _entitle(self) -> None:
        first, many = self._nodes[0], len(self._nodes)
        self.title.setText(first.type if many == 1 else f"{many} × {first.type}")
        listed = ", ".join(node.id for node in self._nodes[:NAMED])
        self.set_hint(listed + (", …" if many > NAMED else ""))
        self._help.setText(type(first.layer).help())

    def show_cost(self) -> None:
        """Show what checking found."""
        set_role(self._cost, "mono-muted")
        report, graph = self._workspace.report, self._workspace.graph
        found = [row_of(report, graph, place) for place in self._places]
        rows = [row for row in found if row is not None and row.output is not None]
        if len(rows) == 1 == len(self._places):
            self._cost.setText(self.tr("→ {} · {}").format(rows[0].output, totals(rows)))
        elif self._places and report is not None and not rows:
            self._cost.setText(self.tr("no shape yet: something doesn't fit"))
        else:
            self._cost.setText(totals(rows))

    def _show_fault(self, said: str) -> None:
        if not said:
            self.show_cost()
            return
        set_role(self._cost, "problem")
        self._cost.setText(said)

    def _toggle_bypass(self) -> None:
        self._workspace.stack.choose(node.id for node in self._nodes)
        self._workspace.stack.toggle_bypass()
        self._bypass.setChecked(self._nodes[0].bypass)

    def _edit(self, path: str, layer: BaseModel) -> None:
        self.show_cost()  # instead of what was wrong before
        value = getattr(layer, path)
        self._workspace.stack.set_params([node.id for node in self._nodes], {path: value})
        if any(getattr(node.layer, path) != value for node in self._nodes):  # it was refused, and told
            self._form.show_models([node.layer for node in self._nodes])
