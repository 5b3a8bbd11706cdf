"""The field in which a layer is typed, with its list of suggestions."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.errors import UserError
from workbench.graph import edit
from workbench.layers import CATALOGUE
from workbench.layers.typed import Suggestion, suggestions
from workbench.ui.icons import IconLabel
from workbench.ui.workspace import Workspace

SHOWN = 8


class AddEdit(QWidget):
    """Type "conv 64 3", press Enter, and the layer stands below the selected one."""

    left = Signal()
    """Escape was pressed: the focus goes back to the rows."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(IconLabel("plus", "muted", 14))
        self.edit = QLineEdit()
        self.edit.setObjectName("addLayer")
        self.edit.setProperty("role", "bare")
        self.edit.setAccessibleName(self.tr("Add a layer by typing"))
        self.edit.textChanged.connect(self._suggest)
        self.edit.installEventFilter(self)
        row.addWidget(self.edit)
        self._list = _Suggestions(self)
        self._list.chosen.connect(self._take)
        workspace.selected.connect(self._hint)
        workspace.opened.connect(self._hint)
        workspace.data_changed.connect(self._hint)
        self._hint()

    def begin(self, text: str = "") -> None:
        """Take the focus, with a first letter typed already."""
        self.edit.setFocus()
        self.edit.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut:
            self._list.hide()
        if event.type() == QEvent.Type.FocusIn and self.edit.text():
            self._suggest(self.edit.text())
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            found = self._list.current() if self._list.isVisible() else None
            if found is None:
                options = suggestions(self.edit.text(), 1) if self.edit.text().strip() else ()
                found = options[0] if options else None
            if found:
                self._take(found)
            elif self.edit.text().strip():
                text = self.tr("No layer is called “{}”. Type a name such as conv, linear or relu.")
                self._workspace.tell_error(UserError(text.format(self.edit.text().strip())))
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._list.isVisible():
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Escape:
            self.edit.clear()
            self._list.hide()
            self.left.emit()
            return True
        return False

    def _suggest(self, text: str) -> None:
        self._list.fill(suggestions(text, SHOWN) if text.strip() else ())

    def _take(self, suggestion: Suggestion) -> None:
        if suggestion.error:
            self._workspace.tell_error(UserError(suggestion.error))
            return
        if suggestion.rest:
            text = self.tr("“{}” is not understood. {} takes {}.")
            takes = ", ".join(CATALOGUE[suggestion.type].model_fields) or self.tr("no settings")
            self._workspace.tell_error(UserError(text.format(suggestion.rest, suggestion.type, takes)))
            return
        params = dict(suggestion.params)
        if "shape" in CATALOGUE[suggestion.type].model_fields and "shape" not in params:
            facts = self._workspace.facts
            params["shape"] = facts.sample.shape if facts else (1,)
        try:
            layer = edit.make(suggestion.type, params)
        except UserError as error:
            self._workspace.tell_error(error)
            return
        self.edit.clear()
        self._workspace.add_layer(layer)

    def _hint(self) -> None:
        after = self._workspace.selection
        facts = self._workspace.facts
        example = "conv 64 3" if facts is None or len(facts.sample.shape) == 3 else "linear 64"
        if after:
            self.edit.setPlaceholderText(self.tr("type to add below {} — “{}”").format(after, example))
        else:
            self.edit.setPlaceholderText(self.tr("type to add a layer — “{}”").format(example))


class _Suggestions(QFrame):
    """The list above the field: what the typed text can mean."""

    chosen = Signal(object)

    def __init__(self, field: AddEdit) -> None:
        super().__init__(field)
        self._field = field
        self.setProperty("role", "card")
        self.setObjectName("suggestions")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        column.addWidget(self._list)
        self.hide()

    def current(self) -> Suggestion | None:
        item = self._list.currentItem()
        found: Suggestion | None = item.data(Qt.ItemDataRole.UserRole) if item else None
        return found

    def step(self, by: int) -> None:
        self._list.setCurrentRow((self._list.currentRow() + by) % max(self._list.count(), 1))

    def fill(self, options: tuple[Suggestion, ...]) -> None:
        self._list.clear()
        for option in options:
            item = QListWidgetItem(option.error or option.label)
            item.setData(Qt.ItemDataRole.UserRole, option)
            item.setToolTip(CATALOGUE[option.type].help())
            self._list.addItem(item)
        if not options:
            self.hide()
            return
        self._list.setCurrentRow(0)
        window = self._field.window()
        if self.parent() is not window:
            self.setParent(window)
        high = len(options) * self._list.sizeHintForRow(0) + 12
        at = self._field.mapTo(window, QPoint(8, -high - 4))
        self.setGeometry(at.x(), at.y(), self._field.width() - 16, high)
        self.show()
        self.raise_()
