"""Answers: how often two models agree and are right, and the samples on which they differ most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.interpret.method import Result
from workbench.ui.cards import Card, button, label
from workbench.ui.inspect.compare_groups import Groups, groups
from workbench.ui.inspect.compare_question import Comparison
from workbench.ui.inspect.compare_table import ComparedTable
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.view import View
from workbench.ui.scatter import ScatterPlot
from workbench.ui.wording import figure, grouped
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

SCATTER, WITH_SCATTER = 144, 368
"""Heights of the scatter, and of the card that has one at least."""
COLUMNS = ("samples", "target", "predicted", "predicted_other", "distance")


class AnswersCard(Card):
    """Groups, or for values a scatter, over the list."""

    chosen = Signal(int)
    """A sample's number in the data."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Answers")
        self.setObjectName("compareAnswers")
        self.title.setText(self.tr("Answers"))
        self._found: Comparison | None = None
        self._dataset: Dataset | None = None
        self._sample: object = None
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="compareAnswersSave")
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self._words = label("", "", wrap=True, name="compareWords")
        self.groups = Groups()
        self.groups.chosen.connect(self._list)
        self.scatter: ScatterPlot | None = None
        """Made for the first values that are compared: plots are dear."""
        self.table = ComparedTable()
        self.table.setMinimumHeight(110)
        self.table.chosen.connect(self.chosen)
        self.body.addWidget(self._words)
        self.body.addWidget(self.groups)
        self.body.addWidget(self.table, 1)

    def display(self, found: Comparison, dataset: Dataset, sample: object) -> None:
        """Show an answer, and mark the sample that is inspected."""
        self._sample = sample
        self._found, self._dataset = found, dataset
        arrays = found.arrays
        self._words.setText(self._said(found, found.result))
        classes = bool(dataset.classes)
        self.groups.setVisible(classes)
        if self.scatter is not None:
            self.scatter.setVisible(not classes)
        if classes:
            self.groups.display(groups(arrays))
        else:
            self._scatter().show_points(arrays["predicted_other"], arrays["predicted"], arrays["samples"])
        self._list()

    def _scatter(self) -> ScatterPlot:
        if self.scatter is None:
            self.scatter = ScatterPlot("compareScatter", bottom=self.tr("other"), left=self.tr("this model"))
            self.scatter.setFixedHeight(SCATTER)
            self.setMinimumHeight(max(self.minimumHeight(), WITH_SCATTER))
            self.scatter.chosen.connect(self.chosen)
            self.body.insertWidget(self.body.indexOf(self.table), self.scatter)
        return self.scatter

    def mark(self, sample: object) -> None:
        """Mark the sample that is inspected, if it is listed."""
        self._sample = sample
        self.table.mark(sample)

    def view(self) -> View:
        """Return what is shown: a row of numbers a sample."""
        assert self._found is not None
        arrays = self._found.arrays
        return View(
            self.tr("Answers of {} and {}").format(self._found.this, self._found.that),
            self.tr(
                "Of each sample: its number, the true answer, both models', and how far those are apart."
            ),
            self._picture(),
            {name: arrays[name] for name in COLUMNS},
        )

    def _picture(self) -> QWidget:
        return self.table if self._dataset is not None and self._dataset.classes else self._scatter()

    def _said(self, found: Comparison, result: Result) -> str:
        figures = result.figures
        if "agreement" in figures:
            return self.tr("They agree on {} of {} samples. {} is right on {}, {} on {}.").format(
                figure("accuracy", figures["agreement"]),
                grouped(len(found.arrays["samples"])),
                found.this,
                figure("accuracy", figures["accuracy"]),
                found.that,
                figure("accuracy", figures["accuracy_other"]),
            )
        return self.tr("Their answers are {} apart on average. RMSE: {} for {}, {} for {}.").format(
            f"{figures['mean_distance']:.4g}",
            f"{figures['rmse']:.4g}",
            found.this,
            f"{figures['rmse_other']:.4g}",
            found.that,
        )

    def _list(self) -> None:
        """List the chosen group, the most different first."""
        found, dataset = self._found, self._dataset
        if found is None or dataset is None:
            return
        arrays = found.arrays
        rows = np.argsort(-arrays["distance"], kind="stable")
        group = self.groups.value if dataset.classes else ""
        if group:
            rows = rows[groups(arrays)[group][rows]]
        self.table.display(dataset, arrays, rows, found.this, found.that)
        self.table.mark(self._sample, show=False)
        self.set_hint(self.tr("{} · the most different first").format(grouped(len(rows))))
