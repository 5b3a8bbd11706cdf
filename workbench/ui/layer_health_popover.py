"""Opens the card of a layer by a click on its row's vitals, or by Enter on the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from workbench.ui.remedies import Remedies
from workbench.ui.stack_rows import EXTRA, StackRows
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.ui.layer_health_card import LayerHealthCard


class LayerHealthPopover(QObject):
    """One card, made when it is first asked for; it follows the figures while it is open."""

    def __init__(
        self, table: QTableView, rows: StackRows, workspace: Workspace, training: Training, window: QWidget
    ) -> None:
        super().__init__(window)
        self._table, self._rows = table, rows
        self._workspace, self._training, self._window = workspace, training, window
        self._remedies = Remedies(workspace, training)
        self._card: LayerHealthCard | None = None
        self._row = -1
        table.clicked.connect(self._on_clicked)
        table.installEventFilter(self)
        table.verticalScrollBar().valueChanged.connect(self.close)
        rows.dataChanged.connect(self._refresh)
        rows.headerDataChanged.connect(self._refresh)
        rows.modelReset.connect(self._refresh)
        workspace.changed.connect(self._refresh)
        training.changed.connect(lambda _change: self._refresh())

    @property
    def is_open(self) -> bool:
        """Whether the card is seen."""
        return self._card is not None and self._card.isVisible()

    def open(self, row: int) -> bool:
        """Open the card of a row; return whether there is anything to tell of it."""
        vitals = self._rows.vitals(row) if self._rows.line(row) else None
        if vitals is None or vitals.health is None:
            return False
        card = self._card = self._card or self._make()
        self._row = row
        self._show(card)
        card.present(self._rect(row))
        card.setFocus(Qt.FocusReason.PopupFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        enter = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.type() == QEvent.Type.KeyPress and self.open(self._table.currentIndex().row()):
            return True
        return super().eventFilter(watched, event)

    def _make(self) -> LayerHealthCard:
        from workbench.ui.layer_health_card import LayerHealthCard  # plots, which the first window can spare

        card = LayerHealthCard(self._window)
        card.remedy_wanted.connect(self._remedies.apply)
        card.layer_wanted.connect(self._go_to)
        card.stepped.connect(self._step)
        card.left.connect(self._table.setFocus)
        return card

    def close(self) -> None:
        """Close the card; the keys that it had go back to the stack."""
        if self._card is not None:
            focused = QApplication.focusWidget()
            if focused is not None and (focused is self._card or self._card.isAncestorOf(focused)):
                self._table.setFocus()
            self._card.hide()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == EXTRA and QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.open(index.row())

    def _go_to(self, layer: str) -> None:
        self._workspace.select(layer)
        if not self.open(self._rows.row_of(layer)):
            self.close()

    def _step(self, by: int) -> None:
        """Go to the next row that has something to tell."""
        row = self._row + by
        while self._rows.line(row) is not None:
            line, vitals = self._rows.shown(row), self._rows.vitals(row)
            if (line.node or line.folded) and vitals is not None and vitals.health is not None:
                self._workspace.select(line.id)
                self.open(row)
                return
            row += by

    def _refresh(self) -> None:
        """Tell what is so now, or close where there is nothing to tell any more."""
        card = self._card
        if card is None or not card.isVisible() or card.health is None:
            return
        self._row = self._rows.row_of(card.health.layer)
        vitals = self._rows.vitals(self._row) if self._row >= 0 else None
        if vitals is None or vitals.health is None:
            self.close()
        else:
            self._show(card)
            card.present(self._rect(self._row))

    def _show(self, card: LayerHealthCard) -> None:
        vitals = self._rows.vitals(self._row)
        assert vitals is not None
        assert vitals.health is not None
        health = vitals.health()
        node = self._workspace.stack.layer(health.layer)
        title = f"{health.layer} · {node.type}" if node else health.layer
        card.display(health, title, vitals.origin, self._remedies.is_done)

    def _rect(self, row: int) -> QRect:
        """Where a row is in the window."""
        table = self._table
        viewport = table.viewport()
        top = viewport.mapTo(self._window, QPoint(0, table.rowViewportPosition(row)))
        return QRect(top.x(), top.y(), viewport.width(), table.rowHeight(row))
