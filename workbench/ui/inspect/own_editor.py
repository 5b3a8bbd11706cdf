"""A sample of a person's own, while it is drawn or typed; the network answers as it changes."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from workbench.data.dataset import Dataset
from workbench.interpret.subject import Target
from workbench.ui import theme
from workbench.ui.cards import Card, Heading, button, label
from workbench.ui.form import Choice
from workbench.ui.inspect.answer import Answer, AnswerView, answer
from workbench.ui.inspect.inspected import Inspected, OwnSample
from workbench.ui.inspect.own_drawing import Drawing
from workbench.ui.inspect.own_fields import Fields
from workbench.ui.inspect.own_grid import Grid
from workbench.ui.inspect.own_pad import SIDE
from workbench.ui.jobs import Latest
from workbench.ui.param_editor import mark
from workbench.ui.workspace import Workspace

Surface = Drawing | Fields | Grid
"""Each has values, load, blank, and a signal when it was edited."""

FRAME_MS = 50
"""While a pen moves, the network is asked so often."""


class OwnEditor(Card):
    """Stands beside the pages while a sample of one's own is looked at."""

    left = Signal()
    """Back to the data was asked for."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__()
        self.setObjectName("ownEditor")
        self.setFixedWidth(SIDE + 30)
        self._inspected = inspected
        self._dataset: Dataset | None = None
        self._surface: Surface | None = None
        self._sent: OwnSample | None = None
        self._origin, self._from_file = "", False
        self._name = Heading("", "heading", 60)
        self._name.setObjectName("ownOrigin")
        self._name.setMinimumHeight(28)  # as high as the heads of the cards beside it
        self.body.addWidget(self._name)
        self._place = QVBoxLayout()
        self.body.addLayout(self._place)
        self.body.addLayout(self._meaning())
        self._answer = AnswerView("own", brief=True)
        self.body.addWidget(self._answer)
        self._back = button("", glyph="arrow-left", name="ownBack")
        self._back.clicked.connect(self.left)
        self.body.addWidget(self._back)
        self.body.addStretch(1)
        self._latest = Latest(workspace.jobs)
        self._latest.answered.connect(self._show_answer)
        self._latest.failed.connect(workspace.tell_error)
        self._soon = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._soon.timeout.connect(self._send_when_answered)
        self._said: Answer | None = None
        inspected.changed.connect(self._follow)
        self.hide()

    def _meaning(self) -> QHBoxLayout:
        """What it is in truth, which a person may say: then there is a loss, and gradients of it."""
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        name = label(self.tr("Meant"), "small")
        self._meant = Choice()
        self._meant.setObjectName("ownMeant")
        self._meant.setAccessibleName(self.tr("Class that is meant"))
        self._meant.setToolTip(
            self.tr("Its true class, if you know: gradients are then of the loss against it.")
        )
        self._meant.setMinimumContentsLength(8)
        self._meant.activated.connect(self._send)
        self._value = QLineEdit()
        self._value.setObjectName("ownValue")
        self._value.setAccessibleName(self.tr("Value that is meant"))
        self._value.setPlaceholderText(self.tr("not said"))
        self._value.setToolTip(
            self.tr("Its true value, if you know: gradients are then of the loss against it.")
        )
        self._value.setAcceptDrops(False)
        self._value.textEdited.connect(lambda: self._soon.start())
        row.addWidget(name)
        row.addWidget(self._meant, 1)
        row.addWidget(self._value, 1)
        return row

    # What is looked at

    def begin(self) -> None:
        """Look at a new sample: an empty picture, typical values, or numbers to type over."""
        dataset = self._inspected.dataset
        if dataset is not None:
            surface = self._made(dataset)
            surface.blank()
            drawn = isinstance(surface, Drawing)
            self._start(self.tr("drawn") if drawn else self.tr("typed"), None)

    def edit(self) -> None:
        """Look at a copy of the sample that is looked at, to change it."""
        dataset, number = self._inspected.dataset, self._inspected.sample
        if dataset is not None and not isinstance(number, OwnSample):
            self._made(dataset).load(dataset.batch(np.array([number]))[0])
            origin = self.tr("{}, edited").format(self._inspected.sample_words)
            self._start(origin, dataset.targets[number].item())

    def _start(self, origin: str, truth: Target | None) -> None:
        assert self._surface is not None
        self._origin, self._from_file = origin, False
        self._name.setText(origin[:1].upper() + origin[1:])
        self._show_meant(truth)
        self._send()
        self._surface.setFocus()

    def _follow(self) -> None:
        """Show what is looked at, if it is no sample of the data."""
        sample, dataset = self._inspected.sample, self._inspected.dataset
        own = isinstance(sample, OwnSample) and dataset is not None
        if own and not self._inspected.ready:
            return
        if isinstance(sample, OwnSample) and dataset is not None:
            if sample.values.shape != dataset.sample_shape:
                return  # other data were opened: the sample chosen next is one of them
            if sample is not self._sent:
                self._sent, self._origin, self._from_file = sample, sample.origin, True
                self._name.setText(sample.origin)
                self._made(dataset).load(sample.values)
                self._show_meant(sample.truth)
            self._back.setText(self.tr("Back to sample {}").format(self._inspected.last_in_data))
            self._latest.ask(partial(answer, self._inspected.subject()))
        self.setVisible(own)

    def _made(self, dataset: Dataset) -> Surface:
        """What such a sample is edited with, empty."""
        if self._surface is not None and self._dataset is dataset:
            return self._surface
        if self._surface is not None:
            self._place.removeWidget(self._surface)
            self._surface.hide()
            self._surface.deleteLater()
        surface: Surface
        if dataset.kind == "image":
            surface = Drawing(dataset)
        elif len(dataset.sample_shape) == 1 and dataset.input_dtype == "float32":
            surface = Fields(dataset)
        else:
            surface = Grid(dataset)
        surface.edited.connect(self._on_edited)
        self._place.addWidget(surface)
        self.body.setStretchFactor(self._place, 0 if isinstance(surface, Drawing) else 50)
        self._dataset, self._surface = dataset, surface
        self._offer_meanings(dataset)
        return surface

    def _on_edited(self) -> None:
        if self._from_file:
            self._from_file = False
            self._origin = self.tr("{}, edited").format(self._origin)
            self._name.setText(self._origin)
        if not self._soon.isActive():  # now and then while it goes on, not only once it pauses
            self._soon.start()

    def _send_when_answered(self) -> None:
        if self._latest.busy:
            self._soon.start()
        else:
            self._send()

    def _send(self) -> None:
        if self._surface is not None:
            self._sent = OwnSample(self._surface.values, self._origin, self._truth())
            self._inspected.choose_sample(self._sent)

    # What it is in truth

    def _offer_meanings(self, dataset: Dataset) -> None:
        classes = dataset.task == "classification"
        self._meant.setVisible(classes)
        self._value.setVisible(not classes)
        self._meant.clear()
        self._meant.addItem(self.tr("not said"), None)
        for number, name in enumerate(dataset.classes):
            self._meant.addItem(name, number)

    def _show_meant(self, truth: Target | None) -> None:
        self._meant.setCurrentIndex(0 if truth is None else self._meant.findData(int(truth)))
        self._value.setText("" if truth is None else f"{truth:.6g}")
        mark(self._value, "")

    def _truth(self) -> Target | None:
        if self._dataset is None or self._dataset.task == "classification":
            chosen: Target | None = self._meant.currentData()
            return chosen
        text = self._value.text().strip().replace(",", ".")
        try:
            value = float(text) if text else None
        except ValueError:
            value = math.nan
        known = value is None or math.isfinite(value)
        mark(self._value, "" if known else self.tr("“{}” is no number.").format(text))
        return value if known else None

    def _show_answer(self, found: Answer) -> None:
        if self._dataset is not None:
            self._said = found
            self._answer.display(found, self._dataset)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        said: Answer | None = getattr(self, "_said", None)
        if event.type() == QEvent.Type.PaletteChange and said is not None:
            self._show_answer(said)
