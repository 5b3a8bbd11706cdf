"""What dialogs have in common: a size that the window has room for, and one button that Enter presses."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.ui import theme

_EDGE = QSize(64, 56)
"""Pixels of the window that stay in sight around a dialog."""


class Dialog(QDialog):
    """Lies over the window and keeps it waiting; `column` holds the content and `foot` the buttons."""

    def __init__(self, name: str, title: str, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wanted, self._over = size, parent
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 16, 18, 16)
        outer.setSpacing(theme.M)
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.M)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(theme.S)
        outer.addLayout(self.column, 1)
        outer.addLayout(self.foot)

    def fit(self) -> None:
        """Take the size that it likes, or less where the window is smaller."""
        self.resize(self._wanted.boundedTo(self._over.window().size() - _EDGE))

    def set_default(self, wanted: QPushButton | None) -> None:
        """Let Enter press a button, and no other; or none, but the one that has the focus."""
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
            button.setDefault(button is wanted)

    def showEvent(self, event: QShowEvent) -> None:
        self.fit()
        super().showEvent(event)
