"""The stack as a table model: a row a layer, and one for each block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from workbench.graph import Graph
from workbench.graph.lanes import RowLanes
from workbench.graph.outline import Line
from workbench.graph.project import Node
from workbench.ui.row_vitals import RowVitals, TrainedVitals
from workbench.ui.shown_vitals import ShownVitals
from workbench.ui.stack_checked import StackChecked
from workbench.ui.stack_drag import MIME, carried, drop
from workbench.ui.stack_lines import StackLines
from workbench.ui.stack_words import (
    EXTRA,
    LAYER,
    OUTPUT,
    PARAMS,
    SETTINGS,
    block_words,
    heading,
    layer_words,
    line_help,
    vitals_help,
)
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Problem

__all__ = ["EXTRA", "LAYER", "OUTPUT", "PARAMS", "SETTINGS", "StackRows"]

Index = QModelIndex | QPersistentModelIndex

_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled


class StackRows(QAbstractTableModel):
    """Layers of the open project, with what checking found and, while training or inspecting, vitals."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._stack = StackLines(Graph())
        self._checked = StackChecked()
        self._vitals = ShownVitals()
        self._found: frozenset[str] = frozenset()
        workspace.changed.connect(self._reload)
        workspace.opened.connect(self._reload)
        workspace.checked.connect(self._recost)
        workspace.stack.folded_changed.connect(self._reset)

    @property
    def lane_columns(self) -> int:
        """How many lanes there are beside the trunk."""
        return self._stack.lane_columns

    def line(self, row: int) -> Line | None:
        """Return what stands in a row."""
        return self._stack.lines[row] if 0 <= row < len(self._stack) else None

    def layer_id(self, row: int) -> str:
        """Return the id of the layer or block in a row, "" where there is none."""
        return self._stack.lines[row].id if 0 <= row < len(self._stack) else ""

    def layer_ids(self, rows: Iterable[int]) -> list[str]:
        """Return the ids of the layers in these rows; a block's row stands for all its layers."""
        return self._stack.layer_ids(rows)

    def row_of(self, wanted: str) -> int:
        """Return the row in which a layer or block is shown, -1 where it isn't there."""
        return self._stack.row_of(wanted)

    def graph_row(self, row: int) -> int:
        """Return the place in the stack of what is dropped before a row."""
        return self._stack.place(row)

    def shown(self, row: int) -> Line:
        """Return what stands in a row that there is."""
        return self._stack.lines[row]

    def node(self, row: int) -> Node | None:
        """Return the layer in a row, None for a block."""
        return self._stack.node(self._stack.lines[row])

    def lane(self, row: int) -> RowLanes:
        """Return what is drawn beside a row."""
        return self._stack.lanes[row]

    @property
    def shows_vitals(self) -> bool:
        """Whether the last column shows vitals."""
        return bool(self._vitals)

    def vitals(self, row: int) -> RowVitals | None:
        """Return what was seen inside the layer of a row, None where nothing was.

        A folded block's row shows its first layer that isn't well, else its last.
        """
        line = self._stack.lines[row]
        folded = line.folded and self._vitals
        return self._vitals.of([node.id for node in self._stack.inside(line)] if folded else [line.id])

    def is_found(self, wanted: str) -> bool:
        """Return whether the search found this layer or block."""
        return wanted in self._found

    def text(self, row: int, column: int) -> str:
        """Return what a cell says."""
        return self._text(self._stack.lines[row], column)

    def settings(self, line: Line) -> str:
        """Return what the settings column says of a line."""
        return self._text(line, SETTINGS)

    def problem(self, row: int) -> Problem | None:
        """Return the worst problem of a row."""
        line = self._stack.lines[row]
        if line.node:
            return self._checked.problems.get(line.id)
        if not line.folded or not self._checked.problems:
            return None
        return self._checked.worst(node.id for node in self._stack.inside(line))

    def problem_rows(self) -> Iterator[int]:
        """Return the rows that have a problem."""
        rows = {self._stack.row_of(name) for name in self._checked.problems}
        return iter(sorted(rows - {-1}))

    def set_vitals(self, vitals: Mapping[str, RowVitals]) -> None:
        """Set what the last column shows for each layer while inspecting."""
        had = bool(self._vitals)
        self._vitals.inspected = vitals
        self._show_vitals(had)

    def set_trained(self, vitals: TrainedVitals | None) -> None:
        """Set what the last column shows while training, or after; None for nothing."""
        if vitals is not None or self._vitals.trained is not None:
            had = bool(self._vitals)
            self._vitals.trained = vitals
            self._show_vitals(had)

    def _show_vitals(self, had: bool) -> None:
        """Have the last column drawn anew, and its head where it now stands above something else.

        A cell at a time: for more than one Qt draws the whole table.
        """
        for row in range(len(self._stack)):
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
        return 0 if parent.isValid() else len(self._stack)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return heading(section, vitals=self.shows_vitals)
        if role == Qt.ItemDataRole.ToolTipRole and section == EXTRA and self._vitals:
            return vitals_help()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section == PARAMS or (section == EXTRA and not self._vitals)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        line = self._stack.lines[row]
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
        at = row if row >= 0 else parent.row() if parent.isValid() else len(self._stack)
        drop(self._workspace, data, self.graph_row(at))
        return False  # the model changes through the document; Qt must not remove rows itself

    # Following the workspace

    def _reload(self) -> None:
        old, new = self._stack.graph, self._workspace.graph
        if not self._stack.fits(new):
            self._reset()
            return
        self._stack.graph = new
        self._tell(
            row
            for row, line in enumerate(self._stack.lines)
            if line.node and old.layers[line.start] is not new.layers[line.start]
        )

    def _reset(self) -> None:
        self.beginResetModel()
        self._stack = StackLines(self._workspace.graph, self._workspace.stack.folded)
        self.endResetModel()

    def _recost(self) -> None:
        report = self._workspace.report
        if report is None:
            return
        before, self._checked = self._checked, StackChecked(report)
        if before.problems != self._checked.problems:
            self._repaint()
            return
        self._tell(
            row
            for row, line in enumerate(self._stack.lines)
            if not line.node or before.costs.get(line.id) is not self._checked.costs.get(line.id)
        )

    def _tell(self, rows: Iterable[int]) -> None:
        """Have the views draw these rows anew: each by itself, or all at once where they are many."""
        changed = list(rows)
        for row in changed if len(changed) < 50 else ():
            self.dataChanged.emit(self.index(row, 0), self.index(row, EXTRA))
        if len(changed) >= 50:
            self._repaint()

    def _repaint(self) -> None:
        if self._stack.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._stack) - 1, EXTRA))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, EXTRA)

    # Words

    def _text(self, line: Line, column: int) -> str:
        node, costs_of = self._stack.node(line), self._checked.costs
        if node is not None:
            return layer_words(node, costs_of.get(node.id), column)
        costs = [costs_of.get(inner.id) for inner in self._stack.inside(line)]
        return block_words(line, costs, column)

    def _tip(self, row: int, line: Line, column: int) -> str:
        problem = self.problem(row)
        if column == EXTRA and (seen := self.vitals(row)):
            return seen.tip
        return problem.message if problem else line_help(line, self._stack.node(line))
