"""Which class's score is explained: the predicted one, the true one, or any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from workbench.ui.inspect.inspected import OwnSample
from workbench.ui.param_editor import Choice

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.ui.inspect.inspection import Inspection

PREDICTED, TRUE = "predicted", "true"
WIDTH = 210


class AimChoice(Choice):
    """Stays at the predicted or the true class from sample to sample."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attributionAim")
        self.setAccessibleName(self.tr("Class to be explained"))
        self.setToolTip(self.tr("The class whose score is explained."))
        self.setFixedWidth(WIDTH)
        self._classes: tuple[str, ...] = ()
        self._truth = True
        self.activated.connect(self.changed)

    def follow(self, dataset: Dataset, sample: int | OwnSample) -> None:
        """Offer the classes of the data, and the true one where it is known."""
        truth = _truth(dataset, sample) is not None
        self.setVisible(bool(dataset.classes))
        if (dataset.classes, truth) == (self._classes, self._truth) and self.count():
            return
        before = self.currentData()
        self._classes, self._truth = dataset.classes, truth
        self.clear()
        self.addItem(self.tr("Predicted class"), PREDICTED)
        if truth:
            self.addItem(self.tr("True class"), TRUE)
        if dataset.classes:
            self.insertSeparator(self.count())
        for number, name in enumerate(dataset.classes):
            self.addItem(name, number)
        # a separator has no data, either
        self.setCurrentIndex(0 if before is None else max(self.findData(before), 0))

    def name(self, found: Inspection) -> None:
        """Say which the predicted and the true class are."""
        share = ""
        if found.probabilities is not None:
            share = f" · {100 * float(found.probabilities.max()):.0f} %"
        self._rename(PREDICTED, self.tr("Predicted: {}{}").format(found.answer, share))
        self._rename(TRUE, self.tr("True: {}").format(found.truth))

    def target(self, dataset: Dataset, sample: int | OwnSample) -> int | None:
        """Return the class that is meant; None for the predicted one, and for values."""
        chosen = self.currentData()
        if not dataset.classes or chosen in (None, PREDICTED):
            return None
        if chosen == TRUE:
            return _truth(dataset, sample)
        return int(chosen)

    def _rename(self, key: str, text: str) -> None:
        place = self.findData(key)
        if place >= 0 and self.itemText(place) != text:
            self.setItemText(place, text)


def _truth(dataset: Dataset, sample: int | OwnSample) -> int | None:
    if not dataset.classes:
        return None
    known = sample.truth if isinstance(sample, OwnSample) else dataset.targets[sample]
    return None if known is None else int(known)
