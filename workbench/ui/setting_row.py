"""A setting of the search space: its path, its value now, and its range to edit."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench.graph.search import Range
from workbench.search.settings import Setting
from workbench.search.typed import example, shown, written
from workbench.ui import theme
from workbench.ui.cards import Heading, label
from workbench.ui.icons import icon
from workbench.ui.param_editor import explained, mark

PAUSE_MS = 500
"""How long nothing is typed before what is wrong is put into words."""


class SettingRow(QWidget):
    """Two lines: which setting, and what to try of it; below, what is wrong with that."""

    typed = Signal(str)
    """Another range was typed."""
    removed = Signal()

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.setObjectName(f"searchRow_{path}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.S)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(theme.S)
        self._name = Heading(path, "mono", 60)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._now = label("", "small", name=f"searchNow_{path}")
        head.addWidget(self._name, 1)
        head.addWidget(self._now)
        line = QHBoxLayout()
        line.setSpacing(4)
        self.edit = QLineEdit()
        self.edit.setObjectName(f"searchRange_{path}")
        self.edit.setProperty("role", "param")
        self.edit.setAccessibleName(self.tr("Range of {}").format(path))
        self._remove = QToolButton()
        self._remove.setObjectName(f"searchRemove_{path}")
        self._remove.setProperty("role", "flat")
        self._remove.setIcon(icon("x", "muted"))
        self._remove.setToolTip(self.tr("Don't search for {}").format(path))
        self._remove.setAccessibleName(self._remove.toolTip())
        line.addWidget(self.edit, 1)
        line.addWidget(self._remove)
        self._fault = label("", "problem", wrap=True, name=f"searchFault_{path}")
        self._fault.hide()
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._say)
        column.addLayout(head)
        column.addLayout(line)
        column.addWidget(self._fault)
        self.edit.textEdited.connect(self.typed)
        self._remove.clicked.connect(self.removed)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the tab key stops."""
        return self.edit, self._remove

    def display(self, setting: Setting | None, values: Range) -> None:
        """Show a range, unless one is being typed, and what the setting is now."""
        if not (self.edit.hasFocus() and self.edit.isModified()):
            if self.edit.text() != written(values):
                self.edit.setText(written(values))
            self.edit.setModified(False)
            if setting is not None:
                self.tell("")
        if setting is None:
            self._now.setText("")
            self.tell(self.tr("The project has no such setting now."))
            return
        tip = f"{explained(setting.param)} {self.tr('Such as {}.').format(example(setting.param))}"
        self._name.setAccessibleDescription(tip)
        self.edit.setAccessibleDescription(tip)
        if self.edit.property("invalid") != "true":
            self.edit.setToolTip(tip)
        self._now.setText(self.tr("now {}").format(shown(setting.value)))

    def tell(self, fault: str) -> None:
        """Say what is wrong with the range, or that nothing is."""
        mark(self.edit, fault)
        self._fault.setText(fault)
        if fault and self.edit.hasFocus():
            self._soon.start()  # half of a range is always wrong; nobody wants to be told so at every key
        else:
            self._say()

    def _say(self) -> None:
        self._soon.stop()
        self._fault.setVisible(bool(self._fault.text()))

    def set_editable(self, editable: bool) -> None:
        """Let it be edited, or only read."""
        self.edit.setReadOnly(not editable)
        self._remove.setEnabled(editable)

    def focus(self) -> None:
        """Take the keyboard, with the range selected."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()
