"""Points that look alike are drawn as pyqtgraph draws them."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workbench.ui.inspect.map_dots import Dots


def test_drawn_alike(qtbot: QtBot) -> None:
    points = np.random.default_rng(0).normal(size=(50, 2))
    pictures = []
    for kind in (Dots, pg.ScatterPlotItem):
        plot = pg.PlotWidget()
        qtbot.addWidget(plot)
        plot.resize(200, 150)
        dots = kind(points[:, 0], points[:, 1], size=7, pen=None, brush=QColor("#40a0f0"))
        plot.addItem(dots)
        plot.show()
        plot.grab()
        dots.setPen(pg.mkPen("r"))
        pictures.append(plot.grab().toImage())
    assert pictures[0] == pictures[1]


def test_each_is_where_the_first_is_in_the_atlas() -> None:
    dots = Dots(np.arange(5.0), np.arange(5.0), size=7)
    assert (dots.data["sourceRect"]["w"] > 0).all()
    dots.setData([], [])
    assert len(dots.data) == 0
