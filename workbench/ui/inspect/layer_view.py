"""What the views of a layer have in common."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.inspect.layer_values import Shown


class LayerView(QWidget):
    """Draws numbers of a layer; `column` holds its parts."""

    chosen = Signal(int)
    """A person chose one of what is shown: a channel, a feature, a head."""
    told = Signal(str)
    """What is under the mouse, in words."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.S)

    def display(self, shown: Shown, strongest: int, chosen: int) -> None:
        """Show numbers; ``strongest`` fires most and ``chosen`` is meant, -1 for none."""
        raise NotImplementedError

    def mark(self, chosen: int) -> None:
        """Mark another one."""
        raise NotImplementedError
