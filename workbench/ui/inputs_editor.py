"""What a layer reads: a field for each input, and its id."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.graph import Node, edit
from workbench.ui import cards
from workbench.ui.form import LABEL
from workbench.ui.icons import icon
from workbench.ui.input_box import InputBox
from workbench.ui.workspace import Workspace


class InputsEditor(QWidget):
    """The layer's id and its inputs; merge layers can take more of them, in any order."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._place = -1
        self._lines: list[_Line] = []
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
        self._more = cards.button(self.tr("Read another layer"), "link", name="addInput")
        self._more.clicked.connect(self._add)
        self._column.addWidget(self._more)
        form.addRow(self._label, self._column)

    @property
    def editors(self) -> list[QWidget]:
        """What the tab key stops at, top to bottom."""
        lines = [part for line in self._lines for part in (line.box, line.up, line.remove)]
        return [self._id, *lines, self._more]

    @property
    def _node(self) -> Node | None:
        layers = self._workspace.graph.layers
        return layers[self._place] if 0 <= self._place < len(layers) else None

    @property
    def _reads(self) -> tuple[str, ...]:
        return self._workspace.graph.inputs_of(self._place)

    def show_node(self, place: int) -> None:
        """Show the id and the inputs of the layer in a place of the stack."""
        self._place = place
        node = self._workspace.graph.layers[place]
        if not (self._id.hasFocus() and self._id.isModified()):
            self._id.setText(node.id)
            self._id.setCursorPosition(0)
        fewest, most = node.layer.arity
        takes = node.layer.arity != (0, 0) and place > 0
        reads = self._reads or ("",)
        names = reads if takes else ()
        while len(self._lines) < len(names):
            self._lines.append(self._line(len(self._lines)))
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(names))
            if number < len(names):
                line.display(
                    names[number], first=number == 0, removable=len(reads) > fewest, many=len(reads) > 1
                )
        self._label.setVisible(takes)
        self._more.setVisible(takes and (most is None or len(self._reads) < most))

    def _line(self, number: int) -> _Line:
        line = _Line(number, self._above)
        line.box.chosen.connect(partial(self._read, number))
        line.remove.clicked.connect(lambda: self._set([n for i, n in enumerate(self._reads) if i != number]))
        line.up.clicked.connect(lambda: self._raise(number))
        self._column.insertWidget(number, line)
        return line

    def _above(self) -> list[str]:
        return [node.id for node in self._workspace.graph.layers[: self._place]]

    def _read(self, number: int, name: str) -> None:
        names = list(self._reads) or [""]
        if name not in self._above():
            self._lines[number].box.show_id(names[number])
            what = self.tr("there is no layer {} above this one to read from.").format(repr(name))
            node = self._node
            place = f"layer {node.id}" if node else ""
            self._workspace.tell_error(
                UserError(what, place=place, remedy=self.tr("Choose one from the list."))
            )
            return
        names[number] = name
        self._set(names)

    def _raise(self, number: int) -> None:
        names = list(self._reads)
        names[number - 1], names[number] = names[number], names[number - 1]
        self._set(names)

    def _add(self) -> None:
        names = self._reads
        free = next((name for name in reversed(self._above()) if name not in names), "")
        self._set([*names, free or names[-1]])

    def _set(self, names: list[str]) -> None:
        node = self._node
        if node is None:
            return
        before = self._workspace.graph.layers[self._place - 1].id
        inputs = None if names == [before] else tuple(names)
        made = self._workspace.edit_graph(
            self.tr("Set inputs of {}").format(node.id), lambda g: edit.set_inputs(g, node.id, inputs)
        )
        if not made:
            self.show_node(self._place)

    def _rename(self) -> None:
        node, new = self._node, self._id.text().strip()
        self._id.setModified(False)
        if node is None or new == node.id:
            return
        label = self.tr("Rename {} to {}").format(node.id, new)
        old, place = node.id, self._place
        if self._workspace.edit_graph(label, lambda g: edit.rename(g, old, new)):
            self._workspace.select(self._workspace.graph.layers[place].id)
        else:
            self._id.setText(old)


class _Line(QWidget):
    """One input: the field, and buttons that move it up and take it out."""

    def __init__(self, number: int, above: Callable[[], list[str]]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.box = InputBox(above)
        self.box.setObjectName(f"input_{number}")
        self.box.setAccessibleName(self.tr("Input {}").format(number + 1))
        self.up = _button("arrow-up", self.tr("Read it before the one above"), f"raiseInput_{number}")
        self.remove = _button("x", self.tr("Don't read this layer"), f"dropInput_{number}")
        row.addWidget(self.box, 1)
        row.addWidget(self.up)
        row.addWidget(self.remove)

    def display(self, name: str, *, first: bool, removable: bool, many: bool) -> None:
        """Show what is read."""
        self.box.show_id(name)
        keeps = self.up.sizePolicy()
        keeps.setRetainSizeWhenHidden(many)  # so that the fields are of one width
        self.up.setSizePolicy(keeps)
        self.up.setVisible(many and not first)
        self.remove.setVisible(removable and many)


def _button(glyph: str, text: str, name: str) -> QToolButton:
    made = QToolButton()
    made.setObjectName(name)
    made.setProperty("role", "flat")
    made.setIcon(icon(glyph, "muted"))
    made.setToolTip(text)
    made.setAccessibleName(text)
    return made
