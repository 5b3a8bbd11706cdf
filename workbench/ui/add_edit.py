"""The field in which layers are typed, with its list of suggestions."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.layers.typed import parse
from workbench.ui import adding
from workbench.ui.cards import label
from workbench.ui.icons import IconLabel
from workbench.ui.offer_list import ROW, OfferList
from workbench.ui.offers import Offer, offers, parts
from workbench.ui.workspace import Workspace

SHOWN = 9


class AddEdit(QWidget):
    """Type "conv 64 3" or "conv 64 3, bn, relu", press Enter, and the layers stand below the selected one."""

    left = Signal()
    """Escape was pressed: the focus goes back to the rows."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._last = ""
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
        self._list.offers.taken.connect(self._take)
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
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut:
            self._list.hide()
        if event.type() == QEvent.Type.FocusIn and self.edit.text():
            self._suggest(self.edit.text())
        return super().eventFilter(watched, event)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._list.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._list.place()

    def _key(self, key: int) -> bool:
        """Act on a key; return whether it was one of ours."""
        open_ = self._list.isVisible()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.edit.text().strip():
                self._take(self._list.offers.current() if open_ else None)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and open_:
            self._list.offers.step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Up and not self.edit.text():
            self.edit.setText(self._last)
        elif key == Qt.Key.Key_Tab and open_:
            self._complete()
        elif key == Qt.Key.Key_Escape:
            self.edit.clear()
            self._list.hide()
            self.left.emit()
        else:
            return False
        return True

    def _suggest(self, text: str) -> None:
        """Offer what the last layer of the line can be."""
        *before, last = parts(text)
        self._list.fill(offers(last, self._workspace.kept.fragments, SHOWN), before)

    def _complete(self) -> None:
        """Spell out the current suggestion, settings and all."""
        found = self._list.offers.current()
        if found and not found.error:
            *before, _ = parts(self.edit.text())
            self.edit.setText(", ".join([*before, found.typed]))

    def _take(self, found: Offer | None) -> None:
        """Add the line's layers, the last of them as it was chosen from the list."""
        line = self.edit.text().strip()
        *before, last = parts(line)
        try:
            wanted = [self._meant(part) for part in before if part]
            if last:
                wanted.append(found or self._meant(last))
        except UserError as error:
            self._workspace.tell_error(error)
            return
        if adding.add(self._workspace, wanted):
            self._last = line
            self.edit.clear()

    def _meant(self, text: str) -> Offer:
        """What a text means; raises `UserError` saying what can be typed instead."""
        found = offers(text, self._workspace.kept.fragments, 1)
        if not found:
            parse(text)  # raises, with the nearest name
        return found[0]

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

    def __init__(self, field: AddEdit) -> None:
        super().__init__(field)
        self._field = field
        self.setProperty("role", "card")
        self.setObjectName("suggestions")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(0)
        self.offers = OfferList("suggestionList")
        self._before = label("", "small", name="suggestionsBefore")
        self._before.setIndent(9)
        self._keys = label("", "small")
        self._keys.setText(self.tr("Enter adds · Tab completes · comma for one more"))
        self._keys.setIndent(9)
        self._keys.setFixedHeight(24)
        column.addWidget(self._before)
        column.addWidget(self.offers)
        column.addWidget(self._keys)
        self.hide()

    def fill(self, options: tuple[Offer, ...], before: list[str]) -> None:
        """Show what may be meant, after the layers that the line names already."""
        self.offers.fill(options)
        if not options:
            self.hide()
            return
        self._before.setVisible(bool(before))
        self._before.setText(self.tr("after {}:").format(", ".join(before)))
        if self.parent() is not self._field.window():
            self.setParent(self._field.window())
        self.offers.setFixedHeight(len(options) * ROW)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Lie right above the field."""
        if self.parent() is not self._field.window():
            return
        high = self.offers.maximumHeight() + 10 + self._keys.sizeHint().height()
        high += 0 if self._before.isHidden() else self._before.sizeHint().height()
        at = self._field.mapTo(self._field.window(), QPoint(8, -high - 4))
        self.setGeometry(at.x(), at.y(), self._field.width() - 16, high)
