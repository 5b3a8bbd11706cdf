"""Plots in the theme's dress, each of which can be copied or saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.exporters import ImageExporter, SVGExporter
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.ui import theme
from workbench.ui.icons import icon
from workbench.ui.quick_plot_item import QuickPlotItem

Series = dict[str, tuple[NDArray[Any], NDArray[Any]]]


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot with quiet axes. Its menu copies it or saves it as PNG, SVG or CSV."""

    def __init__(self, name: str, bottom: str = "", left: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None, plotItem=QuickPlotItem())
        self.setObjectName(name)
        self._labels = {"bottom": bottom, "left": left}
        self.failed: Callable[[Exception], None] = lambda error: None
        item = self.getPlotItem()
        item.hideButtons()
        item.getViewBox().setDefaultPadding(0.03)
        self.setFrameShape(self.Shape.NoFrame)
        self.setStyleSheet("background: transparent")
        self.setMinimumHeight(120)
        self.dress()

    def dress(self) -> None:
        """Take the theme's colours on."""
        look = self._look = theme.current()
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(look.color("border"))
            axis.setTextPen(look.color("muted"))
            axis.setStyle(tickFont=theme.mono(10), tickLength=-4)
            if self._labels[side]:
                axis.setLabel(self._labels[side], color=look.muted, **{"font-size": "11px"})
            axis.setZValue(-1)  # grid lines behind what is drawn
        item.showGrid(x=False, y=True, alpha=0.18)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # palettes change with the theme, but also whenever a widget gets another parent
        dressed = event.type() == QEvent.Type.PaletteChange and hasattr(self, "_look")
        dressed &= self.plotItem is not None  # pyqtgraph takes it from a plot that is closed
        if dressed and self._look != theme.current():
            self.dress()
            self.redress()

    def redress(self) -> None:
        """Recolour what is drawn; for those who draw in theme colours."""

    def series(self) -> Series:
        """Return every curve's name and points."""
        found: Series = {}
        for number, curve in enumerate(self.getPlotItem().listDataItems()):
            x, y = curve.getData()
            if x is not None and len(x):
                found[curve.name() or f"series {number + 1}"] = (np.asarray(x), np.asarray(y))
        return found

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for glyph, text, act in (
            ("copy", self.tr("Copy as picture"), self.copy_picture),
            ("image", self.tr("Save as PNG…"), lambda: self._save("png")),
            ("image", self.tr("Save as SVG…"), lambda: self._save("svg")),
            ("table", self.tr("Save points as CSV…"), lambda: self._save("csv")),
        ):
            menu.addAction(icon(glyph), text).triggered.connect(act)
        menu.addSeparator()
        menu.addAction(self.tr("Show all")).triggered.connect(lambda: self.getPlotItem().autoRange())
        menu.exec(event.globalPos())

    def copy_picture(self) -> None:
        """Put a picture of the plot on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    def _save(self, kind: str) -> None:
        suggested = f"{self.objectName()}.{kind}"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save plot"), suggested, f"*.{kind}")
        if chosen:
            try:
                self.save(Path(chosen))
            except (UserError, OSError) as error:
                self.failed(error)

    def save(self, path: Path) -> None:
        """Write the plot as PNG or SVG, or its points as CSV, by the file's ending. Raises `UserError`."""
        if path.suffix == ".csv":
            write_atomic(path, to_csv(self.series()).encode())
        elif path.suffix == ".svg":
            write_atomic(path, SVGExporter(self.getPlotItem()).export(toBytes=True))
        else:
            exporter = ImageExporter(self.getPlotItem())
            exporter.parameters()["background"] = theme.current().color("card")
            exporter.export(str(path))


def to_csv(series: Series) -> str:
    """Return curves as CSV: a row a point, with the name of its curve."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["series", "x", "y"])
    for name, (x, y) in series.items():
        writer.writerows((name, float(a), float(b)) for a, b in zip(x, y, strict=True))
    return text.getvalue()


def pen(token: str, width: float = 1.6, dash: bool = False) -> Any:
    """Return a pen in a theme colour."""
    style = Qt.PenStyle.DashLine if dash else Qt.PenStyle.SolidLine
    return pg.mkPen(theme.current().color(token), width=width, style=style)
