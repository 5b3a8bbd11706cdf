"""Design: the selected layer's form, the palette, the code, and what there is to know before training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.graph import Graph, Node, edit
from workbench.layers import CATALOGUE, Group, Layer
from workbench.ui import cards, theme
from workbench.ui.before_card import BeforeCard
from workbench.ui.cards import Card, Page, label
from workbench.ui.code_view import CodeView
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.form import ModelForm
from workbench.ui.inputs_editor import InputsEditor
from workbench.ui.jobs import Latest
from workbench.ui.stack_rows import MIME
from workbench.ui.wording import count
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    pass

GROUPS: tuple[tuple[Group, str], ...] = (
    ("core", "Core"),
    ("convolution", "Convolution"),
    ("pooling", "Pooling"),
    ("normalisation", "Normalisation"),
    ("activation", "Activation"),
    ("recurrent", "Recurrent"),
    ("merge", "Merge"),
    ("data", "Data"),
)


class DesignPanel(Page):
    """The stage in which the stack is made."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("designPanel")
        self._workspace = workspace
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(LayerCard(workspace), 4)
        top.addWidget(PaletteCard(workspace), 5)
        bottom = QHBoxLayout()
        bottom.setSpacing(12)
        bottom.addWidget(CodeCard(workspace), 5)
        bottom.addWidget(BeforeCard(workspace), 4)
        self.column.addLayout(top, 5)
        self.column.addLayout(bottom, 4)


class LayerCard(Card):
    """The selected layer: its params, what it reads, its id."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Layer")
        self.setObjectName("layerCard")
        self._workspace = workspace
        self._help = label("", "muted", wrap=True)
        self._empty = label(
            self.tr("Select a layer in the stack to see and change its settings."), "muted", wrap=True
        )
        self._form = ModelForm()
        self._form.setObjectName("layerForm")
        self._form.edited.connect(self._edit)
        self._inputs = InputsEditor(workspace)
        self._cost = label("", "mono-muted", wrap=True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        for part in (self._empty, self._help, self._form, self._inputs, self._cost):
            column.addWidget(part)
        column.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)
        workspace.selected.connect(self._show)
        workspace.changed.connect(self._show)
        workspace.opened.connect(self._show)
        workspace.checked.connect(self._show_cost)
        self._show()

    def _node(self) -> Node | None:
        wanted = self._workspace.selection
        return next((node for node in self._workspace.graph if node.id == wanted), None)

    def _show(self) -> None:
        node = self._node()
        for part in (self._help, self._form, self._inputs, self._cost):
            part.setVisible(node is not None)
        self._empty.setVisible(node is None)
        if node is None:
            self.title.setText(self.tr("Layer"))
            self.set_hint("")
            return
        self.title.setText(node.type)
        self.set_hint(node.id)
        self._help.setText(type(node.layer).help())
        self._form.show_model(node.layer)
        self._inputs.show_node(node)
        self._show_cost()

    def _show_cost(self) -> None:
        report, node = self._workspace.report, self._node()
        rows = [r for r in report.rows if node is not None and r.id == node.id] if report else []
        if not rows or rows[0].output is None:
            self._cost.setText("")
            return
        row = rows[0]
        flops = self.tr(" · {} FLOPs a sample").format(count(row.flops)) if row.flops else ""
        self._cost.setText(self.tr("gives {} · {} parameters").format(row.output, count(row.params)) + flops)

    def _edit(self, name: str, layer: BaseModel) -> None:
        node = self._node()
        if node is None or not isinstance(layer, Layer):
            return
        change = partial(_with_layer, layer_id=node.id, params=layer.model_dump())
        self._workspace.edit_graph(self.tr("Set {} of {}").format(name, node.id), change, f"{node.id}.{name}")


def _with_layer(graph: Graph, layer_id: str, params: dict[str, object]) -> Graph:
    return edit.set_params(graph, layer_id, params)


class PaletteCard(Card):
    """All layer types, to click or to drag onto the stack."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Add a layer", "click, drag onto the stack, or type anywhere")
        self.setObjectName("palette")
        self._workspace = workspace
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        for row, (group, title) in enumerate(GROUPS):
            grid.addWidget(_GroupName(group, title), row, 0, Qt.AlignmentFlag.AlignTop)
            holder = QWidget()
            flow = FlowLayout(holder)
            for layer_type, kind in CATALOGUE.items():
                if kind.group == group:
                    flow.addWidget(_Chip(layer_type, workspace))
            grid.addWidget(holder, row, 1)
        grid.setRowStretch(len(GROUPS), 1)
        self.body.addWidget(cards.scrolling(content), 1)


class _GroupName(QWidget):
    """A group's name with the dot that its layers have in the stack."""

    def __init__(self, group: Group, title: str) -> None:
        super().__init__()
        self._group = group
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 0, 0)
        row.addWidget(label(title, "small"))
        self.setMinimumHeight(24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color(self._group))
        painter.drawEllipse(QPointF(5, self.height() / 2), 4, 4)


class _Chip(QPushButton):
    """A layer type in the palette."""

    def __init__(self, name: str, workspace: Workspace) -> None:
        super().__init__(name)
        self._type, self._workspace = name, workspace
        self.setObjectName(f"add_{name}")
        self.setProperty("role", "chip")
        self.setToolTip(CATALOGUE[name].help())
        self.clicked.connect(self._add)

    def _add(self) -> None:
        params = {}
        if self._type == "Input":
            facts = self._workspace.facts
            params = {"shape": facts.sample.shape if facts else (1,)}
        self._workspace.add_layer(edit.make(self._type, params), 0 if self._type == "Input" else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and not self.rect().contains(
            event.position().toPoint()
        ):
            carried = QMimeData()
            carried.setData(MIME, QByteArray(f"+{self._type}".encode()))
            drag = QDrag(self)
            drag.setMimeData(carried)
            drag.setPixmap(self.grab())
            self.setDown(False)
            drag.exec(Qt.DropAction.CopyAction)
            return
        super().mouseMoveEvent(event)


class CodeCard(Card):
    """The stack as PyTorch code, always up to date."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Code", "what you export is what you see")
        self._workspace = workspace
        self._view = CodeView("code")
        self._view.setMinimumHeight(120)
        copy = cards.button("Copy", "flat", glyph="copy", name="copyCode")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._view.toPlainText()))
        self.head.addWidget(copy)
        self.body.addWidget(self._view, 1)
        self._source = Latest(workspace.jobs)
        self._source.answered.connect(self._view.set_source)
        self._source.failed.connect(workspace.tell_error)
        workspace.checked.connect(self._write)
        self._write()

    def _write(self) -> None:
        report = self._workspace.report
        if report is None:
            return
        stack_errors = [
            p for p in report.errors if any(r.id == p.layer and r.output is None for r in report.rows)
        ]
        if stack_errors or not report.rows:
            where = stack_errors[0].layer if stack_errors else ""
            self._view.set_source(f"# The code is here again once {where or 'the stack'} fits.\n")
            return
        self._source.ask(partial(_source, self._workspace.graph))


def _source(graph: Graph) -> str:
    from workbench.build.code import source

    return source(graph)
