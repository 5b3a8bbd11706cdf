"""A trial under way: what it is, how far it has come, and a way to end it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workbench.ui import theme
from workbench.ui.cards import button, label


class TrialRow(QWidget):
    """Words, a bar and a button to cancel; hidden while nothing is under way."""

    cancelled = Signal()

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setObjectName(f"{name}Progress")
        self._bar.setAccessibleName(text)
        self._bar.setRange(0, 1000)
        self._cancel = button(self.tr("Cancel"), "flat", name=f"{name}Cancel")
        self._cancel.clicked.connect(self.cancelled)
        row.addWidget(label(text, "muted"))
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self.hide()

    def begin(self) -> None:
        """Show that it has begun."""
        self._bar.setValue(0)
        self.show()

    def focus(self) -> None:
        """Take the keyboard: what it was begun with can't be pressed now."""
        self._cancel.setFocus()

    @property
    def focused(self) -> bool:
        """Whether it has the keyboard."""
        return self._cancel.hasFocus()

    def advance(self, share: float) -> None:
        """Show how far it has come, 0 to 1."""
        self._bar.setValue(round(1000 * min(share, 1.0)))
