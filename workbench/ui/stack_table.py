"""The rows of the stack, under the hands: keys, mouse, selection."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from workbench.ui import theme
from workbench.ui.stack_header import StackHeader
from workbench.ui.stack_link import LinkDrag
from workbench.ui.stack_paint import INDENT, StackPainter
from workbench.ui.stack_problems import ProblemLines
from workbench.ui.stack_rows import EXTRA, LAYER, StackRows
from workbench.ui.workspace import Workspace


class StackTable(QTableView):
    """The rows."""

    typed = Signal(str)
    """A letter was typed while the rows had the focus."""

    def __init__(self, workspace: Workspace, model: StackRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stack")
        self.setAccessibleName(self.tr("Layer stack"))
        self.workspace = workspace
        self._rows = model
        self.setModel(model)
        self._painter = StackPainter(model, self)
        self.setItemDelegate(self._painter)
        self.problems = ProblemLines(self, model, self._painter)
        self.link = LinkDrag(self, model, self._painter, workspace)
        self._header = StackHeader(model, self._painter, self)
        self._mouse = QPoint(-1, -1)
        self._behave()
        self._lay_out_headers()
        self.selectionModel().currentRowChanged.connect(self._on_row)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        workspace.selected.connect(self._show_selected)
        workspace.checked.connect(self.problems.refresh)
        model.modelReset.connect(self._on_reset)

    def _behave(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)

    def _lay_out_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.setHorizontalHeader(self._header)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # it must have its table for that

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._header.share()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        alt = modifiers & Qt.KeyboardModifier.AltModifier
        stack = self.workspace.stack
        if key == Qt.Key.Key_Escape and self.link.active:
            self.link.cancel()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and stack.chosen:
            stack.remove()
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.nudge(up=key == Qt.Key.Key_Up)
        elif alt and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply_fix()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not modifiers:
            self._fold_by_key(fold=key == Qt.Key.Key_Left)
        elif event.text().isalpha() and not modifiers & ~Qt.KeyboardModifier.ShiftModifier:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def nudge(self, *, up: bool) -> None:
        """Move the selected layers past the next layer above or below; a folded block is passed whole."""
        chosen = self.workspace.stack.chosen
        if not chosen:
            return
        shown = sorted({self._rows.row_of(name) for name in chosen})
        step = -1 if up else 1
        beside = self._rows.line(shown[0] - 1 if up else shown[-1] + 1)
        while beside and beside.node is None and not beside.folded:  # the head of an open block is no layer
            beside = self._rows.line(self._rows.row_of(beside.id) + step)
        if beside is not None:
            self.workspace.stack.move(chosen, beside.start if up else beside.stop)

    def apply_fix(self) -> None:
        """Apply the first fix of the selected layer's problem, else of the first problem there is."""
        report = self.workspace.report
        problems = [p for p in (report.problems if report else ()) if p.fixes]
        mine = [p for p in problems if p.layer == self.workspace.selection]
        for problem in (mine or problems)[:1]:
            self.workspace.stack.mend(problem.layer, problem.fixes[0])

    def _fold_by_key(self, *, fold: bool) -> None:
        line = self._rows.line(self.currentIndex().row())
        if line is None:
            return
        if line.node is None and line.folded != fold:
            self.workspace.stack.fold(line.blocks[:1] if not fold else line.blocks, fold)
        elif fold and line.depth:  # within a block: go to its head
            parent = self.workspace.graph.layers[line.start].path[line.depth - 1]
            self.workspace.select(parent)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        row = self.problems.row_of_fix(point)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and row >= 0:
            problem = self._rows.problem(row)
            if problem:
                self.workspace.stack.mend(problem.layer, problem.fixes[0])
            return
        if left and self._over_caret(point):
            line = self._rows.line(self.rowAt(point.y()))
            if line:
                self.workspace.stack.fold(line.blocks[:1] if line.folded else line.blocks, not line.folded)
            return
        if left and self.link.over_handle(point):
            self.link.begin(point)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().toPoint()
        if self.link.active:
            self.link.move(self._mouse)
            return
        pointing = self.problems.row_of_fix(self._mouse) >= 0 or self._over_caret(self._mouse)
        shape = Qt.CursorShape.ArrowCursor
        if pointing:
            shape = Qt.CursorShape.PointingHandCursor
        elif self.link.over_handle(self._mouse):
            shape = Qt.CursorShape.CrossCursor
        self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = QPoint(-1, -1)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.link.active:
            self.link.end(event.position().toPoint())
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        line = self._rows.line(self.rowAt(int(event.position().y())))
        if line and line.node is None:
            self.workspace.stack.fold(line.blocks[:1] if line.folded else line.blocks, not line.folded)
            return
        super().mouseDoubleClickEvent(event)

    def _over_caret(self, point: QPoint) -> bool:
        line = self._rows.line(self.rowAt(point.y()))
        if line is None or line.node:
            return False
        left = self.columnViewportPosition(LAYER) + self._painter.text_left() + INDENT * line.depth
        return left - 6 <= point.x() <= left + 14

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.dirty = event.rect()
        self._painter.hovered = self.rowAt(self._mouse.y()) if self._mouse.y() >= 0 else -1
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        self.problems.paint(painter, event.rect(), self._mouse)
        self.link.paint(painter)
        painter.end()

    # Selection

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected layers, top to bottom; a block's row stands for its layers."""
        return self._rows.layer_ids(index.row() for index in self.selectionModel().selectedRows())

    def _on_row(self) -> None:
        self.workspace.select(self._rows.layer_id(self.currentIndex().row()))

    def _on_selection(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self.workspace.stack.choose(self.selected_ids())

    def _on_reset(self) -> None:
        self.problems.refresh()
        kept = [name for name in self.workspace.stack.chosen if self._rows.row_of(name) >= 0]
        if len(kept) > 1 and self.workspace.selection in kept:
            self._select_rows([self._rows.row_of(name) for name in kept], self.workspace.selection)
        else:
            self._show_selected(self.workspace.selection)

    def _select_rows(self, rows: list[int], current: str) -> None:
        """Select several rows again after they came anew."""
        flag = QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self._rows.index(row, 0), self._rows.index(row, EXTRA))
        at = self._rows.index(self._rows.row_of(current), 0)
        self.selectionModel().setCurrentIndex(at, flag.NoUpdate)
        self.selectionModel().select(chosen, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(at)

    def _show_selected(self, wanted: str) -> None:
        row = self._rows.row_of(wanted)
        if row < 0:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
            self.workspace.stack.choose(())
            return
        line = self._rows.line(row)
        if line and line.folded and line.id != wanted and self.workspace.stack.layer(wanted):
            hidden = self.workspace.graph.layers[self.workspace.graph.index(wanted)].path
            self.workspace.stack.fold([part for part in hidden if part in self.workspace.stack.folded], False)
            return  # the rows come anew, and this with them
        if self.currentIndex().row() == row and self.selectionModel().isRowSelected(row):
            self.workspace.stack.choose(self.selected_ids())
            return
        flag = QItemSelectionModel.SelectionFlag
        chosen = flag.ClearAndSelect | flag.Rows
        self.selectionModel().setCurrentIndex(self._rows.index(row, 0), chosen)
        self.scrollTo(self._rows.index(row, 0))
