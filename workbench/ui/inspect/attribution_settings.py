"""What a tile's method can be set in, and the layer that it is of."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.interpret.method import Method
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.form import ModelForm
from workbench.ui.inspect.attribution_layer import LayerChoice
from workbench.ui.workspace import Workspace

PAUSE_MS = 250
"""How long nothing is typed before settings are tried."""
NAMES = 76
"""Pixels of the names: tiles are narrow."""


class AttributionSettings(QWidget):
    """Edits a method; `method` is the one with the settings of now."""

    edited = Signal()

    def __init__(self, workspace: Workspace, method: Method, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Form")
        self.method = method
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._layer = LayerChoice(workspace, method, f"{name}Layer") if method.layers != "input" else None
        if self._layer is not None:
            row = QHBoxLayout()
            row.setSpacing(theme.S)
            said = label(self.tr("Layer"))
            said.setMinimumWidth(NAMES)
            said.setBuddy(self._layer)
            row.addWidget(said)
            row.addWidget(self._layer, 1)
            column.addLayout(row)
            self._layer.activated.connect(self.edited)
        self.form = ModelForm()
        rows = self.form.layout()
        assert isinstance(rows, QFormLayout)
        rows.setHorizontalSpacing(theme.S)
        self.form.edited.connect(self._on_edit)
        self.form.rejected.connect(self._on_reject)
        self._fault = label("", "problem", wrap=True, name=f"{name}Fault")
        self._fault.hide()
        self.form.show_model(method)
        for said in self.form.findChildren(QLabel):
            said.setMinimumWidth(NAMES)
        column.addWidget(self.form)
        column.addWidget(self._fault)
        self._typed = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._typed.timeout.connect(self.edited)

    @property
    def any(self) -> bool:
        """Whether there is anything to set."""
        return self._layer is not None or bool(type(self.method).model_fields)

    def layer_for(self, selected: str) -> str:
        """Return the layer to ask for while one is selected in the stack; "" for none in particular."""
        return self._layer.layer_for(selected) if self._layer is not None else ""

    def _on_edit(self, _path: str, method: Method) -> None:
        self.method = method
        self._fault.hide()
        self.form.show_model(method)
        self._typed.start()

    def _on_reject(self, why: str) -> None:
        self._fault.setText(why)
        self._fault.setVisible(bool(why))
