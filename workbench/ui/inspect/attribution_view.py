"""One attribution drawn, with its scale: what a tile shows, and what is saved as a picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.inspect.attribution_bars import BarsDrawing
from workbench.ui.inspect.attribution_colors import Look
from workbench.ui.inspect.attribution_drawing import Drawing
from workbench.ui.inspect.attribution_picture import PictureDrawing
from workbench.ui.inspect.attribution_reading import Form, Reading
from workbench.ui.inspect.attribution_scale import Scale
from workbench.ui.inspect.attribution_tokens import TokensDrawing
from workbench.ui.inspect.attribution_trace import TraceDrawing

DRAWINGS: dict[Form, type[Drawing]] = {
    "picture": PictureDrawing,
    "bars": BarsDrawing,
    "tokens": TokensDrawing,
    "trace": TraceDrawing,
}

TALLEST = 300
"""Pixels of a picture's height in a tile."""


class AttributionView(QWidget):
    """Draws readings of any form."""

    pointed = Signal(str, bool)
    """See `Drawing.pointed`."""

    def __init__(self, name: str, *, whole: bool = False, tallest: int = TALLEST) -> None:
        """See `Drawing`."""
        super().__init__()
        self.setObjectName(name)
        self._name, self._whole, self._tallest = name, whole, tallest
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.S)
        self.drawing: Drawing | None = None
        self._scale = Scale(f"{name}Scale")
        self._column.addWidget(self._scale)

    def display(self, reading: Reading, look: Look) -> None:
        """Draw a reading."""
        kind = DRAWINGS[reading.form]
        if not isinstance(self.drawing, kind):
            if self.drawing is not None:
                self.drawing.hide()
                self.drawing.deleteLater()
            self.drawing = kind(f"{self._name}Drawing", whole=self._whole, tallest=self._tallest)
            self.drawing.pointed.connect(self.pointed)
            self._column.insertWidget(0, self.drawing)
        self.drawing.display(reading, look)
        self._scale.setVisible(reading.form != "bars")  # bars have their figures beside them
        self._scale.display(reading, look)

    def high_for(self, width: int) -> int:
        """Return the height of the drawing at a width."""
        return self.drawing.high_for(width) if self.drawing is not None else 0
