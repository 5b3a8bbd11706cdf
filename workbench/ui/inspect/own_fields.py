"""Typing a sample of a table: a line a feature, with a slider over what the training data hold."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from workbench.data.dataset import Dataset
from workbench.data.fields import Field, fields_of, typical
from workbench.ui import theme
from workbench.ui.cards import Heading, clear, label, scrolling, set_role
from workbench.ui.form import Choice
from workbench.ui.param_editor import mark

MOST = 60
"""Lines shown at once; of more features people find theirs by name."""
STEPS = 200


class Slider(QSlider):
    """A slider that scrolling past doesn't move."""

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]


class NumberLine(QWidget):
    """A feature that is a number: its name, what it is, and a slider from the least to the most."""

    edited = Signal()

    def __init__(self, field: Field, value: float) -> None:
        super().__init__()
        self._field, self.value = field, value
        self._range = f"{field.low:.4g} … {field.high:.4g}"
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2)
        grid.setHorizontalSpacing(theme.S)
        grid.setVerticalSpacing(0)
        name = Heading(field.name, "", 40)
        name.setBuddy(self._typed_in())
        self._slider = Slider(Qt.Orientation.Horizontal)
        self._slider.setObjectName(f"slide_{field.name}")
        self._slider.setAccessibleName(field.name)
        self._slider.setRange(0, STEPS)
        self._slider.setEnabled(field.high > field.low)
        self._beyond = label("", "small", name=f"beyond_{field.name}")
        grid.addWidget(name, 0, 0)
        grid.addWidget(self._edit, 0, 1)
        grid.addWidget(self._slider, 1, 0, 1, 2)
        grid.addWidget(self._beyond, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.setFocusProxy(self._edit)
        self._edit.setText(f"{value:.6g}")
        self._follow()
        self._slider.valueChanged.connect(self._on_slid)

    def _typed_in(self) -> QLineEdit:
        edit = self._edit = QLineEdit()
        edit.setObjectName(f"field_{self._field.name}")
        edit.setProperty("role", "param")
        edit.setAccessibleName(self._field.name)
        edit.setAccessibleDescription(self.tr("In the training data: {}").format(self._range))
        edit.setToolTip(edit.accessibleDescription())
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        edit.setFixedWidth(86)
        edit.setAcceptDrops(False)
        edit.textEdited.connect(self._on_typed)
        edit.editingFinished.connect(self._settle)
        return edit

    def _on_typed(self, text: str) -> None:
        try:
            # a comma may be a decimal mark
            value = float(text.strip().replace(",", "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or abs(value) > float(np.finfo(np.float32).max):
            mark(self._edit, self.tr("“{}” is no number.").format(text))
            return
        mark(self._edit, "")
        self._set(value)

    def _settle(self) -> None:
        mark(self._edit, "")
        self._edit.setText(f"{self.value:.6g}")

    def _on_slid(self, step: int) -> None:
        low, high = self._field.low, self._field.high
        mark(self._edit, "")
        value = low + (high - low) * step / STEPS
        self._edit.setText(f"{value:.4g}")
        self._set(float(self._edit.text()))

    def _set(self, value: float) -> None:
        self.value = value
        self._follow()
        self.edited.emit()

    def _follow(self) -> None:
        """The slider stands where the value is, and a value that training never saw is called so."""
        low, high = self._field.low, self._field.high
        self._slider.blockSignals(True)
        share = (self.value - low) / ((high - low) or 1.0)
        self._slider.setValue(round(min(max(share, 0.0), 1.0) * STEPS) if math.isfinite(share) else 0)
        self._slider.blockSignals(False)
        room = 1e-6 * max(abs(low), abs(high))
        beyond = not low - room <= self.value <= high + room
        self._beyond.setVisible(beyond)
        if beyond:
            self._beyond.setText(self.tr("training saw {}").format(self._range))
            set_role(self._beyond, "warning")


class ChoiceLine(QWidget):
    """A column of text: one of its values."""

    edited = Signal()

    def __init__(self, field: Field, values: NDArray[np.float32]) -> None:
        super().__init__()
        self._choice = Choice()
        self._choice.setObjectName(f"field_{field.name}")
        self._choice.setAccessibleName(field.name)
        self._choice.setMinimumContentsLength(6)
        for number, text in enumerate(field.choices):
            self._choice.addItem(text, number)
        if field.may_be_empty or not values.any():
            self._choice.addItem(self.tr("(missing)"), -1)
        self._choice.setCurrentIndex(self._choice.findData(int(values.argmax()) if values.any() else -1))
        self._choice.activated.connect(lambda: self.edited.emit())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setHorizontalSpacing(theme.S)
        name = Heading(field.name, "", 40)
        name.setBuddy(self._choice)
        grid.addWidget(name, 0, 0)
        grid.addWidget(self._choice, 0, 1)
        self.setFocusProxy(self._choice)
        grid.setColumnStretch(0, 1)

    @property
    def chosen(self) -> int:
        """The number of the value, -1 for none of them."""
        return int(self._choice.currentData())


class Fields(QWidget):
    """All features of a sample, or those whose names hold what is looked for."""

    edited = Signal()

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self._fields = fields_of(dataset)
        self._typical = typical(self._fields)
        self._values = self._typical.copy()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        self._find = QLineEdit()
        self._find.setObjectName("ownFind")
        self._find.setAccessibleName(self.tr("Find a feature"))
        self._find.setPlaceholderText(self.tr("Find a feature"))
        self._find.setClearButtonEnabled(True)
        self._find.setAcceptDrops(False)
        self._find.setVisible(len(self._fields) > 12)
        self._find.textChanged.connect(self._lay_out)
        self._more = label("", "small", wrap=True, name="ownMore")
        holder = QWidget()
        self._lines = QVBoxLayout(holder)
        self._lines.setContentsMargins(0, 0, 6, 0)
        self._lines.setSpacing(4)
        column.addWidget(self._find)
        area = scrolling(holder)
        area.setMinimumHeight(140)
        column.addWidget(area, 1)
        column.addWidget(self._more)
        self._lay_out()

    @property
    def values(self) -> NDArray[np.float32]:
        """The sample, (features,)."""
        return self._values.copy()

    def load(self, values: NDArray[np.generic]) -> None:
        """Begin with a sample."""
        self._values = np.array(values, np.float32)
        self._lay_out()

    def blank(self) -> None:
        """Begin with a typical sample."""
        self.load(self._typical)

    def _lay_out(self) -> None:
        clear(self._lines)
        wanted = self._find.text().strip().lower()
        found = [field for field in self._fields if wanted in field.name.lower()]
        for field in found[:MOST]:
            self._lines.addWidget(self._choice(field) if field.choices else self._number(field))
        self._lines.addStretch(1)
        first = self._lines.itemAt(0)
        line = first.widget() if first is not None else None
        self.setFocusProxy(line or self._find)
        self._more.setVisible(len(found) > MOST or not found)
        told = self.tr("The first {} of {} features; find others by name.").format(MOST, len(found))
        self._more.setText(told if found else self.tr("No feature is called so."))

    def _number(self, field: Field) -> NumberLine:
        place = field.columns[0]
        line = NumberLine(field, float(self._values[place]))

        def take() -> None:
            self._values[place] = line.value
            self.edited.emit()

        line.edited.connect(take)
        return line

    def _choice(self, field: Field) -> ChoiceLine:
        places = list(field.columns)
        line = ChoiceLine(field, self._values[places])

        def take() -> None:
            self._values[places] = np.arange(len(places)) == line.chosen
            self.edited.emit()

        line.edited.connect(take)
        return line
