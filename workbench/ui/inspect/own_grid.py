"""Typing a sample of numbers in rows, or of ids; what is pasted from a spreadsheet will do."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from workbench.data.dataset import Dataset
from workbench.data.typed_sample import largest_id, typed, written
from workbench.errors import UserError
from workbench.ui import theme
from workbench.ui.cards import label, set_role

MOST = 20_000
"""Numbers of a sample that can still be typed; a field with more takes too long to lay out."""


class Grid(QWidget):
    """A field of text; while it can't be read the last sample that could be stays."""

    edited = Signal()

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self._dataset, self._top = dataset, largest_id(dataset)
        self._values = np.array(dataset.batch(np.array([0]))[0])
        self._edit = QPlainTextEdit()
        self._edit.setObjectName("ownNumbers")
        self._edit.setAccessibleName(self.tr("Values of the sample"))
        self._edit.setFont(theme.mono(12))
        self._edit.setAcceptDrops(False)
        self._edit.viewport().setAcceptDrops(False)
        self._edit.setTabChangesFocus(True)
        self._edit.setLineWrapMode(
            QPlainTextEdit.LineWrapMode.WidgetWidth if self._flat else QPlainTextEdit.LineWrapMode.NoWrap
        )
        self._edit.setMinimumHeight(110)
        self._told = label(self._expected(), "small", wrap=True, name="ownNumbersTold")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(self._edit, 1)
        column.addWidget(self._told)
        self._edit.textChanged.connect(self._on_typed)
        self.setFocusProxy(self._edit)

    @property
    def values(self) -> NDArray[np.generic]:
        """The sample as it was last read."""
        return self._values

    def load(self, values: NDArray[np.generic]) -> None:
        """Begin with a sample."""
        self._values = values
        self._edit.blockSignals(True)
        large = values.size > MOST
        self._edit.setPlainText("" if large else written(values))
        self._edit.setEnabled(not large)
        self._edit.blockSignals(False)
        self._say(self.tr("Too large to be typed: give it as a file.") if large else "")

    def blank(self) -> None:
        """Begin with what is there, ready to be typed or pasted over."""
        self.load(self._values)
        self._edit.selectAll()

    @property
    def _flat(self) -> bool:
        return len(self._dataset.sample_shape) < 2

    def _expected(self) -> str:
        shape = self._dataset.sample_shape
        ids = self.tr("ids from 0 to {}").format(self._top)
        what = self.tr("numbers") if self._top is None else ids
        if self._flat:
            return self.tr("{} {}").format(math.prod(shape), what)
        return self.tr("{} rows of {} {}").format(math.prod(shape[:-1]), shape[-1], what)

    def _on_typed(self) -> None:
        try:
            self._values = typed(self._edit.toPlainText(), self._dataset.sample_shape, self._top)
        except UserError as error:
            self._say(str(error))
            return
        self._say("")
        self.edited.emit()

    def _say(self, fault: str) -> None:
        self._told.setText(fault or self._expected())
        set_role(self._told, "problem" if fault else "small")
