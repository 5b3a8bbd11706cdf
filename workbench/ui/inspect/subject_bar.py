"""Choosing what is looked at: a run, a part of the data, and a sample of it or one of a person's own."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpinBox, QWidget

from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.form import Choice
from workbench.ui.inspect.inspected import Inspected, OwnSample
from workbench.ui.inspect.next_sample import NextSample
from workbench.ui.inspect.own_menu import OwnMenu
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class SubjectBar(QWidget):
    """The line above the pages of Inspect."""

    def __init__(self, workspace: Workspace, training: Training, inspected: Inspected) -> None:
        super().__init__()
        self._inspected = inspected
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
        self._number.lineEdit().setAcceptDrops(False)  # a file is a sample, no number
        self.following = NextSample(workspace, inspected)
        self.own = OwnMenu(inspected)
        self._busy = label("", "muted", name="inspectState")
        self._busy.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lay_out()
        self.following.busy_told.connect(self._busy.setText)
        self.following.found.connect(self.go_to_sample)
        self._part.activated.connect(self._on_part)
        self._number.valueChanged.connect(self._on_number)
        self.run.chosen.connect(self._on_run)
        workspace.data_changed.connect(self._on_data)
        inspected.changed.connect(self._follow_sample)
        self._on_data()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        before = cards.button("", "flat", glyph="caret-left", name="previousSample")
        before.setAccessibleName(self.tr("Previous sample"))
        before.clicked.connect(lambda: self._step(-1))
        after = cards.button("", "flat", glyph="caret-right", name="nextSample")
        after.setAccessibleName(self.tr("Next sample"))
        after.clicked.connect(lambda: self._step(1))
        chance = cards.button("", "flat", glyph="shuffle", name="randomSample")
        chance.setAccessibleName(self.tr("Random sample"))
        chance.clicked.connect(self._choose_random)
        for step in (before, after, chance):
            step.setToolTip(step.accessibleName())
            step.setFixedWidth(28)
        self.run.setMinimumWidth(100)  # rather than cut off what stands to the right of it
        self._part.setMinimumWidth(72)
        one = QHBoxLayout()
        one.setSpacing(2)
        for part in (before, self._number, after, chance):
            one.addWidget(part)
        row.addWidget(self.run)
        row.addWidget(self._part)
        row.addLayout(one)
        row.addWidget(self.following)
        row.addWidget(self.own)
        row.addWidget(self._busy, 1)

    def go_to(self, part: str, index: int) -> None:
        """Look at one sample of a part of the data, by its number in the data."""
        self._part.setCurrentIndex(self._part.findData(part))
        self._show_part()
        self.go_to_sample(index)

    def go_to_sample(self, index: int) -> None:
        """Look at a sample of the chosen part, by its number in the data."""
        place = np.flatnonzero(self._inspected.samples == index)
        if len(place):
            self._take(int(place[0]) + 1)

    def back_to_data(self) -> None:
        """Look at the sample of the data again that was looked at last."""
        self._inspected.choose_sample(self._inspected.last_in_data)

    def _on_run(self) -> None:
        self.following.forget()
        self._inspected.choose_run(self.run.run)

    def _on_data(self) -> None:
        dataset = self._inspected.dataset
        if dataset is None:
            return
        self.following.show_data(dataset)
        self.own.show_data(dataset)
        if not len(self._inspected.samples):
            self._part.setCurrentIndex(1)
        self._show_part()
        self._on_number()
        self._inspected.changed.emit()

    def _on_part(self) -> None:
        self._show_part()
        if not isinstance(self._inspected.sample, OwnSample):  # which no part holds
            self._on_number()

    def _show_part(self) -> None:
        self._inspected.choose_part(self._part.currentData())
        count = len(self._inspected.samples)
        self._number.blockSignals(True)
        before = self._number.value()
        self._number.setRange(1, max(count, 1))
        self._number.setValue(min(max(before, 1), self._number.maximum()))
        self._number.setSuffix(self.tr(" of {}").format(count))
        self._number.blockSignals(False)

    def _on_number(self) -> None:
        samples = self._inspected.samples
        if len(samples):
            self._inspected.choose_sample(int(samples[min(self._number.value(), len(samples)) - 1]))

    def _follow_sample(self) -> None:
        """A page chose a sample of the part."""
        place = np.flatnonzero(self._inspected.samples == self._inspected.last_in_data)
        if len(place):
            self._number.blockSignals(True)
            self._number.setValue(int(place[0]) + 1)
            self._number.blockSignals(False)

    def _step(self, by: int) -> None:
        self._number.stepBy(by)
        self._on_number()

    def _take(self, place: int) -> None:
        """Look at a sample by its place in the part, also from a sample of one's own."""
        self._number.setValue(place)
        self._on_number()

    def _choose_random(self) -> None:
        count = max(len(self._inspected.samples), 1)
        self._take(int(np.random.default_rng().integers(0, count)) + 1)
