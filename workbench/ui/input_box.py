"""A field for the layer that is read: the nearest ones to choose from, any to type."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

NEAREST = 50
"""Layers that the list offers; the others are typed."""


class InputBox(QComboBox):
    """The id of a layer above. Its list and what it completes from are made when they are asked for."""

    chosen = Signal(str)
    """Another id was chosen or typed."""

    def __init__(self, above: Callable[[], list[str]]) -> None:
        """``above`` returns the ids that can be read, in the stack's order."""
        super().__init__()
        self._above = above
        self._shown = ""
        self.setProperty("role", "param")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt's own completes from the nearest only
        self._known = QStringListModel(self)
        self._completer = QCompleter(self._known, self)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(10)
        field = self._field = QLineEdit()
        self.setLineEdit(field)
        field.setCompleter(self._completer)
        field.textEdited.connect(self._know)
        field.editingFinished.connect(self._settle)
        self.activated.connect(self._settle)
        self._completer.activated.connect(self._take)

    def show_id(self, name: str) -> None:
        """Show what is read."""
        self._shown = name
        self._known.setStringList([])
        if self.count():
            self.clear()
        if self.currentText() != name:
            self.setEditText(name)
            self._field.setCursorPosition(0)
            self.setToolTip(name)

    def showPopup(self) -> None:
        """Offer the nearest layers, the nearest first."""
        nearest = self._above()[: -NEAREST - 1 : -1]
        if self._shown and self._shown not in nearest:
            nearest.append(self._shown)
        self.clear()
        self.addItems(nearest)
        self.setCurrentIndex(nearest.index(self._shown) if self._shown in nearest else -1)
        self.setEditText(self._shown)
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _know(self) -> None:
        if not self._known.rowCount():
            self._known.setStringList(self._above())

    def _take(self, name: str) -> None:
        self.setEditText(name)
        self._settle()

    def _settle(self) -> None:
        typed = self.currentText().strip()
        if typed and typed != self._shown:
            self.chosen.emit(typed)
        elif not typed:
            self.setEditText(self._shown)
