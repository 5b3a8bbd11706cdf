"""A matrix as colours, with axes, the value under the mouse, and a row and a column that are marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.images import shades
from workbench.ui.plots import Plot, Series, pen

Array = NDArray[Any]
MOST = 512
"""Rows and columns that are drawn; of more, every second, third and so on."""
NAME = {"left": 14, "bottom": 26}
"""Pixels that a name takes along its axis."""
NUMBERS = 6
"""Numbers at an axis that has no names."""


class MatrixPlot(Plot):
    """Rows go down, columns to the right; names of rows and columns stand at the axes where there are few."""

    picked = Signal(int, int)
    """A click, or an arrow key: row and column."""
    told = Signal(str)
    """The value under the mouse, in words; empty when it leaves."""

    def __init__(
        self,
        name: str,
        bottom: str = "",
        left: str = "",
        *,
        square: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, bottom=bottom, left=left, parent=parent)
        self._values: Array = np.zeros((0, 0))
        self._signed, self._limit = False, 0.0
        self._names: tuple[Sequence[str], Sequence[str]] = ((), ())
        self._at = (0, 0)
        self._square = square
        self._image = pg.ImageItem(axisOrder="row-major")
        self._across = pg.InfiniteLine(angle=0, movable=False)
        self._down = pg.InfiniteLine(angle=90, movable=False)
        item = self.getPlotItem()
        item.addItem(self._image)
        for line in (self._across, self._down):
            item.addItem(line)
            line.hide()
        view = item.getViewBox()
        view.invertY(True)
        view.setMouseEnabled(False, False)
        view.setDefaultPadding(0.0)
        view.setAspectLocked(square)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.redress()

    def dress(self) -> None:
        super().dress()
        self.getPlotItem().showGrid(x=False, y=False)
        for side in ("left", "bottom"):
            self.getPlotItem().getAxis(side).enableAutoSIPrefix(False)

    def redress(self) -> None:
        for line in (self._across, self._down):
            line.setPen(pen("accent", 1.5))
        self._draw()

    def display(
        self,
        values: Array,
        *,
        signed: bool = False,
        limit: float = 0.0,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> None:
        """Show a matrix, (rows, columns), in the colours of `images.shades`, with names if there are any."""
        self._values, self._signed, self._limit = values, signed, limit
        self._names = (rows, columns)
        self.mark()
        self._at = (0, 0)
        self._draw()
        high, wide = values.shape
        item = self.getPlotItem()
        self._label()
        item.setXRange(-0.5, wide - 0.5, padding=0)
        item.setYRange(-0.5, high - 0.5, padding=0)
        self.setAccessibleName(self.tr("{} rows, {} columns").format(high, wide))

    def name_axes(self, bottom: str, left: str) -> None:
        """Say what columns and rows are."""
        for side, text in (("bottom", bottom), ("left", left)):
            if self._labels[side] != text:
                self._labels[side] = text
                self.getPlotItem().getAxis(side).setLabel(text)
                self.getPlotItem().getAxis(side).showLabel(bool(text))
                self.dress()

    def mark(self, row: int = -1, column: int = -1) -> None:
        """Draw a line through a row, a column, or both; -1 for none."""
        for line, place in ((self._across, row), (self._down, column)):
            line.setVisible(place >= 0)
            line.setPos(max(place, 0))

    def words(self, row: int, column: int) -> str:
        """Return a value with its place, in words."""
        names = [
            f"{names[at]}" if at < len(names) else f"{at}"
            for names, at in zip(self._names, (row, column), strict=True)
        ]
        value = f"{self._values[row, column]:.4g}"
        said: str = self.tr("{} {}, {} {}: {}").format(
            self._labels["left"] or self.tr("row"),
            names[0],
            self._labels["bottom"] or self.tr("column"),
            names[1],
            value,
        )
        return said

    def series(self) -> Series:
        """See `Plot.series`: a series a row."""
        at = np.arange(self._values.shape[1])
        return {f"row {number}": (at, row) for number, row in enumerate(self._values)}

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.told.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        steps = {key.Key_Left: (0, -1), key.Key_Right: (0, 1), key.Key_Up: (-1, 0), key.Key_Down: (1, 0)}
        step = steps.get(key(event.key()))
        if step is None or not self._values.size:
            super().keyPressEvent(event)
            return
        self._pick(
            *(
                min(max(a + b, 0), side - 1)
                for a, b, side in zip(self._at, step, self._values.shape, strict=True)
            )
        )

    def _draw(self) -> None:
        if not self._values.size:
            return
        high, wide = self._values.shape
        drawn = self._values[:: -(-high // MOST), :: -(-wide // MOST)]
        self._image.setImage(shades(drawn, signed=self._signed, limit=self._limit), levels=(0, 255))
        self._image.setRect(QRectF(-0.5, -0.5, wide, high))

    def _label(self) -> None:
        """Name as many rows and columns as there is room for."""
        view = self.getPlotItem().getViewBox()
        for side, names, count, space in (
            ("left", self._names[0], self._values.shape[0], view.height()),
            ("bottom", self._names[1], self._values.shape[1], min(view.width(), self._wide(view))),
        ):
            room = int(space) // NAME[side]
            self.getPlotItem().getAxis(side).setTicks([_ticks(names, count, room)])

    def _wide(self, view: Any) -> float:
        """How wide the matrix itself is; a square one leaves part of a wide view empty."""
        if not self._square or not self._values.size:
            return float(view.width())
        sides: tuple[int, ...] = self._values.shape
        return float(view.height()) * sides[1] / sides[0]

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_values"):
            self._label()

    def _place(self, at: Any) -> tuple[int, int] | None:
        point = self.getPlotItem().getViewBox().mapSceneToView(at)
        row, column = round(point.y()), round(point.x())
        inside = 0 <= row < self._values.shape[0] and 0 <= column < self._values.shape[1]
        return (row, column) if inside else None

    def _on_moved(self, at: Any) -> None:
        place = self._place(at)
        self.told.emit("" if place is None else self.words(*place))

    def _on_clicked(self, event: Any) -> None:
        place = self._place(event.scenePos())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pick(*place)

    def _pick(self, row: int, column: int) -> None:
        self._at = (row, column)
        self.told.emit(self.words(row, column))
        self.picked.emit(row, column)


def _ticks(names: Sequence[str], count: int, room: int) -> list[tuple[float, str]]:
    step = max(1, -(-count // max(1, room if names else NUMBERS)))
    return [(float(at), names[at] if at < len(names) else str(at)) for at in range(0, count, step)]
