"""Choosing the column of a table that is read as text, and how its words become ids."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.graph.project import Text
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.form import Choice, ModelForm


class TextChoice(Choice):
    """A list of columns, the first entry for none."""

    chosen = Signal(object)
    """The `Text` that the person wants, or None."""

    def __init__(self) -> None:
        super().__init__()
        self._now = ""
        self.setObjectName("textColumn")
        self.setAccessibleName(self.tr("Column to read as text"))
        self.setToolTip(
            self.tr(
                "Words of this column become ids, by a vocabulary of the training samples. "
                "Other columns are left out then."
            )
        )
        self.activated.connect(self._choose)

    def display(self, columns: tuple[str, ...], now: str) -> None:
        """Show the columns that there are, and the one that is read, "" for none."""
        self._now = now
        self.clear()
        self.addItem(self.tr("none: columns are features"), "")
        for name in columns:
            self.addItem(name, name)
        self.setCurrentIndex(max(0, self.findData(now)))

    def _choose(self) -> None:
        name = self.currentData()
        if name != self._now:
            self.chosen.emit(Text(column=name) if name else None)


class Vocabulary(QWidget):
    """The settings of a text that is read."""

    edited = Signal(object)
    """The `Text` with the edit."""

    def __init__(self) -> None:
        super().__init__()
        self._form = ModelForm()
        self._form.edited.connect(lambda _name, text: self.edited.emit(text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.S, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(label(self.tr("Vocabulary of the training samples"), "muted"))
        column.addWidget(self._form)

    def display(self, text: Text | None) -> None:
        """Show what is set; nothing where no text is read."""
        self.setVisible(text is not None)
        if text is not None:
            self._form.show_model(text, ("max_words", "min_count", "length"))
