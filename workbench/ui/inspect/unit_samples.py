"""The samples that a unit fires most for, as a gallery or a table; a click looks at one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.data.dataset import Dataset
from workbench.interpret.method import Result
from workbench.interpret.subject import Progress
from workbench.interpret.top_samples import TopSamples
from workbench.ui import theme
from workbench.ui.cards import button, label
from workbench.ui.gallery import Gallery, scrolled
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.sample_pictures import as_picture, in_words
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import Working
from workbench.ui.workspace import Workspace

MOST = 24
SIDE = 64


@dataclass(frozen=True, eq=False)
class Found:
    """What was found, with what there is to draw of it, made in the background."""

    result: Result
    pictures: list[QImage | None]
    rows: list[NDArray[Any]]


def find(make: MakeSubject, unit: int, progress: Progress) -> Found:
    """Look for a unit's top samples. Raises `UserError`."""
    subject = make(progress)
    result = TopSamples(unit=unit, most=MOST).run(subject)
    rows = list(subject.dataset.batch(result.arrays["samples"].astype(np.int64)))
    return Found(result, [as_picture(subject.dataset, row) for row in rows], rows)


class UnitSamples(QWidget):
    """Asks when it is told to; says what it waits for until then."""

    sample_wanted = Signal(int)
    changed = Signal()
    """There is something to save, or nothing any more."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self._workspace, self._inspected = workspace, inspected
        self.found: Found | None = None
        self.job = MethodJob(workspace.jobs, self)
        self.job.answered.connect(self._show)
        self.job.failed.connect(self._fail)
        self.job.busy_changed.connect(self._on_busy)
        self._words = ""
        self._failed = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S)
        column.addWidget(Working(self.job, "topSamplesWorking", self.tr("Looking through the samples")))
        self._say = label("", "muted", wrap=True, name="topSamplesSay")
        self.ask_button = button(self.tr("Find them"), glyph="magnifying-glass", name="findTopSamples")
        question = QHBoxLayout()
        question.addWidget(self._say, 1)
        question.addWidget(self.ask_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(question)
        self.gallery = Gallery("topSamples", SIDE)
        self.gallery.chosen.connect(self._go)
        self._table = self._make_table()
        self._forms = QStackedWidget()
        self._forms.addWidget(scrolled(self.gallery))
        self._forms.addWidget(self._table)
        column.addWidget(self._forms, 1)
        self._hint = label("", "small", wrap=True, name="topSamplesNote")
        column.addWidget(self._hint)
        column.addStretch(0)
        self.forget("")

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4)
        table.setObjectName("topSamplesTable")
        table.setHorizontalHeaderLabels(
            [self.tr("Sample"), self.tr("Value"), self.tr("True"), self.tr("Content")]
        )
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        head = table.horizontalHeader()
        head.setStretchLastSection(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.cellClicked.connect(lambda row, _column: self._go(row))
        table.cellActivated.connect(lambda row, _column: self._go(row))
        return table

    def ask(self, layer: str, unit: int, words: str) -> None:
        """Look for a unit's top samples in the chosen part of the data."""
        if not self._inspected.ready or not len(self._inspected.samples):
            self._fail(self.tr("There are no samples in this part of the data."))
            return
        if self.ask_button.hasFocus():
            self.setFocus()
        self.ask_button.hide()
        self._forms.hide()
        self._hint.hide()
        self.found, self._failed = None, False
        self._say.setText(self.tr("Looking for the samples that make {} fire most…").format(words))
        self._say.show()
        make = self._inspected.subject(layer=layer)
        self.job.ask(lambda progress: find(make, unit, progress))

    @property
    def idle(self) -> bool:
        """Whether nothing was asked yet, so that there is only the question."""
        return self.found is None and not self._failed and not self.job.busy

    def forget(self, words: str) -> None:
        """Another unit is meant: what was found is of no use."""
        self.found, self._failed, self._words = None, False, words
        self.job.cancel()
        self._ask_back()
        self.changed.emit()

    def _ask_back(self) -> None:
        """Offer to look for them."""
        self._forms.hide()
        self._hint.hide()
        self._say.setText(
            self.tr("Which samples make {} fire most?").format(self._words)
            if self._words
            else self.tr("No unit of this layer fires for the sample.")
        )
        self._say.show()
        self.ask_button.setVisible(bool(self._words))
        self._hand_focus_on(self.ask_button)

    def _hand_focus_on(self, to: QWidget) -> None:
        """Whoever asked by a key goes on with what there is in place of the button."""
        if self.hasFocus():
            to.setFocus()

    def _on_busy(self, busy: bool) -> None:
        if not busy and self.found is None and not self._failed:
            self._ask_back()  # cancelled

    def view(self) -> View | None:
        """See `View`; None while there is nothing."""
        if self.found is None:
            return None
        result = self.found.result
        return View("Top samples", result.note, self._forms.currentWidget(), result.arrays)

    def _show(self, found: Found) -> None:
        dataset = self._inspected.dataset
        if dataset is None:
            return
        self.found = found
        arrays = found.result.arrays
        numbers, values = arrays["samples"].astype(np.int64), arrays["values"].astype(np.float64)
        pictures = [picture for picture in found.pictures if picture is not None]
        if pictures and len(pictures) == len(numbers):
            items = [
                (picture, f"{dataset.answer(int(n))} · {v:.3g}", "muted")
                for picture, n, v in zip(pictures, numbers, values, strict=True)
            ]
            self.gallery.mark(-1)
            self.gallery.display(items, SIDE)
            self._forms.setCurrentIndex(0)
        else:
            self._fill(dataset, numbers, values, found.rows)
            self._forms.setCurrentIndex(1)
        self._forms.show()
        self._hand_focus_on(self._table if self._forms.currentIndex() else self.gallery)
        self._say.hide()
        lost = int(found.result.figures["not_finite"])
        note = found.result.note
        if lost:
            note += self.tr(" {} gave no finite number and were left out.").format(lost)
        self._hint.setText(note)
        self._hint.show()
        self.changed.emit()

    def _fill(
        self,
        dataset: Dataset,
        numbers: NDArray[np.int64],
        values: NDArray[np.float64],
        rows: list[NDArray[Any]],
    ) -> None:
        self._table.setRowCount(len(numbers))
        for at, (number, value, row) in enumerate(zip(numbers, values, rows, strict=True)):
            texts = (str(number), f"{value:.4g}", dataset.answer(int(number)), in_words(dataset, row))
            for column, text in enumerate(texts):
                self._table.setItem(at, column, QTableWidgetItem(text))

    def _fail(self, error: object) -> None:
        self._failed = True
        self._say.setText(str(error))
        self._say.show()
        self.ask_button.show()
        self._hand_focus_on(self.ask_button)
        self._forms.hide()
        self._hint.hide()
        self.changed.emit()

    def _go(self, place: int) -> None:
        if self.found is not None:
            self.sample_wanted.emit(int(self.found.result.arrays["samples"][place]))
