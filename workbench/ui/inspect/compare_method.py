"""Choosing the attribution that two models are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.interpret.method import Method
from workbench.ui.form import Choice
from workbench.ui.inspect.attribution_methods import ATTRIBUTIONS, FIRST, kind_of

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset


class MethodChoice(Choice):
    """Methods that attribute to the input, where both models have the same values."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareMethod")
        self.setAccessibleName(self.tr("Attribution method"))
        self._kind = ""
        for name, method in ATTRIBUTIONS.items():
            if method.layers == "input":
                self.addItem(method.title, name)
        self.currentIndexChanged.connect(lambda: self.setToolTip(self.method.help))

    @property
    def method(self) -> Method:
        """The method that is chosen."""
        return ATTRIBUTIONS[self.currentData()]

    def follow(self, dataset: Dataset) -> None:
        """Choose what data of a kind begin with, when they are of another kind than before."""
        kind = kind_of(dataset)
        if kind != self._kind:
            self._kind = kind
            self.setCurrentIndex(max(self.findData(FIRST.get(kind, FIRST["table"])[0]), 0))
