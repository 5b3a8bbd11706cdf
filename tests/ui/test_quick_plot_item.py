"""A plot without the form of pyqtgraph's menu: the form's values are there, its widgets aren't."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QGroupBox, QSlider
from pytestqt.qtbot import QtBot
from shiboken6 import getCppPointer

from workbench.ui.plots import Plot
from workbench.ui.quick_plot_item import QuickPlotItem

_CONTROLS = (QAbstractButton, QAbstractSpinBox, QGroupBox, QSlider)


def test_the_values_are_those_of_pyqtgraph(qapp: QApplication) -> None:
    items = pg.PlotItem(enableMenu=False), QuickPlotItem()
    theirs, ours = (item.ctrl for item in items)
    controls = {name: control for name, control in vars(theirs).items() if hasattr(control, "setObjectName")}
    checked = {
        name: control.isChecked()
        for name, control in controls.items()
        if getattr(control, "isCheckable", lambda: False)()
    }
    values = {n: (c.value(), c.maximum()) for n, c in controls.items() if hasattr(c, "maximum")}
    assert len(checked) == 21
    assert len(values) == 4
    assert checked == {name: getattr(ours, name).isChecked() for name in checked}
    assert values == {name: (getattr(ours, name).value(), getattr(ours, name).maximum()) for name in values}


def test_grid_and_scale_change_as_pyqtgraphs_do(qapp: QApplication) -> None:
    found = []
    for item in (pg.PlotItem(enableMenu=False), QuickPlotItem()):
        curve = item.plot([1.0, 2.0], [10.0, 100.0])
        item.showGrid(x=True, y=False, alpha=0.4)
        item.setLogMode(y=True)
        found.append(
            (
                item.getAxis("bottom").grid,
                item.getAxis("left").grid,
                item.getAxis("left").logMode,
                curve.getData()[1].tolist(),
                curve.curve.getData()[1].tolist(),
                curve.opts["autoDownsample"],
            )
        )
    assert found[0] == found[1]


def test_a_plot_brings_no_controls(qapp: QApplication, qtbot: QtBot) -> None:
    def controls() -> set[int]:
        found = (widget for widget in QApplication.allWidgets() if isinstance(widget, _CONTROLS))
        return {getCppPointer(widget)[0] for widget in found}

    before = controls()
    plot = Plot("plot")
    qtbot.addWidget(plot)
    assert controls() - before == set()
