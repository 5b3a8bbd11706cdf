"""pyqtgraph's plot without the form in its menu, which nobody sees and which takes half the time to make one.

The plot keeps its state in the form's boxes and sliders. What stands for them here holds a value, tells when
it changes, and is no widget.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

_MODULE: Any = sys.modules["pyqtgraph.graphicsItems.PlotItem.PlotItem"]

# as in pyqtgraph's plotConfigTemplate_generic
_OFF = (
    "autoAlphaCheck",
    "clipToViewCheck",
    "derivativeCheck",
    "downsampleCheck",
    "fftCheck",
    "forgetTracesCheck",
    "logXCheck",
    "logYCheck",
    "maxTracesCheck",
    "meanRadio",
    "phasemapCheck",
    "subsampleRadio",
    "subtractMeanCheck",
    "xGridCheck",
    "yGridCheck",
)
_ON = ("autoDownsampleCheck", "autoPointsCheck", "peakRadio")
_NUMBERS = {
    "alphaSlider": (1000, 1000),
    "downsampleSpin": (1, 100_000),
    "gridAlphaSlider": (128, 255),
    "maxTracesSpin": (0, 99),
}
"""Each value and the greatest that it can have."""
_GROUPS = {
    "alphaGroup": True,
    "averageGroup": False,
    "decimateGroup": True,
    "gridGroup": True,
    "pointsGroup": True,
    "transformGroup": True,
}


class _Switch(QObject):
    toggled = Signal(bool)

    def __init__(self, on: bool) -> None:
        super().__init__()
        self._on = on

    def isChecked(self) -> bool:
        return self._on

    def setChecked(self, on: bool) -> None:
        if bool(on) != self._on:
            self._on = bool(on)
            self.toggled.emit(self._on)


class _Number(QObject):
    valueChanged = Signal(int)  # noqa: N815 - Qt's name

    def __init__(self, value: int, most: int) -> None:
        super().__init__()
        self._value, self._most = value, most

    def value(self) -> int:
        return self._value

    def maximum(self) -> int:
        return self._most

    def setValue(self, value: int) -> None:
        if value != self._value:
            self._value = value
            self.valueChanged.emit(value)


class _Names(QObject):
    """The list of what curves are averaged over, always empty."""

    itemClicked = Signal(object)  # noqa: N815 - Qt's name

    def count(self) -> int:
        return 0

    def clear(self) -> None:
        pass


class _Group(QWidget):
    """A part of the menu; that has to be a widget."""

    toggled = Signal(bool)

    def __init__(self, on: bool) -> None:
        super().__init__()
        self._on = on

    def isChecked(self) -> bool:
        return self._on


class _Form:
    """Takes the place of pyqtgraph's ``Ui_Form``."""

    def setupUi(self, form: QWidget) -> None:
        for name in _OFF:
            setattr(self, name, _Switch(False))
        for name in _ON:
            setattr(self, name, _Switch(True))
        for name, (value, most) in _NUMBERS.items():
            setattr(self, name, _Number(value, most))
        for name, on in _GROUPS.items():
            setattr(self, name, _Group(on))
        self.avgParamList = _Names()


class QuickPlotItem(pg.PlotItem):  # type: ignore[misc]
    """A `pyqtgraph.PlotItem` that has no menu of its own."""

    def __init__(self) -> None:
        theirs = _MODULE.ui_template
        _MODULE.ui_template = SimpleNamespace(Ui_Form=_Form)
        try:
            super().__init__(enableMenu=False)
        finally:
            _MODULE.ui_template = theirs
