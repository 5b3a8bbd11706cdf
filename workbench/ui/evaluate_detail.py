"""Beside the overview of an evaluation: figures by class, the largest errors, or the samples of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from workbench.ui.cards import Card, button
from workbench.ui.class_table import ClassTable, SampleTable
from workbench.ui.gallery import Gallery, scrolled
from workbench.ui.images import picture
from workbench.ui.wording import grouped

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.evaluate.report import Report

SHOWN = 120
"""Samples that are shown at most."""


class EvaluateDetail(Card):
    """One of three views at a time; of classes and cells, a button leads back to all classes."""

    chosen = Signal(int)
    """A sample, by its number in the data."""

    def __init__(self) -> None:
        super().__init__(self.tr("By class"))
        self._shown: list[int] = []
        self._back = button(self.tr("All classes"), "flat", name="allClasses")
        self._back.clicked.connect(self._head_classes)
        self.head.addWidget(self._back)
        self._views = QStackedWidget()
        self._classes = ClassTable()
        self._gallery = Gallery("mistakes", 64)
        self._gallery.chosen.connect(self._choose)
        self._samples = SampleTable()
        self._samples.chosen.connect(self._want)
        for part in (self._classes, scrolled(self._gallery), self._samples):
            self._views.addWidget(part)
        as_high_as_is_left(self._views)
        self.body.addWidget(self._views, 1)

    def show_classes(self, report: Report) -> None:
        """Show the figures of each class."""
        self._classes.display(report.classes)
        self._head_classes()

    def _head_classes(self) -> None:
        self.title.setText(self.tr("By class"))
        self.set_hint("")
        self._back.hide()
        self._views.setCurrentIndex(0)

    def show_errors(self, report: Report) -> None:
        """Show the samples whose predictions are furthest from the truth."""
        self.title.setText(self.tr("Largest errors"))
        self.set_hint(self.tr("click one to inspect it"))
        self._back.hide()
        self._samples.show_errors(report, SHOWN)
        self._views.setCurrentIndex(2)

    def show_cell(self, report: Report, dataset: Dataset, true: int, predicted: int) -> None:
        """Show the samples of a class for which another, or the same, was predicted."""
        found = np.flatnonzero((report.truth == true) & (report.predictions.labels == predicted))
        shown = found[:SHOWN]
        self._shown = [int(i) for i in report.indices[shown]]
        names = [item.name for item in report.classes]
        self.title.setText(f"{names[true]} → {names[predicted]}")
        many = self.tr("first {} of {} samples") if len(found) > SHOWN else self.tr("{1} samples")
        self.set_hint(many.format(SHOWN, grouped(len(found))))
        self._back.show()
        if dataset.kind == "image":
            images = dataset.batch(np.array(self._shown, np.int64))
            tone = "good" if true == predicted else "problem"
            self._gallery.current = -1
            items = [(picture(im), f"{i}", tone) for im, i in zip(images, self._shown, strict=True)]
            self._gallery.display(items)
            self._views.setCurrentIndex(1)
            return
        self._samples.show_classified(report, shown)
        self._views.setCurrentIndex(2)

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            self._want(self._shown[number])

    def _want(self, index: int) -> None:
        self._gallery.current = -1  # so that the same picture can be chosen again
        self.chosen.emit(index)


def as_high_as_is_left(views: QStackedWidget) -> None:
    """Let views take the room that there is, not ask for more."""
    # what the views would like to have must not make the page scroll
    views.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    views.setMinimumHeight(150)
