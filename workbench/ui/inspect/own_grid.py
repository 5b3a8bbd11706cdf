"""Typing a sample of numbers in rows, of ids, or of words; what is pasted from a spreadsheet will do."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from workbench.data.dataset import Dataset
from workbench.data.typed_sample import counted, largest_id, typed, written
from workbench.data.typed_words import Words
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
        self._words = Words(dataset) if dataset.vocabulary else None
        self._values = np.array(dataset.batch(np.array([0]))[0])
        self._edit = QPlainTextEdit()
        self._edit.setObjectName("ownNumbers")
        self._edit.setAccessibleName(
            self.tr("Words of the sample" if self._words else "Values of the sample")
        )
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
        self._edit.setPlainText("" if large else self._written(values))
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
        if self._words is not None:
            return self._words_expected(self._words)
        cells = math.prod(shape) if self._flat else shape[-1]
        what = counted(cells, self.tr("number") if self._top is None else self.tr("id"))
        if self._top is not None:
            what = self.tr("{} from 0 to {}").format(what, self._top)
        if self._flat:
            return what
        return self.tr("{} of {}").format(counted(math.prod(shape[:-1]), self.tr("row")), what)

    def _words_expected(self, words: Words) -> str:
        if self._dataset.tokenizer is not None:
            length = counted(self._dataset.tokenizer.length, self.tr("word"))
            return self.tr("The first {} are read; those that training didn't know are <unk>").format(length)
        shape, padded = self._dataset.sample_shape, words.padding is not None
        if not self._flat:
            lines = counted(math.prod(shape[:-1]), self.tr("line"))
            return self.tr("{} of {}").format(lines, counted(shape[-1], self.tr("word")))
        if not padded:
            return counted(shape[0], self.tr("word"))
        where = self.tr("in front") if words.in_front else self.tr("at the end")
        return self.tr("Up to {}; fewer are padded {}").format(counted(shape[0], self.tr("word")), where)

    def _written(self, values: NDArray[np.generic]) -> str:
        return written(values) if self._words is None else self._words.write(values)

    def _read(self, text: str) -> NDArray[np.generic]:
        if self._words is not None:
            return self._words.read(text)
        return typed(text, self._dataset.sample_shape, self._top)

    def _on_typed(self) -> None:
        try:
            self._values = self._read(self._edit.toPlainText())
        except UserError as error:
            self._say(str(error))
            return
        self._say("")
        self.edited.emit()

    def _say(self, fault: str) -> None:
        self._told.setText(fault or self._expected())
        set_role(self._told, "problem" if fault else "small")
