"""A method's settings, in a box that opens under a button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from workbench.interpret.method import Method
from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.form import ModelForm

PAUSE_MS = 400
"""How long nothing is typed before settings are tried."""


class SettingsButton(QWidget):
    """Edits one method at a time; `edited` comes when a person pauses."""

    edited = Signal(object)
    """The method with the new settings."""

    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.button: QPushButton = button(self.tr("Settings"), "flat", glyph="sliders-horizontal", name=name)
        self.button.clicked.connect(self._open)
        column.addWidget(self.button)
        self.box = QFrame(self, Qt.WindowType.Popup)
        self.box.setObjectName(f"{name}Box")
        self.box.setProperty("role", "card")
        self.box.setFixedWidth(330)
        inside = QVBoxLayout(self.box)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.setSpacing(theme.M)
        self._title = label("", "heading")
        self._help = label("", "muted", wrap=True)
        self.form = ModelForm()
        self._fault = label("", "problem", wrap=True, name=f"{name}Fault")
        self._fault.hide()
        for part in (self._title, self._help, self.form, self._fault):
            inside.addWidget(part)
        self._method: Method | None = None
        self.form.edited.connect(self._on_edit)
        self.form.rejected.connect(self._on_reject)
        self._typed = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._typed.timeout.connect(lambda: self.edited.emit(self._method))

    def show_method(self, method: Method) -> None:
        """Edit a method from now on; what was typed for another is settled first."""
        if self._typed.isActive():
            self._typed.stop()
            self.edited.emit(self._method)
        self._method = method
        self._title.setText(method.title)
        self._help.setText(method.help)
        self.form.show_model(method)
        self._on_reject("")

    def _open(self) -> None:
        self.box.adjustSize()
        corner = self.button.mapToGlobal(
            QPoint(self.button.width() - self.box.width(), self.button.height() + 4)
        )
        self.box.move(corner)
        self.box.show()
        editors = self.form.editors
        if editors:
            editors[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_edit(self, _path: str, method: Method) -> None:
        self._method = method
        self._on_reject("")
        self._typed.start()

    def _on_reject(self, why: str) -> None:
        self._fault.setText(why)
        self._fault.setVisible(bool(why))
        if self.box.isVisible():
            self.box.adjustSize()
