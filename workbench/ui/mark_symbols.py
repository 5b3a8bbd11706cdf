"""Symbols on a plot for what happened, each of which tells by a tip what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from workbench.ui import theme
from workbench.ui.view_wide import FillsView

REACH = 8
"""Pixels around a symbol within which the mouse is on it."""

Kind = Literal["change", "kept", "best"]
_SYMBOLS: dict[Kind, tuple[str, str, int]] = {
    "change": ("d", "text", 9),
    "kept": ("t1", "muted", 9),
    "best": ("star", "good", 13),
}


@dataclass(frozen=True)
class Mark:
    """Something that happened, told by a tip; without ``y`` it stands at the bottom."""

    x: float
    kind: Kind
    text: str
    y: float | None = None


class MarkSymbols(FillsView, pg.GraphicsObject):  # type: ignore[misc]
    """A few symbols of a fixed size.

    pyqtgraph's scatter, made for thousands of points, takes as long for three of these as a curve does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._marks: Sequence[tuple[Mark, float]] = ()
        self._told = False

    def display(self, marks: Sequence[tuple[Mark, float]]) -> None:
        """Show marks, each with its height as values are drawn, in place of those before."""
        self._marks = marks
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        look, to_device = theme.current(), painter.transform()
        scale = self._exportOpts.get("resolutionScale", 1.0) if self._exportOpts else 1.0
        rim = pg.mkPen(look.color("card"), width=1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark, height in self._marks:
            symbol, token, size = _SYMBOLS[mark.kind]
            at = to_device.map(QPointF(mark.x, height))
            painter.resetTransform()
            painter.translate(at)
            drawSymbol(painter, symbol, size * scale, rim, pg.mkBrush(look.color(token)))

    def hoverEvent(self, event: Any) -> None:
        """Tell what is under the mouse; see `pyqtgraph.GraphicsScene.mouseEvents.HoverEvent`."""
        found = [] if event.exit else self._under(event.pos())
        if found or self._told:
            self.getViewBox().setToolTip("\n\n".join(found))
            self._told = bool(found)

    def _under(self, place: QPointF) -> list[str]:
        mouse = self.mapToDevice(place)
        if mouse is None:
            return []
        away = [self.mapToDevice(QPointF(mark.x, height)) - mouse for mark, height in self._marks]
        near = zip(self._marks, away, strict=True)
        return [mark.text for (mark, _), apart in near if apart.manhattanLength() <= REACH]
