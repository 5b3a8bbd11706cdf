"""The stack: always on the left, edited by keyboard, mouse and typing."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.add_edit import AddEdit
from workbench.ui.icons import icon
from workbench.ui.stack_paint import StackPainter
from workbench.ui.stack_rows import EXTRA, LAYER, OUTPUT, PARAMS, SETTINGS, StackRows
from workbench.ui.workspace import Workspace


class StackTable(QTableView):
    """The rows."""

    typed = Signal(str)
    """A letter was typed while the rows had the focus."""

    def __init__(self, workspace: Workspace, model: StackRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stack")
        self.setAccessibleName(self.tr("Layer stack"))
        self._workspace = workspace
        self._rows = model
        self.setModel(model)
        self._painter = StackPainter(model, self)
        self.setItemDelegate(self._painter)
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
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setFixedHeight(34)
        header.setMinimumSectionSize(20)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        workspace.selected.connect(self._show_selected)
        model.modelReset.connect(lambda: self._show_selected(workspace.selection))
        model.dataChanged.connect(lambda: self._fit_columns())

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected layers, top to bottom."""
        found = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._rows.layer_id(row) for row in found]

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_columns()

    def _fit_columns(self) -> None:
        width = self.viewport().width()
        shares = {SETTINGS: 0.17, OUTPUT: 0.16, PARAMS: 0.155, EXTRA: 0.185}
        used = 0
        for column, share in shares.items():
            self.setColumnWidth(column, int(width * share))
            used += int(width * share)
        self.setColumnWidth(LAYER, width - used)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        ids = self.selected_ids()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and ids:
            self._workspace.remove_layers(ids)
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and ids:
            self._nudge(ids, key == Qt.Key.Key_Up)
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().exec(event.globalPos())

    def menu(self) -> QMenu:
        """Return the context menu for the selected layers."""
        menu = QMenu(self)
        ids = self.selected_ids()
        first = ids[0] if ids else ""
        for name, text, act in (
            ("copy", self.tr("Duplicate\tCtrl+D"), lambda: self._workspace.duplicate_layer(first)),
            ("arrow-up", self.tr("Move up\tAlt+Up"), lambda: self._nudge(ids, True)),
            ("arrow-down", self.tr("Move down\tAlt+Down"), lambda: self._nudge(ids, False)),
            ("trash", self.tr("Remove\tDel"), lambda: self._workspace.remove_layers(ids)),
        ):
            action = menu.addAction(icon(name), text)
            action.setEnabled(bool(ids))
            action.triggered.connect(act)
        report = self._workspace.report
        fixes = [
            (p.layer, f) for p in (report.problems if report else ()) if p.layer == first for f in p.fixes
        ]
        if fixes:
            menu.addSeparator()
        for layer, fix in fixes:
            action = menu.addAction(icon("lightning", "accent"), fix.label)
            action.triggered.connect(lambda _=False, layer=layer, fix=fix: self._workspace.mend(layer, fix))
        return menu

    def _nudge(self, ids: list[str], up: bool) -> None:
        at = [self._rows.row_of(i) for i in ids]
        target = min(at) - 1 if up else max(at) + 2
        if 0 <= target <= self._rows.rowCount():
            self._workspace.move_layers(ids, target)

    def _on_row(self) -> None:
        self._workspace.select(self._rows.layer_id(self.currentIndex().row()))

    def _show_selected(self, layer_id: str) -> None:
        row = self._rows.row_of(layer_id)
        if row < 0:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
            return
        if self.currentIndex().row() == row and self.selectionModel().isRowSelected(row):
            return
        flag = QItemSelectionModel.SelectionFlag
        chosen = flag.ClearAndSelect | flag.Rows
        self.selectionModel().setCurrentIndex(self._rows.index(row, 0), chosen)
        self.scrollTo(self._rows.index(row, 0))


class StackView(QFrame):
    """The left side of the window: the rows, and below them the field in which layers are typed."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "side")
        self.rows = StackRows(workspace)
        self.table = StackTable(workspace, self.rows)
        self.add = AddEdit(workspace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        line = QFrame()
        line.setProperty("role", "line")
        column.addWidget(line)
        column.addWidget(self.add)
        self.table.typed.connect(self.add.begin)
        self.add.left.connect(self.table.setFocus)
