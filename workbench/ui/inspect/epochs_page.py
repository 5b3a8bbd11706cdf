"""Over training: what the network made of a few samples after each epoch, with a slider through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.ui import theme
from workbench.ui.cards import Empty, label
from workbench.ui.inspect.epochs_bar import EpochsBar
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_history import History, load
from workbench.ui.inspect.epochs_lines import EpochLine
from workbench.ui.inspect.epochs_lines_card import EpochsLinesCard
from workbench.ui.inspect.epochs_maps_card import EpochsMapsCard
from workbench.ui.inspect.epochs_probe_card import EpochsProbeCard
from workbench.ui.inspect.epochs_ridge_card import EpochsRidgeCard
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.shown_stack import ShownStack
from workbench.ui.jobs import Latest
from workbench.ui.workspace import Workspace

AGAIN_MS = 700
"""Time between two looks at a run that is being trained."""
OTHERS = ("accent", "validation", "test")
"""Colours of the classes that aren't the true one."""


class _Column(QVBoxLayout):
    """As high as its cards need: words that wrap would have it think that all can be made lower."""

    def hasHeightForWidth(self) -> bool:
        return False


class EpochsPage(InspectPage):
    """Time travel."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.setObjectName("epochsPage")
        self.history: History | None = None
        self._asked_layer = ""
        self._drawn_sample = 0
        self.moment = EpochCursor(self)
        self._latest = Latest(workspace.jobs)
        self._latest.answered.connect(self._show)
        self._latest.failed.connect(self._fail)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._ask)
        self._frame = QTimer(self, singleShot=True, interval=0)  # a drag moves more often than is drawn
        self._frame.timeout.connect(self._draw)

    def make_parts(self) -> Iterator[None]:
        workspace = self.workspace
        self._empty = Empty("clock-counter-clockwise", "", "")
        self._empty.setObjectName("epochsEmpty")
        self._whole = ShownStack()
        self._whole.addWidget(self._empty)
        self.column.addWidget(self._whole, 1)
        content = QWidget()
        column = _Column(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        above, below = QHBoxLayout(), QHBoxLayout()
        self._whole.addWidget(content)
        self.bar = EpochsBar(self.moment)
        column.addWidget(self.bar)
        for row, stretch in ((above, 3), (below, 2)):
            row.setSpacing(theme.M)
            column.addLayout(row, stretch)
        yield
        self.probe = EpochsProbeCard(workspace, self.moment)
        above.addWidget(self.probe)
        yield
        self.maps = EpochsMapsCard(workspace, self.moment)
        above.addWidget(self.maps, 1)
        yield
        self.ridge = EpochsRidgeCard(workspace, self.moment)
        below.addWidget(self.ridge, 1)
        yield
        self.prediction = EpochsLinesCard(
            workspace, self.moment, self.tr("Prediction"), "epochsPrediction",
            self.tr("What is predicted of the probe after each epoch. Click to go there."),
        )  # fmt: skip
        below.addWidget(self.prediction, 1)
        yield
        self.loss = EpochsLinesCard(
            workspace, self.moment, self.tr("Loss"), "epochsLoss",
            self.tr("Mean training loss of each epoch, and validation loss after it. Click to go there."),
        )  # fmt: skip
        below.addWidget(self.loss, 1)
        self._note = label("", "small", wrap=True, name="epochsNote")
        column.addWidget(self._note)
        self.moment.moved.connect(self._frame.start)
        self.inspected.layer_changed.connect(lambda _layer: self._ask())
        self._tell(self.tr("Reading what was recorded…"), "")

    def look(self) -> None:
        self._ask()

    def leave(self) -> None:
        self.bar.stop()
        self._again.stop()

    def _ask(self) -> None:
        workspace, run = self.workspace, self.inspected.run
        if not (self.isVisible() and self.inspected.ready) or workspace.folder is None:
            self._stale = True
            return
        if run == UNTRAINED:
            self._tell(
                self.tr("Fresh weights have no past"),
                self.tr("Choose a run above, or train: a few samples are recorded after every epoch."),
            )
            return
        self._asked_layer = self._wanted()
        before = self.history
        folder, data = workspace.folder, workspace.project.data
        self._latest.ask(partial(load, folder, data, run, self._asked_layer, before))

    def _show(self, history: History | None) -> None:
        dataset = self.inspected.dataset
        if dataset is None or self.inspected.run == UNTRAINED:
            return
        if history is None:
            self._tell(
                self.tr("This run recorded no probes"),
                self.tr(
                    "It was trained by an earlier version, with sharded weights, or with probes off. To look "
                    "back through its epochs, train again with Probes: Samples above 0 in Train, Settings."
                ),
            )
            return
        if max(history.plan.samples) >= len(dataset):
            self._fail(UserError("the data have fewer samples than when it was trained."))
            return
        other = self.history is None or self.history.run != history.run
        self.history = history
        if other:
            self.moment.place, self.moment.other, self.moment.sample = 0, 0, 0
            self.moment.epochs = ()
        self._whole.setCurrentIndex(1)
        if history.epochs != self.moment.epochs:
            self.moment.set_epochs(history.epochs)
        self.bar.show_history(history)
        self._refresh()
        if history.running and self.isVisible():
            self._again.start()

    def _refresh(self) -> None:
        """Show everything anew; what only follows the cursor comes along."""
        history, dataset = self.history, self.inspected.dataset
        if history is None or dataset is None:
            return
        self.probe.show_history(history, dataset)
        self.maps.show_history(history, self._asked_layer, self._why_nothing(history))
        self.ridge.show_history(history)
        self._show_losses(history)
        self._show_prediction(history)
        first, last = history.epochs[0], history.epochs[-1]
        told = [history.plan.note] if history.plan.note else []
        if first:
            told.append(
                self.tr("Recorded from epoch {} on, when what is recorded was changed.").format(first)
            )
        if len(history.epochs) <= last - first:
            told.append(self.tr("Of many epochs, or short ones, only every so many are recorded."))
        self._note.setText(" ".join(told))
        self._note.setVisible(bool(told))

    def _wanted(self) -> str:
        """The layer that is selected; "" for an input, which is the same in every epoch."""
        node = self.workspace.stack.layer(self.inspected.layer)
        return "" if node is None or node.type == "Input" else node.id

    def _why_nothing(self, history: History) -> str:
        """Why the layer that is selected isn't recorded."""
        known = ", ".join(layer.id for layer in history.plan.layers)
        return self.tr("Nothing was recorded of {}. There are: {}.").format(self._asked_layer, known)

    def _show_losses(self, history: History) -> None:
        tokens = {"training": "accent", "validation": "validation"}
        lines = [EpochLine(name, tokens[name], *curve) for name, curve in history.curves.items()]
        self.loss.show_lines(lines, None, self.tr("No epoch has ended yet."))

    def _show_prediction(self, history: History) -> None:
        dataset, sample = self.inspected.dataset, self.moment.sample
        assert dataset is not None
        number = history.plan.samples[sample]
        epochs = np.array(history.epochs)
        if history.probabilities.shape[2]:
            shares = history.probabilities[:, sample]
            true = int(dataset.targets[number])
            rivals = [int(c) for c in np.argsort(-shares.max(0), kind="stable") if c != true][: len(OTHERS)]
            lines = [
                EpochLine(dataset.classes[c], token, epochs, shares[:, c], share=True)
                for c, token in zip(rivals, OTHERS, strict=False)
            ]
            lines.insert(0, EpochLine(dataset.classes[true], "good", epochs, shares[:, true], share=True))
            self.prediction.show_lines(lines, (0.0, 1.0))
            return
        values = history.predicted[:, sample]
        if not np.isfinite(values).any():
            self.prediction.show_lines([], None, self.tr("Embeddings predict no class."))
            return
        truth = np.full(len(epochs), float(dataset.targets[number]))
        self.prediction.show_lines(
            [
                EpochLine(self.tr("predicted"), "accent", epochs, values),
                EpochLine(self.tr("true"), "good", epochs, truth, dashed=True),
            ]
        )

    def _draw(self) -> None:
        """Follow the cursor."""
        if self.history is None or self.moment.epochs != self.history.epochs:
            return
        if self.moment.sample != self._drawn_sample:
            self._drawn_sample = self.moment.sample
            self._show_prediction(self.history)
        for part in (self.probe, self.maps, self.ridge, self.prediction, self.loss):
            part.show_place()

    def _fail(self, error: Exception) -> None:
        self._tell(self.tr("What was recorded can't be shown"), str(error))

    def _tell(self, title: str, text: str) -> None:
        self.bar.stop()
        self.history = None
        self._empty.display(title, text)
        self._whole.setCurrentIndex(0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "history", None) is not None:
            self._refresh()  # heat maps and words in the theme's colours
