"""The sample that is looked at, what it is in truth, and what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.bars import ROW, NamedBars
from workbench.ui.cards import Card, scrolling
from workbench.ui.inspect.answer import Answer, AnswerView
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.sample_picture import SIDE, SamplePicture

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

MOST = 500
"""Features listed; of wider tables the first."""


class SampleCard(Card):
    """Shows an inspection's sample of the data; one of a person's own is seen where it is edited."""

    def __init__(self) -> None:
        super().__init__("Sample")
        self.title.setText(self.tr("Sample"))
        self.setFixedWidth(SIDE + 30)
        self._picture = SamplePicture()
        self._values = NamedBars("sampleValues", bars=False)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)  # beside it the scroll bar
        column.addWidget(self._values)
        self._table = scrolling(holder)
        self._answer = AnswerView()
        self.body.addWidget(self._picture)
        self.body.addWidget(self._table, 10)
        self.body.addWidget(self._answer)
        self.body.addStretch(1)

    def display(self, found: Inspection, dataset: Dataset) -> None:
        """Show a sample and what the model says of it."""
        self.setVisible(found.index is not None)
        if found.index is not None:
            self.title.setText(self.tr("Sample {}").format(found.index))
        self._draw(found.sample, dataset)
        self._answer.display(
            Answer(found.truth, found.answer, found.right, found.probabilities, found.loss, found.error),
            dataset,
        )
        self._answer.show()

    def show_unanswered(self, index: int, dataset: Dataset) -> None:
        """Show a sample of the data of which no model says anything."""
        self.title.setText(self.tr("Sample {}").format(index))
        self._draw(dataset.batch(slice(index, index + 1))[0], dataset)
        self._answer.hide()

    def _draw(self, sample: NDArray[Any], dataset: Dataset) -> None:
        listed = sample.ndim == 1 and sample.dtype.kind == "f"
        self._picture.setVisible(not listed)
        self._table.setVisible(listed)
        if listed:
            values = sample[:MOST]
            names = dataset.features or tuple(f"[{n}]" for n in range(len(values)))
            self._table.setMaximumHeight(ROW * len(values) + 2)
            self._values.display(
                [(name, 0.0, f"{float(value):.4g}") for name, value in zip(names, values, strict=False)]
            )
        else:
            self._picture.display(sample, dataset)
