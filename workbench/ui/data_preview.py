"""A look at the first samples of a part of the data: as pictures, or as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import cards
from workbench.ui.cards import Card, Segments
from workbench.ui.feature_table import FeatureTable
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat, picture

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.data.preview import Summary

SHOWN = 60


class DataPreview(Card):
    """The part is chosen at the top."""

    def __init__(self) -> None:
        super().__init__(self.tr("Preview"))
        self._dataset: Dataset | None = None
        options = [
            ("train", self.tr("Train")),
            ("validation", self.tr("Validation")),
            ("test", self.tr("Test")),
        ]
        self._part = Segments(options, "previewSplit")
        self._part.group.buttonClicked.connect(lambda: self._show())
        self.head.addWidget(self._part)
        self._views = QStackedWidget()
        self._gallery = Gallery("previewImages", 64)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._gallery)
        inner.addStretch(1)
        self._table = FeatureTable("previewTable")
        self._views.addWidget(cards.scrolling(holder))
        self._views.addWidget(self._table)
        self._views.setMinimumHeight(130)
        self.body.addWidget(self._views, 1)

    def display(self, dataset: Dataset | None) -> None:
        """Show samples of these data, if there are any."""
        self._dataset = dataset
        self._show()

    def show_features(self, summary: Summary) -> None:
        """Show in the table how each column is spread."""
        self._table.show_features(summary.features)

    def _show(self) -> None:
        dataset = self._dataset
        if dataset is None:
            return
        indices = next(
            (v for k, v in dataset.splits.items() if k == self._part.value), np.array([], np.int64)
        )
        indices = indices[:SHOWN]
        self.set_hint(self.tr("the first {} of this part").format(len(indices)))
        if dataset.kind == "image":
            images = dataset.batch(indices)
            names = [dataset.answer(int(i)) for i in indices]
            self._gallery.display([(picture(im), n, "muted") for im, n in zip(images, names, strict=True)])
            self._views.setCurrentIndex(0)
        elif dataset.kind == "sequence":
            items = [(heat(dataset.inputs[i].T), dataset.answer(int(i)), "muted") for i in indices]
            self._gallery.display(items, 96)
            self._views.setCurrentIndex(0)
        else:
            self._table.show_samples(dataset, indices)
            self._views.setCurrentIndex(1)
