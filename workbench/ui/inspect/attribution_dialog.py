"""One attribution as large as the window allows."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import button, label, scrolling
from workbench.ui.dialog import Dialog
from workbench.ui.inspect.attribution_colors import Look
from workbench.ui.inspect.attribution_reading import Reading
from workbench.ui.inspect.attribution_view import AttributionView

WIDE, TALL = 760, 760
AROUND, EDGE = 210, 56
"""Pixels above and below the drawing, and of the window that stay in sight."""


class AttributionDialog(Dialog):
    """Shows everything: all features, all tokens, all channels of a trace."""

    def __init__(self, title: str, note: str, reading: Reading, look: Look, parent: QWidget) -> None:
        room = min(TALL, parent.window().height() - EDGE) - AROUND
        view = AttributionView("attributionLargeView", whole=True, tallest=max(room, 100))
        view.display(reading, look)
        high = min(TALL, view.high_for(WIDE - 60) + AROUND)
        super().__init__("attributionLarge", title, QSize(WIDE, high), parent)
        self.setAccessibleName(title)
        self.view = view
        self.column.addWidget(label(title, "subtitle", wrap=True, name="attributionLargeTitle"))
        self.column.addWidget(label(note, "muted", wrap=True, name="attributionLargeNote"))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, theme.S, 0)
        column.addWidget(self.view)
        column.addStretch(1)
        self.column.addWidget(scrolling(holder), 1)
        self.readout = label("", "small", wrap=True, name="attributionLargeReadout")
        self.view.pointed.connect(lambda said, _one: self.readout.setText(said))
        self.view.display(reading, look)
        self.foot.addWidget(self.readout, 1)
        close = button(self.tr("Close"), name="attributionLargeClose")
        close.clicked.connect(self.accept)
        self.foot.addWidget(close)
        self.set_default(close)
