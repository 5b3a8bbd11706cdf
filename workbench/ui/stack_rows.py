"""The stack as a table model: a row a layer, and one for each block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from workbench.graph import Graph
from workbench.graph.lanes import RowLanes
from workbench.graph.outline import Line, line_lanes, outline
from workbench.graph.project import Node
from workbench.ui.row_vitals import RowVitals, TrainedVitals
from workbench.ui.stack_drag import MIME, carried, drop
from workbench.ui.stack_words import EXTRA, LAYER, OUTPUT, PARAMS, SETTINGS, block_words, layer_words
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Problem, Row

__all__ = ["EXTRA", "LAYER", "OUTPUT", "PARAMS", "SETTINGS", "StackRows"]

Index = QModelIndex | QPersistentModelIndex

_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled


class StackRows(QAbstractTableModel):
    """Layers of the open project, with what checking found and, while training or inspecting, vitals."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._graph = Graph()
        self._lines: tuple[Line, ...] = ()
        self._lanes: tuple[RowLanes, ...] = ()
        self._place: dict[str, int] = {}
        self._costs: dict[str, Row] = {}
        self._problems: dict[str, Problem] = {}
        self._inspected: Mapping[str, RowVitals] = {}
        self._trained: TrainedVitals | None = None
        self._found: frozenset[str] = frozenset()
        self._lane_columns = 0
        workspace.changed.connect(self._reload)
        workspace.opened.connect(self._reload)
        workspace.checked.connect(self._recost)
        workspace.stack.folded_changed.connect(self._reset)

    @property
    def lane_columns(self) -> int:
        """How many lanes there are beside the trunk."""
        return self._lane_columns

    def line(self, row: int) -> Line | None:
        """Return what stands in a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def layer_id(self, row: int) -> str:
        """Return the id of the layer or block in a row, "" where there is none."""
        return self._lines[row].id if 0 <= row < len(self._lines) else ""

    def layer_ids(self, rows: Iterable[int]) -> list[str]:
        """Return the ids of the layers in these rows; a block's row stands for all its layers."""
        found: dict[int, None] = {}
        for row in sorted(rows):
            found.update(dict.fromkeys(range(self._lines[row].start, self._lines[row].stop)))
        return [self._graph.layers[place].id for place in sorted(found)]

    def row_of(self, wanted: str) -> int:
        """Return the row in which a layer or block is shown, -1 where it isn't there."""
        return self._place.get(wanted, -1)

    def graph_row(self, row: int) -> int:
        """Return the place in the stack of what is dropped before a row."""
        return self._lines[row].start if row < len(self._lines) else len(self._graph)

    def shown(self, row: int) -> Line:
        """Return what stands in a row that there is."""
        return self._lines[row]

    def node(self, row: int) -> Node | None:
        """Return the layer in a row, None for a block."""
        return self._node(self._lines[row])

    def lane(self, row: int) -> RowLanes:
        """Return what is drawn beside a row."""
        return self._lanes[row]

    @property
    def _vitals(self) -> Mapping[str, RowVitals] | TrainedVitals:
        """What there is to show: of the sample that is inspected, else of the training."""
        return self._inspected or self._trained or {}

    @property
    def shows_vitals(self) -> bool:
        """Whether the last column shows vitals."""
        return bool(self._vitals)

    def vitals(self, row: int) -> RowVitals | None:
        """Return what was seen inside the layer of a row, None where nothing was.

        A folded block's row shows its first layer that isn't well, else its last.
        """
        line, seen = self._lines[row], self._vitals
        if line.node or not line.folded or not seen:
            return seen.get(line.id)
        inside = [node.id for node in self._graph.layers[line.start : line.stop]]
        ill = seen.findings if isinstance(seen, TrainedVitals) else {}
        return seen.get(next((name for name in inside if name in ill), inside[-1]))

    def is_found(self, wanted: str) -> bool:
        """Return whether the search found this layer or block."""
        return wanted in self._found

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        return self._text(self._lines[row], column)

    def settings(self, line: Line) -> str:
        """Return what the settings column says of a line."""
        return self._text(line, SETTINGS)

    def problem(self, row: int) -> Problem | None:
        """Return the worst problem of a row."""
        line = self._lines[row]
        if line.node:
            return self._problems.get(line.id)
        if not line.folded or not self._problems:
            return None
        inside = [self._problems.get(node.id) for node in self._graph.layers[line.start : line.stop]]
        found = sorted((p for p in inside if p), key=lambda p: p.severity != "error")
        return found[0] if found else None

    def problem_rows(self) -> Iterator[int]:
        """Return the rows that have a problem."""
        return iter(sorted({self._place[name] for name in self._problems if name in self._place}))

    def set_vitals(self, vitals: Mapping[str, RowVitals]) -> None:
        """Set what the last column shows for each layer while inspecting."""
        had = bool(self._vitals)
        self._inspected = vitals
        self._show_vitals(had)

    def set_trained(self, vitals: TrainedVitals | None) -> None:
        """Set what the last column shows while training, or after; None for nothing."""
        if vitals is not None or self._trained is not None:
            had = bool(self._vitals)
            self._trained = vitals
            self._show_vitals(had)

    def _show_vitals(self, had: bool) -> None:
        """Have the last column drawn anew, and its head where it now stands above something else.

        A cell at a time: for more than one Qt draws the whole table.
        """
        for row in range(len(self._lines)):
            cell = self.index(row, EXTRA)
            self.dataChanged.emit(cell, cell)
        if had != bool(self._vitals):
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, EXTRA)

    def set_found(self, ids: Iterable[str]) -> None:
        """Mark what a search found."""
        self._found = frozenset(ids)
        self._repaint()

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            extra = self.tr("ACT. · GRAD.") if self._vitals else self.tr("FLOPS")
            return (self.tr("LAYER"), self.tr("SETTINGS"), self.tr("OUTPUT"), self.tr("PARAMS"), extra)[
                section
            ]
        if role == Qt.ItemDataRole.ToolTipRole and section == EXTRA and self._vitals:
            return self.tr(
                "Histogram of activations, and the gradient's norm as a bar, from 1e-6 to 100. Green is "
                "healthy, yellow worth watching, red broken. Click one, or press Enter on its row, for why "
                "and what to do."
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section == PARAMS or (section == EXTRA and not self._vitals)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        line = self._lines[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, line, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            problem = self.problem(row)
            return f"{self._text(line, index.column())}{'. ' + problem.message if problem else ''}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _FLAGS if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return carried(self.layer_ids({index.row() for index in indexes}))

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        at = row if row >= 0 else parent.row() if parent.isValid() else len(self._lines)
        drop(self._workspace, data, self.graph_row(at))
        return False  # the model changes through the document; Qt must not remove rows itself

    # Following the workspace

    def _reload(self) -> None:
        old, new = self._graph, self._workspace.graph
        if not _same_shape(old, new):
            self._reset()
            return
        self._graph = new
        self._tell(
            row
            for row, line in enumerate(self._lines)
            if line.node and old.layers[line.start] is not new.layers[line.start]
        )

    def _reset(self) -> None:
        self.beginResetModel()
        self._graph = self._workspace.graph
        self._lines = outline(self._graph, self._workspace.stack.folded)
        self._lanes = line_lanes(self._graph, self._lines)
        self._place = {}
        for row, line in enumerate(self._lines):
            if line.folded:
                nodes = self._graph.layers[line.start : line.stop]
                hidden = (name for node in nodes for name in (node.id, *node.path[line.depth :]))
                self._place.update(dict.fromkeys(hidden, row))
            self._place[line.id] = row
        used = [max((*lane.passing, *lane.starts, *lane.ends), default=0) for lane in self._lanes]
        self._lane_columns = max(used, default=0)
        self.endResetModel()

    def _recost(self) -> None:
        report = self._workspace.report
        if report is None:
            return
        before, self._costs = self._costs, {row.id: row for row in report.rows}
        problems: dict[str, Problem] = {}
        for problem in report.problems:
            if problem.layer not in problems or problem.severity == "error":
                problems.setdefault(problem.layer, problem)
                if problems[problem.layer].severity != "error":
                    problems[problem.layer] = problem
        if problems != self._problems:
            self._problems = problems
            self._repaint()
            return
        self._tell(
            row
            for row, line in enumerate(self._lines)
            if not line.node or before.get(line.id) is not self._costs.get(line.id)
        )

    def _tell(self, rows: Iterable[int]) -> None:
        """Have the views draw these rows anew: each by itself, or all at once where they are many."""
        changed = list(rows)
        for row in changed if len(changed) < 50 else ():
            self.dataChanged.emit(self.index(row, 0), self.index(row, EXTRA))
        if len(changed) >= 50:
            self._repaint()

    def _repaint(self) -> None:
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, EXTRA))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, EXTRA)

    # Words

    def _node(self, line: Line) -> Node | None:
        return self._graph.layers[line.start] if line.node else None

    def _text(self, line: Line, column: int) -> str:
        node = self._node(line)
        if node is not None:
            return layer_words(node, self._costs.get(node.id), column)
        costs = [self._costs.get(inner.id) for inner in self._graph.layers[line.start : line.stop]]
        return block_words(line, costs, column)

    def _tip(self, row: int, line: Line, column: int) -> str:
        problem = self.problem(row)
        if column == EXTRA and (seen := self.vitals(row)):
            return seen.tip
        if problem:
            return problem.message
        node = self._node(line)
        if node is None:
            return self.tr("Block {} ({}). Arrow keys left and right fold and unfold it.").format(
                line.name, line.id
            )
        return f"{node.id}: {node.type}. {type(node.layer).help()}"


def _same_shape(old: Graph, new: Graph) -> bool:
    """Whether rows and links are the same, so that only what a row says can differ."""
    if len(old) != len(new) or old.blocks != new.blocks:
        return False
    return all(
        a is b or (a.id == b.id and a.inputs == b.inputs and a.block == b.block)
        for a, b in zip(old.layers, new.layers, strict=True)
    )
