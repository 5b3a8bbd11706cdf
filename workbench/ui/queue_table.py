"""The queue's rows: what waits, what is trained, what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from workbench.runs.queue import Item
from workbench.ui import theme
from workbench.ui.icons import icon
from workbench.ui.queueing import Queueing

BUTTONS = 80
"""Width of the column with buttons: two of them."""
_TONES = {"done": "good", "running": "accent", "failed": "problem"}


class QueueTable(QTableWidget):
    """A row an item: Delete takes it out, Alt with an arrow moves it, Enter shows its run."""

    run_wanted = Signal(str)
    """The run that an item became is to be shown, by id."""

    def __init__(self, queueing: Queueing, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setObjectName("queueTable")
        self.setAccessibleName(self.tr("Queue of runs"))
        self._queueing = queueing
        self._items: tuple[Item, ...] = ()
        self.setHorizontalHeaderLabels([self.tr("STATE"), self.tr("RUN"), self.tr("CHANGES"), ""])
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(3, BUTTONS)
        self.setStyleSheet(theme.FLUSH)

    def display(self, items: tuple[Item, ...], *, again: bool = False) -> None:
        """Show items, if they are others or ``again``; the selected one stays so."""
        if items == self._items and not again:
            return  # the focus may be on one of the buttons
        selected = self.item_id
        self._items = items
        self.setRowCount(len(items))
        for row, item in enumerate(items):
            self._fill(row, item)
            if item.id == selected:
                self.selectRow(row)

    @property
    def item_id(self) -> int:
        """The id of the selected item, 0 for none."""
        row = self.currentRow()
        return self._items[row].id if self.selectedItems() and row < len(self._items) else 0

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_items"):
            self.display(self._items, again=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.item_id
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if chosen and event.key() == Qt.Key.Key_Delete:
            self._queueing.remove(chosen)
        elif chosen and alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._queueing.move(chosen, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif chosen and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show_run(self.currentRow())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        row = self.indexAt(event.position().toPoint()).row()
        if row >= 0:
            self._show_run(row)

    def _show_run(self, row: int) -> None:
        if self._items[row].run:
            self.run_wanted.emit(self._items[row].run)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.indexAt(event.pos()).row()
        if row >= 0:
            self._menu(self._items[row]).exec(event.globalPos())

    def _menu(self, item: Item) -> QMenu:
        menu = QMenu(self)
        queueing, at = self._queueing, self._items.index(item)
        for glyph, text, can, act in (
            ("chart-line", self.tr("Show the run"), bool(item.run), lambda: self._show_run(at)),
            ("arrow-up", self.tr("Move up"), at > 0, lambda: queueing.move(item.id, -1)),
            (
                "arrow-down",
                self.tr("Move down"),
                at < len(self._items) - 1,
                lambda: queueing.move(item.id, 1),
            ),
            (
                "arrow-clockwise",
                self.tr("Train again"),
                item.state in ("done", "failed"),
                lambda: queueing.retry(item.id),
            ),
            ("trash", self.tr("Remove"), item.state != "running", lambda: queueing.remove(item.id)),
        ):
            action = menu.addAction(icon(glyph), text)
            action.setEnabled(can)
            action.triggered.connect(act)
        return menu

    def _fill(self, row: int, item: Item) -> None:
        words = {
            "waiting": self.tr("waiting"),
            "running": self.tr("training"),
            "done": self.tr("done"),
            "failed": self.tr("failed"),
        }
        changes = ", ".join(item.changes) or self.tr("no changes")
        told = f"{changes} · {item.message}" if item.message else changes
        for column, text in enumerate((words[item.state], item.run or "–", told)):
            cell = QTableWidgetItem(text)
            if column == 0:
                cell.setForeground(theme.current().color(_TONES.get(item.state, "muted")))
            elif column == 1 or (item.changes and not item.message):
                cell.setFont(theme.mono(12))
            if column == 2:
                cell.setToolTip(f"{changes}\n{item.message}".strip())
            self.setItem(row, column, cell)
        before = self.cellWidget(row, 3)
        if before is not None:  # it is deleted later
            before.hide()
        self.setCellWidget(row, 3, self._buttons(item))

    def _buttons(self, item: Item) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addStretch(1)
        queueing = self._queueing
        if item.state == "failed":
            again = _small("arrow-clockwise", f"queueRetry_{item.id}", self.tr("Train again"))
            again.clicked.connect(lambda: queueing.retry(item.id))
            line.addWidget(again)
        if item.state != "running":
            remove = _small("x", f"queueRemove_{item.id}", self.tr("Remove"))
            remove.clicked.connect(lambda: queueing.remove(item.id))
            line.addWidget(remove)
        return made


def _small(glyph: str, name: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setObjectName(name)
    made.setProperty("role", "flat")
    made.setIconSize(QSize(16, 16))
    made.setIcon(icon(glyph, "muted"))
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    return made
