"""Drawing a sample: the pad and its tools."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from workbench.data.dataset import Dataset
from workbench.data.one_sample import background, pixel_range
from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.inspect.own_canvas import Canvas
from workbench.ui.inspect.own_pad import Pad

GREYS = (("white", "#ffffff"), ("light grey", "#bfbfbf"), ("grey", "#808080"), ("dark grey", "#404040"))
COLOURS = (
    ("white", "#ffffff"), ("grey", "#808080"), ("red", "#e02020"), ("orange", "#f08a1d"),
    ("yellow", "#f5dc3c"), ("green", "#2fa84f"), ("blue", "#2f6fe0"), ("brown", "#7a4a25"),
)  # fmt: skip
BLACK = ("black", "#000000")
HALVES = 2
"""Steps of the pen's size a pixel of the data."""


class Swatch(QAbstractButton):
    """A colour to draw with."""

    def __init__(self, name: str, color: str) -> None:
        super().__init__()
        self.setObjectName(f"ink_{name.replace(' ', '-')}")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.color = QColor(color)
        self.setFixedSize(20, 20)

    def sizeHint(self) -> QSize:
        return QSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = "accent" if self.isChecked() else "text" if self.hasFocus() else "border"
        painter.setPen(QPen(look.color(ring), 2 if self.isChecked() or self.hasFocus() else 1))
        painter.setBrush(self.color)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 4, 4)


class Drawing(QWidget):
    """A pad with colours, a size of the pen, undo, clear and invert."""

    edited = Signal()

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        channels, height, width = dataset.sample_shape
        low, high = pixel_range(dataset)
        self._canvas = Canvas((channels, height, width), low, high, background(dataset))
        self.pad = Pad()
        self.pad.set_canvas(self._canvas)
        self.pad.drawn.connect(self._on_drawn)
        self.pad.undone.connect(lambda: self._do(self._canvas.undo))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._inks())
        column.addLayout(self._pen(max(height, width)))
        column.addLayout(self._tools())
        self.setFocusProxy(self.pad)
        self._show_state()

    @property
    def values(self) -> NDArray[np.float32]:
        """The picture as the network gets it."""
        return self._canvas.values()

    def load(self, values: NDArray[np.generic]) -> None:
        """Draw onto a sample."""
        self._canvas.load(values)
        self._show_state()

    def blank(self) -> None:
        """Begin with an empty picture."""
        self._canvas.reset()
        self._show_state()

    def _inks(self) -> QHBoxLayout:
        """The pen's colours; the background's own is the eraser."""
        row = QHBoxLayout()
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        offered = [*(COLOURS if self._canvas.colour else GREYS), BLACK]
        if self._canvas.ground == QColor("white"):
            offered.reverse()
        for name, color in offered:
            made = Swatch(name, color)
            self._group.addButton(made)
            row.addWidget(made)
            made.clicked.connect(partial(self._take, made.color))
        row.addStretch(1)
        first = self._group.buttons()[0]
        first.setChecked(True)
        self.pad.ink = QColor(offered[0][1])
        eraser = button("", "flat", glyph="eraser", name="ownEraser")
        eraser.setToolTip(self.tr("Erase: draw with the background"))
        eraser.setAccessibleName(self.tr("Eraser"))
        eraser.setCheckable(True)
        self._group.addButton(eraser)
        eraser.clicked.connect(lambda: self._take(self._canvas.ground))
        row.addWidget(eraser)
        return row

    def _pen(self, side: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setObjectName("ownPenSize")
        self._size.setAccessibleName(self.tr("Size of the pen, in pixels of the data"))
        self._size.setRange(1, max(6, HALVES * side // 3))
        self._told = label("", "small", name="ownPenTold")
        self._told.setFixedWidth(42)
        self._size.valueChanged.connect(self._on_size)
        self._size.setValue(max(3, round(HALVES * side / 11)))
        self._on_size()
        row.addWidget(label(self.tr("Pen"), "small"))
        row.addWidget(self._size, 1)
        row.addWidget(self._told)
        return row

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._undo = button(self.tr("Undo"), "fix", name="ownUndo")
        clear = button(self.tr("Clear"), "fix", name="ownClear")
        invert = button(self.tr("Invert"), "fix", name="ownInvert")
        self._undo.clicked.connect(lambda: self._do(self._canvas.undo))
        clear.clicked.connect(lambda: self._do(self._canvas.clear))
        invert.clicked.connect(lambda: self._do(self._canvas.invert))
        for part in (self._undo, clear, invert):
            row.addWidget(part, 1)
        return row

    def _take(self, color: QColor) -> None:
        self.pad.ink = color

    def _on_size(self) -> None:
        self.pad.size_of_pen = self._size.value() / HALVES
        self._told.setText(self.tr("{:g} px").format(self.pad.size_of_pen))
        self.pad.update()

    def _do(self, change: Callable[[], None]) -> None:
        change()
        self._on_drawn()

    def _on_drawn(self) -> None:
        self._show_state()
        self.edited.emit()

    def _show_state(self) -> None:
        self._undo.setEnabled(self._canvas.can_undo)
        self.pad.update()
