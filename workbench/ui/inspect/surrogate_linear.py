"""Linear: a linear SVM that answers as the network does, by its coefficients."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget

from workbench.interpret.subject import Progress
from workbench.interpret.surrogates.linear import Linear, LinearSvm, fit_linear
from workbench.ui.cards import label, scrolling, set_role
from workbench.ui.form import Choice
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.signed_bars import SignedBars
from workbench.ui.inspect.surrogate_view import SurrogateView
from workbench.ui.inspect.surrogate_words import against_truth, verdict
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

BESIDE = 5
"""Classes whose bars fit beside one another; of more, one is chosen."""


class LinearSurrogate(SurrogateView):
    """Bars a feature and class; of images a map a class."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected, "surrogateLinear")
        self._found: Linear | None = None
        self.label = Choice()
        self.label.setObjectName("linearClass")
        self.label.setAccessibleName(self.tr("Class"))
        self.label.activated.connect(lambda: self._draw())
        self.tools.addWidget(self.label)
        self.tools.addStretch(1)
        self.verdict = label("", "good", wrap=True, name="linearVerdict")
        self.truth = label("", "muted", wrap=True, name="linearTruth")
        self._what = label("", "muted", wrap=True, name="linearWhat")
        self.bars = SignedBars("linearBars")
        self.maps = Gallery("linearMaps", 150)
        self._forms = QStackedWidget()
        for form in (self.bars, self.maps):
            self._forms.addWidget(scrolling(form))
        for part in (self.verdict, self.truth, self._what):
            self.content.addWidget(part)
        self.content.addWidget(self._forms, 1)

    def look(self) -> None:
        if not self.inspected.ready:
            return
        params = LinearSvm()
        self.ask((self.inspected.part, params), partial(_fitted, self.inspected.subject(), params))

    def display(self, found: Linear) -> None:
        fresh = found is not self._found
        self._found = found
        text, role = verdict(self.tr("The linear SVM"), found.judged, classes=bool(found.classes))
        if not found.settled:
            text += " " + self.tr("Its fitting hasn’t settled.")
        self.verdict.setText(text)
        set_role(self.verdict, role)
        self.truth.setText(against_truth(self.tr("the SVM"), found.judged, classes=bool(found.classes)))
        if fresh:
            self._offer_classes(found)
            self._draw()

    def view(self) -> View:
        assert self._found is not None
        found = self._found
        arrays = {"coefficients": found.coefficients, "intercept": found.intercept}
        arrays |= {"mean": found.mean, "scale": found.scale}
        picture = self.bars if found.features.grid is None else self.maps
        return View(self.tr("Linear SVM"), self.verdict.text(), picture, arrays)

    def restyle(self) -> None:
        self._draw()

    def _offer_classes(self, found: Linear) -> None:
        self.label.clear()
        for number, name in enumerate(found.classes):
            self.label.addItem(name, number)
        self.label.setVisible(found.features.grid is None and len(found.classes) > BESIDE)

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        if found.features.grid is not None:
            self._draw_maps(found)
            return
        self._forms.setCurrentIndex(0)
        if len(found.classes) == 2:  # the first's coefficients are the opposite
            shown, heads = found.coefficients[1:], [""]
            what = self.tr("How a standard deviation more of a feature moves the answer.")
        elif len(found.classes) > BESIDE:
            chosen = self.label.currentData()
            shown, heads = found.coefficients[[chosen]], [found.classes[chosen]]
            what = self.tr("How a standard deviation more of a feature speaks for or against a class.")
        elif found.classes:
            shown, heads = found.coefficients, list(found.classes)
            what = self.tr("How a standard deviation more of a feature speaks for or against each class.")
        else:
            shown, heads = (
                found.coefficients,
                [self.inspected.dataset.target if self.inspected.dataset else ""],
            )
            what = self.tr("By how much a standard deviation more of a feature moves the value.")
        self._what.setText(what)
        order = np.argsort(-np.abs(shown).max(0), kind="stable")
        ends = (found.classes[0], found.classes[1]) if len(found.classes) == 2 else None
        self.bars.display([found.columns[n] for n in order], heads, shown.T[order], ends)

    def _draw_maps(self, found: Linear) -> None:
        self._forms.setCurrentIndex(1)
        self._what.setText(self.tr("Where brighter pixels speak for a class (red) or against it (blue)."))
        maps = [_image(found, row) for row in found.coefficients]
        limit = max(float(np.abs(m).max(initial=0)) for m in maps)
        heads = found.classes or ("",)
        items = [
            (heat(values, signed=True, limit=limit), name, "text")
            for values, name in zip(maps, heads, strict=True)
        ]
        self.maps.display(items, 150)
        self.maps.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def _image(found: Linear, row: NDArray[np.float64]) -> NDArray[np.float64]:
    """A class's coefficients as a map; those of channels are added up."""
    assert found.features.grid is not None
    summed: NDArray[np.float64] = row.reshape(*found.features.grid, -1).sum(2)
    return summed


def _fitted(make: MakeSubject, params: LinearSvm, progress: Progress) -> Linear:
    return fit_linear(make(progress), params)
