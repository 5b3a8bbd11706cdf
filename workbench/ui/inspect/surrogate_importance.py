"""Importance: how much worse the network does with a feature shuffled."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel

from workbench.interpret.subject import Progress
from workbench.interpret.surrogates.importance import Importance, PermutationImportance, importance
from workbench.ui import theme
from workbench.ui.cards import label, scrolling
from workbench.ui.form import Choice
from workbench.ui.images import heat, pixmap
from workbench.ui.inspect.importance_bars import ImportanceBars
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.surrogate_view import SurrogateView
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

MOST = 40
"""Bars that are drawn; what comes after hardly matters."""
SIDE = 240


class ImportanceView(SurrogateView):
    """Bars, of images with a map of where they are."""

    chosen = Signal(int)
    """A feature, by its number, whose dependence is to be shown."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected, "surrogateImportance")
        self._found: Importance | None = None
        self._order: list[int] = []
        self.measure = Choice()
        self.measure.setObjectName("importanceMetric")
        self.measure.setAccessibleName(self.tr("Metric"))
        for key in ("score", "loss"):
            self.measure.addItem(key, key)
        self.measure.activated.connect(lambda: self.look())
        words = label(self.tr("Measured by"), "muted")
        words.setBuddy(self.measure)
        self.tools.addWidget(words)
        self.tools.addWidget(self.measure)
        self.tools.addStretch(1)
        self.what = label("", "muted", wrap=True, name="importanceWhat")
        self.map = QLabel()
        self.map.setObjectName("importanceMap")
        self.map.setFixedSize(SIDE, SIDE)
        self.map.setAccessibleName(self.tr("Importance of each part of the image"))
        self.bars = ImportanceBars("importanceBars")
        self.bars.chosen.connect(lambda row: self.chosen.emit(self._order[row]))
        both = QHBoxLayout()
        both.setSpacing(theme.L)
        both.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        both.addWidget(scrolling(self.bars), 1)
        self.content.addWidget(self.what)
        self.content.addLayout(both, 1)

    def look(self) -> None:
        dataset = self.inspected.dataset
        if dataset is None or not self.inspected.ready:
            return
        values = dataset.task == "regression"
        self.measure.setItemText(0, "R²" if values else self.tr("Accuracy"))
        self.measure.setItemText(1, self.tr("Loss"))
        params = PermutationImportance(metric=self.measure.currentData())
        self.ask((self.inspected.part, params), partial(_measured, self.inspected.subject(), params))

    def display(self, found: Importance) -> None:
        self._found = found
        self._order = [int(n) for n in np.argsort(-found.mean, kind="stable")[:MOST]]
        names = [found.features.names[n] for n in self._order]
        share = found.metric == "accuracy"
        self.bars.display(
            names,
            found.mean[self._order],
            found.std[self._order],
            100 if share else 1,
            "\N{NO-BREAK SPACE}%" if share else "",
        )
        text = self._words(found)
        if found.features.grid is not None:
            text += " " + self.tr("Brighter parts of the map matter more.")
        self.what.setText(text)
        self._draw_map(found)

    def view(self) -> View:
        assert self._found is not None
        found = self._found
        arrays = {"mean": found.mean, "std": found.std, "drops": found.drops}
        return View(self.tr("Permutation importance"), self.what.text(), self.bars, arrays)

    def restyle(self) -> None:
        if self._found is not None:
            self._draw_map(self._found)

    def _words(self, found: Importance) -> str:
        repeats = found.drops.shape[1]
        if found.metric == "accuracy":
            text = self.tr(
                "By how many percentage points the accuracy, {}, falls when a feature is shuffled among {} "
                "samples: mean and standard deviation of {} shuffles. Click a bar to see how the answer "
                "moves with it."
            )
            return text.format(f"{100 * found.whole:.1f}\N{NO-BREAK SPACE}%", found.samples, repeats)
        text = self.tr(
            "By how much {}, {:.3g}, gets worse when a feature is shuffled among {} samples: mean and "
            "standard deviation of {} shuffles. Click a bar to see how the answer moves with it."
        )
        name = "R²" if found.metric == "r2" else self.tr("the loss")
        return text.format(name, found.whole, found.samples, repeats)

    def _draw_map(self, found: Importance) -> None:
        grid = found.features.grid
        self.map.setVisible(grid is not None)
        if grid is not None:
            image = heat(np.maximum(found.mean, 0).reshape(grid))
            mode = Qt.TransformationMode.FastTransformation
            self.map.setPixmap(pixmap(image).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode))
            self.map.setAlignment(Qt.AlignmentFlag.AlignTop)


def _measured(make: MakeSubject, params: PermutationImportance, progress: Progress) -> Importance:
    return importance(make(progress), params)
