"""Looking for runs by typing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.ui.icons import icon


class RunsFilter(QLineEdit):
    """Words and conditions; `workbench.runs.query.Query` explains them."""

    wanted = Signal(str)
    """What is looked for, once the keys rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsFilter")
        self.setAccessibleName(self.tr("Filter the runs"))
        self.setPlaceholderText(self.tr("Filter: tag, note, val_loss<0.3, optimizer=Adam, -failed"))
        self.setToolTip(
            self.tr(
                "All words must hold. A word is looked for in id, state, tags, notes and device.\n"
                "key=value, also with != < <= > >=, asks a figure at the best epoch or a setting:\n"
                "val_loss<0.3   accuracy>=0.9   optimizer=Adam   lr<0.01   tag=good   epochs>5\n"
                'A word after - must not hold; "two words" are one.'
            )
        )
        self.setClearButtonEnabled(True)
        self.addAction(icon("magnifying-glass", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._rest = QTimer(self, singleShot=True, interval=60)
        self._rest.timeout.connect(lambda: self.wanted.emit(self.text()))
        self.textChanged.connect(lambda: self._rest.start())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
