"""Choosing what is looked at: a run, a part of the data, and a sample of it."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpinBox, QWidget

from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.form import Choice
from workbench.ui.inspect.inspected import Inspected, OwnSample
from workbench.ui.inspect.mistakes import next_mistake
from workbench.ui.jobs import Latest
from workbench.ui.notice import Notice
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class SubjectBar(QWidget):
    """The line above the pages of Inspect."""

    def __init__(self, workspace: Workspace, training: Training, inspected: Inspected) -> None:
        super().__init__()
        self._workspace, self._inspected = workspace, inspected
        self.run = RunsChoice(workspace, training, untrained=True)
        self._part = Choice()
        self._part.setObjectName("inspectSplit")
        self._part.setAccessibleName(self.tr("Part of the data"))
        for key, text in (("test", "Test"), ("validation", "Validation"), ("train", "Train")):
            self._part.addItem(text, key)
        self._number = QSpinBox()
        self._number.setObjectName("inspectSample")
        self._number.setAccessibleName(self.tr("Sample"))
        self._number.setKeyboardTracking(False)
        self._number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._number.setMinimumWidth(84)
        self._number.setRange(1, 1)
        self._number.setWrapping(True)
        self._mistake = cards.button(self.tr("Next mistake"), name="nextMistake")
        self._busy = label("", "muted", name="inspectState")
        self._busy.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lay_out()
        self._search = Latest(workspace.jobs)
        self._search.answered.connect(self._found_mistake)
        self._search.failed.connect(self._no_mistake)
        self._part.activated.connect(self._on_part)
        self._number.valueChanged.connect(self._on_number)
        self._mistake.clicked.connect(self._find_mistake)
        self.run.chosen.connect(lambda: inspected.choose_run(self.run.run))
        workspace.data_changed.connect(self._on_data)
        self._on_data()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        before = cards.button("", "flat", glyph="caret-left", name="previousSample")
        before.setAccessibleName(self.tr("Previous sample"))
        before.clicked.connect(self._number.stepDown)
        after = cards.button("", "flat", glyph="caret-right", name="nextSample")
        after.setAccessibleName(self.tr("Next sample"))
        after.clicked.connect(self._number.stepUp)
        chance = cards.button(self.tr("Random"), name="randomSample")
        chance.clicked.connect(self._choose_random)
        for part in (self.run, self._part, before, self._number, after, chance, self._mistake):
            row.addWidget(part)
        row.addWidget(self._busy, 1)

    def go_to(self, part: str, index: int) -> None:
        """Look at one sample of a part of the data, by its number in the data."""
        self._part.setCurrentIndex(self._part.findData(part))
        self._on_part()
        self.go_to_sample(index)

    def go_to_sample(self, index: int) -> None:
        """Look at a sample of the chosen part, by its number in the data."""
        place = np.flatnonzero(self._inspected.samples == index)
        if len(place):
            self._number.setValue(int(place[0]) + 1)

    def _on_data(self) -> None:
        dataset = self._inspected.dataset
        if dataset is None:
            return
        self._mistake.setVisible(dataset.task == "classification")
        if not len(self._inspected.samples):
            self._part.setCurrentIndex(1)
        self._on_part()
        self._inspected.changed.emit()

    def _on_part(self) -> None:
        self._inspected.choose_part(self._part.currentData())
        count = len(self._inspected.samples)
        self._number.blockSignals(True)
        before = self._number.value()
        self._number.setRange(1, max(count, 1))
        self._number.setValue(min(max(before, 1), self._number.maximum()))
        self._number.setSuffix(self.tr(" of {}").format(count))
        self._number.blockSignals(False)
        self._on_number()

    def _on_number(self) -> None:
        samples = self._inspected.samples
        if len(samples):
            self._inspected.choose_sample(int(samples[min(self._number.value(), len(samples)) - 1]))

    def _choose_random(self) -> None:
        count = max(len(self._inspected.samples), 1)
        self._number.setValue(int(np.random.default_rng().integers(0, count)) + 1)

    def _find_mistake(self) -> None:
        inspected = self._inspected
        if not inspected.ready or not len(inspected.samples):
            return
        self._busy.setText(self.tr("Searching…"))
        after = -1 if isinstance(inspected.sample, OwnSample) else inspected.sample
        self._search.ask(partial(next_mistake, inspected.subject(), after))

    def _found_mistake(self, index: int | None) -> None:
        self._busy.setText("")
        if index is None:
            text = self.tr("This model makes no mistakes in this part of the data.")
            self._workspace.tell(Notice("good", text))
            return
        self.go_to_sample(index)

    def _no_mistake(self, error: Exception) -> None:
        self._busy.setText("")
        self._workspace.tell_error(error)
