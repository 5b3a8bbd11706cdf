"""The stack as a table model: a row a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from workbench.graph.lanes import RowLanes, lanes
from workbench.graph.project import Node
from workbench.ui.wording import count
from workbench.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

LAYER, SETTINGS, OUTPUT, PARAMS, EXTRA = range(5)

NODE = Qt.ItemDataRole.UserRole
LANES = Qt.ItemDataRole.UserRole + 1
PROBLEM = Qt.ItemDataRole.UserRole + 2
VITALS = Qt.ItemDataRole.UserRole + 3

MIME = "application/x-workbench-layers"


class StackRows(QAbstractTableModel):
    """Layers of the open project, with what checking found and, while inspecting, their vitals."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._nodes: tuple[Node, ...] = ()
        self._lanes: tuple[RowLanes, ...] = ()
        self._costs: dict[str, tuple[str, str, str]] = {}
        self._problems: dict[str, tuple[str, str]] = {}
        self._vitals: dict[str, Any] = {}
        self._lane_columns = 0
        workspace.changed.connect(self._reload)
        workspace.opened.connect(self._reload)
        workspace.checked.connect(self._recost)

    @property
    def lane_columns(self) -> int:
        """How many lanes there are beside the trunk."""
        return self._lane_columns

    def layer_id(self, row: int) -> str:
        """Return the id of the layer in a row, "" where there is none."""
        return self._nodes[row].id if 0 <= row < len(self._nodes) else ""

    def row_of(self, layer_id: str) -> int:
        """Return the row of a layer, -1 where it isn't there."""
        return next((row for row, node in enumerate(self._nodes) if node.id == layer_id), -1)

    def set_vitals(self, vitals: dict[str, Any]) -> None:
        """Set what the last column shows for each layer while inspecting."""
        self._vitals = vitals
        self._repaint()

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._nodes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            extra = self.tr("ACT. · GRAD.") if self._vitals else self.tr("FLOPS")
            return (self.tr("LAYER"), self.tr("SETTINGS"), self.tr("OUTPUT"), self.tr("PARAMS"), extra)[
                section
            ]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section == PARAMS or (section == EXTRA and not self._vitals)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._nodes[index.row()]
        if role == NODE:
            return node
        if role == LANES:
            return self._lanes[index.row()]
        if role == PROBLEM:
            return self._problems.get(node.id)
        if role == VITALS:
            return self._vitals.get(node.id)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == EXTRA and node.id in self._vitals:
            norm = self._vitals[node.id].gradient
            said = self.tr("none") if norm is None else f"{norm:.3g}"
            return self.tr("Histogram of activations · gradient norm {} (bar: 1e-6 to 100)").format(said)
        if role == Qt.ItemDataRole.ToolTipRole:
            problem = self._problems.get(node.id)
            return problem[1] if problem else f"{node.id}: {node.type}. {type(node.layer).help()}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            problem = self._problems.get(node.id)
            return f"{self._text(node, index.column())}{'. ' + problem[1] if problem else ''}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        ids = dict.fromkeys(self.layer_id(index.row()) for index in indexes)
        carried = QMimeData()
        carried.setData(MIME, QByteArray(" ".join(ids).encode()))
        return carried

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        target = row if row >= 0 else parent.row() if parent.isValid() else len(self._nodes)
        text = bytes(data.data(MIME).data()).decode()
        if text.startswith("+"):
            from workbench.layers import CATALOGUE

            self._workspace.add_layer(CATALOGUE[text[1:]](), target)
        else:
            self._workspace.move_layers(text.split(), target)
        return False  # the model changes through the document; Qt must not remove rows itself

    # Following the workspace

    def _reload(self) -> None:
        nodes = self._workspace.graph.layers
        if [n.id for n in nodes] == [n.id for n in self._nodes]:
            self._nodes, self._lanes = nodes, lanes(self._workspace.graph)
            self._measure_lanes()
            self._repaint()
            return
        self.beginResetModel()
        self._nodes, self._lanes = nodes, lanes(self._workspace.graph)
        self._measure_lanes()
        self.endResetModel()

    def _measure_lanes(self) -> None:
        used = [c for row in self._lanes for c in (*row.passing, *row.starts, *row.ends)]
        self._lane_columns = max(used, default=0)

    def _recost(self) -> None:
        report = self._workspace.report
        if report is None:
            return
        self._costs = {
            row.id: (
                str(row.output) if row.output is not None else "",
                count(row.params) if row.params else "",
                count(row.flops) if row.flops else "",
            )
            for row in report.rows
        }
        self._problems = {}
        for problem in report.problems:
            if self._problems.get(problem.layer, ("warning",))[0] != "error":
                self._problems[problem.layer] = (problem.severity, problem.message)
        self._repaint()

    def _repaint(self) -> None:
        if self._nodes:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._nodes) - 1, EXTRA))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, EXTRA)

    def _text(self, node: Node, column: int) -> str:
        if column == LAYER:
            return f"{node.type} {node.id}"
        if column == SETTINGS:
            if node.inputs is not None and len(node.inputs) != 1:
                return " + ".join(node.inputs)
            return node.layer.summary()
        output, params, flops = self._costs.get(node.id, ("", "", ""))
        return (output, params, flops)[column - OUTPUT]
