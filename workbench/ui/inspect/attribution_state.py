"""What a tile says in place of a picture: that it waits, works, was cancelled, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.icons import IconLabel

LOW = 120


class TileState(QWidget):
    """Words in the middle, and a way on where there is one."""

    again = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMinimumHeight(LOW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.S, 0, theme.S)
        column.setSpacing(theme.S)
        column.addStretch(1)
        self._icon = IconLabel("hourglass", "muted", 24)
        self.text = label("", "muted", wrap=True, name=f"{name}Text")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._again = button(self.tr("Start again"), "fix", name=f"{name}Again")
        self._again.clicked.connect(self.again)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.text)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        self.hide()

    def say(self, text: str, glyph: str, token: str = "muted", *, again: bool = False) -> None:
        """Show words."""
        self._icon.set_icon(glyph, token)
        self.text.setText(text)
        self._again.setVisible(again)
        self.show()
