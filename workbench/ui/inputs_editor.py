"""What a layer reads: a choice of the layers above it, one for each input."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from workbench.graph import Node, edit
from workbench.ui import cards
from workbench.ui.form import LABEL, Choice
from workbench.ui.icons import icon
from workbench.ui.workspace import Workspace


class InputsEditor(QWidget):
    """The layer's id and its inputs; merge layers can take more of them."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._node: Node | None = None
        self._boxes: list[Choice] = []
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        self._id = QLineEdit()
        self._id.setObjectName("layerId")
        self._id.setProperty("role", "param")
        self._id.setToolTip(self.tr("The layer's name in the code and in links."))
        self._id.setAccessibleName(self.tr("Id"))
        self._id.editingFinished.connect(self._rename)
        name = QLabel(self.tr("Id"))
        name.setMinimumWidth(LABEL)
        form.addRow(name, self._id)
        self._label = QLabel(self.tr("Reads"))
        self._label.setMinimumWidth(LABEL)
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        form.addRow(self._label, self._column)

    def show_node(self, node: Node) -> None:
        """Show a layer's id and inputs."""
        graph = self._workspace.graph
        row = graph.index(node.id)
        self._node = node
        if not self._id.hasFocus():
            self._id.setText(node.id)
        above = [earlier.id for earlier in graph.layers[:row]]
        reads = graph.inputs_of(row)
        cards.clear(self._column)
        self._boxes = []
        takes = node.layer.arity != (0, 0) and bool(above)
        self._label.setVisible(takes)
        if not takes:
            return
        for number, name in enumerate(reads or ("",)):
            self._add_row(number, name, above, removable=len(reads) > node.layer.arity[0])
        if node.layer.arity[1] is None:
            more = cards.button(self.tr("Read another layer"), "link", name="addInput")
            more.clicked.connect(self._add)
            self._column.addWidget(more)

    def _add_row(self, number: int, name: str, above: list[str], *, removable: bool) -> None:
        line = QHBoxLayout()
        box = Choice()
        box.setObjectName(f"input_{number}")
        box.setProperty("role", "param")
        box.setAccessibleName(self.tr("Input {}").format(number + 1))
        box.addItems(above)
        box.setCurrentText(name)
        box.activated.connect(self._commit)
        line.addWidget(box, 1)
        self._boxes.append(box)
        if removable:
            remove = QToolButton()
            remove.setProperty("role", "flat")
            remove.setIcon(icon("x", "muted"))
            remove.setToolTip(self.tr("Don't read this layer"))
            remove.clicked.connect(lambda: self._drop(number))
            line.addWidget(remove)
        self._column.addLayout(line)

    def _commit(self) -> None:
        self._set(tuple(box.currentText() for box in self._boxes))

    def _add(self) -> None:
        names = [box.currentText() for box in self._boxes]
        box = self._boxes[0]
        free = [box.itemText(i) for i in range(box.count()) if box.itemText(i) not in names]
        self._set((*names, free[-1] if free else names[-1]))

    def _drop(self, number: int) -> None:
        self._set(tuple(box.currentText() for n, box in enumerate(self._boxes) if n != number))

    def _set(self, names: tuple[str, ...]) -> None:
        node = self._node
        if node is None:
            return
        graph = self._workspace.graph
        row = graph.index(node.id)
        before = graph.layers[row - 1].id
        inputs = None if names == (before,) else names
        self._workspace.edit_graph(
            self.tr("Set inputs of {}").format(node.id), lambda g: edit.set_inputs(g, node.id, inputs)
        )

    def _rename(self) -> None:
        node, new = self._node, self._id.text().strip()
        if node is None or new == node.id:
            return
        label = self.tr("Rename {} to {}").format(node.id, new)
        renamed = self._workspace.edit_graph(label, lambda g: edit.rename(g, node.id, new))
        if renamed:
            self._workspace.select(new)
        else:
            self._id.setText(node.id)
