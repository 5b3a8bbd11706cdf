"""What the program tells the user: a bar above the panel, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from workbench.ui.icons import IconLabel, icon

Tone = Literal["problem", "warning", "good"]

_ICONS = {"problem": "warning-circle", "warning": "warning", "good": "check"}


@dataclass(frozen=True)
class Notice:
    """A sentence or two, its tone, and buttons that act on it."""

    tone: Tone
    text: str
    actions: tuple[tuple[str, Callable[[], object]], ...] = ()


class NoticeBar(QWidget):
    """Shows the newest notice until it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        around = QHBoxLayout(self)
        around.setContentsMargins(14, 6, 14, 0)
        self._box = QFrame()
        around.addWidget(self._box)
        self._row = QHBoxLayout(self._box)
        self._row.setContentsMargins(12, 4, 6, 4)
        self._row.setSpacing(8)
        self._icon = IconLabel("check")
        self._text = QLabel(wordWrap=True)
        self._text.setObjectName("noticeText")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setObjectName("noticeClose")
        self._close.setProperty("role", "flat")
        self._close.setIcon(icon("x", "muted"))
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.setAccessibleName(self.tr("Dismiss"))
        self._close.clicked.connect(self.hide)
        self._buttons: list[QPushButton] = []
        self._tone: Tone = "good"
        for part in (self._icon, self._text, self._close):
            self._row.addWidget(part, 1 if part is self._text else 0)
        self.hide()

    @property
    def tone(self) -> Tone:
        """How serious it is."""
        return self._tone

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text.text()

    def display(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._tone = notice.tone
        self._box.setProperty("role", f"notice-{notice.tone}")
        self._box.style().unpolish(self._box)
        self._box.style().polish(self._box)
        self._icon.set_icon(_ICONS[notice.tone], notice.tone)
        self._text.setText(notice.text)
        self._text.setAccessibleName(notice.text)
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._button(label, action) for label, action in notice.actions]
        self.show()

    def _button(self, label: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(label)
        button.setObjectName("noticeAction")
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda: action())
        self._row.insertWidget(self._row.count() - 1, button)
        return button
