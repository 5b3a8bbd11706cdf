"""The probes, which of them is looked at, and what the network says of it after an epoch."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import Card, button
from workbench.ui.form import Choice
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat, picture
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_history import History
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.still_text import StillText
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

WIDE = 236
CLASSES = 5
"""Classes whose probabilities are shown: the true one, and those that are likeliest at some epoch."""


class EpochsProbeCard(Card):
    """Pictures to choose from, or a list where samples are no pictures."""

    def __init__(self, workspace: Workspace, cursor: EpochCursor) -> None:
        super().__init__("Probes")
        self.setObjectName("epochsProbe")
        self.title.setText(self.tr("Probes"))
        self.setFixedWidth(WIDE)
        self._cursor = cursor
        self._history: History | None = None
        self._dataset: Dataset | None = None
        self._pictures: list[QImage] = []
        self.gallery = Gallery("epochsProbes", 44)
        self.gallery.chosen.connect(cursor.choose_sample)
        self.choice = Choice()
        self.choice.setObjectName("epochsProbeChoice")
        self.choice.setAccessibleName(self.tr("Probe"))
        self.choice.activated.connect(cursor.choose_sample)
        self._said = StillText("epochsAnswer", 3)
        self._bars = NamedBars("epochsProbabilities")
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="epochsProbeSave")
        self._save.setAccessibleName(self.tr("Save the predictions"))
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        for part in (self.gallery, self.choice, self._said, self._bars):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def show_history(self, history: History, dataset: Dataset) -> None:
        """Show a run's probes, samples of the dataset."""
        other = self._history is None or self._history.plan.samples != history.plan.samples
        self._history = history
        if other or dataset is not self._dataset:
            self._dataset = dataset
            samples = history.plan.samples
            values = dataset.batch(np.array(samples))
            shaped = values.ndim in (3, 4)
            self._pictures = [_thumbnail(one, dataset) for one in values] if shaped else []
            self.choice.clear()
            for number in samples:
                self.choice.addItem(self.tr("sample {}: {}").format(number, dataset.answer(number)))
        parts = {"train": self.tr("training"), "validation": self.tr("validation")}
        self.set_hint(parts.get(history.plan.part, ""))
        self.setToolTip(self.tr("These samples were run through the network after every recorded epoch."))
        self.gallery.setVisible(bool(self._pictures))
        self.choice.setVisible(not self._pictures)
        self._bars.setVisible(bool(history.probabilities.shape[2]))
        self.show_place()

    def show_place(self) -> None:
        """Follow the cursor."""
        history, dataset, cursor = self._history, self._dataset, self._cursor
        if history is None or dataset is None or not cursor.epochs:
            return
        predicted = history.predicted[cursor.place]
        self.gallery.current = cursor.sample
        if self._pictures:
            items = [
                (image, *self._caption(dataset, number, float(value)))
                for image, number, value in zip(self._pictures, history.plan.samples, predicted, strict=True)
            ]
            self.gallery.display(items)
        self.choice.setCurrentIndex(cursor.sample)
        self._show_answer(history, dataset, float(predicted[cursor.sample]))
        self._show_shares(history, dataset)

    def _caption(self, dataset: Dataset, number: int, value: float) -> tuple[str, str]:
        if not np.isfinite(value):
            return "", "muted"
        if not dataset.classes:
            return f"{value:.3g}", "muted"
        right = int(value) == int(dataset.targets[number])
        return dataset.classes[int(value)], "good" if right else "problem"

    def _show_answer(self, history: History, dataset: Dataset, value: float) -> None:
        cursor = self._cursor
        number = history.plan.samples[cursor.sample]
        said, token = self._caption(dataset, number, value)
        said = said or "–"
        color = theme.current().color("text" if token == "muted" else token).name()
        loss = float(history.records[cursor.place].losses[cursor.sample])
        lines = [
            self.tr("sample {} · true <b>{}</b>").format(number, escape(dataset.answer(number))),
            self.tr("predicted <b style='color:{}'>{}</b>").format(color, escape(said)),
        ]
        if np.isfinite(loss):
            lines.append(self.tr("loss {:.4g}").format(loss))
        self._said.setText("<br>".join(lines))

    def _show_shares(self, history: History, dataset: Dataset) -> None:
        cursor = self._cursor
        if not history.probabilities.shape[2]:
            return
        here = history.probabilities[cursor.place, cursor.sample]
        there = history.probabilities[cursor.other, cursor.sample]
        number = history.plan.samples[cursor.sample]
        true = int(dataset.targets[number])
        rows, shown = [], likeliest(history.probabilities[:, cursor.sample], true, CLASSES)
        for row in shown:
            figure = f"{100 * here[row]:.0f} %"
            if cursor.comparing:
                figure = f"{100 * there[row]:.0f} → {figure}"
            rows.append((dataset.classes[row], float(here[row]), figure))
        self._bars.display(rows, shown.index(true), "good", whole=1.0)

    def view(self) -> View:
        """Return what is shown."""
        history = self._history
        assert history is not None
        arrays: dict[str, NDArray[Any]] = {
            "predicted": history.predicted,
            "losses": np.stack([record.losses for record in history.records]),
            "samples": np.array(history.plan.samples),
            "epochs": np.array(history.epochs),
        }
        if history.probabilities.shape[2]:
            arrays["probabilities"] = history.probabilities
        return View(
            self.tr("Predictions for the probes over training"),
            self.tr("A row an epoch, a column a probe."),
            self,
            arrays,
        )


def likeliest(shares: NDArray[Any], true: int, most: int) -> list[int]:
    """Return the true class and those that are likeliest at some epoch, in order of their numbers.

    ``shares``: a sample's probabilities, (epochs, classes).
    """
    rivals = [int(row) for row in np.argsort(-shares.max(0), kind="stable") if row != true]
    return sorted([true, *rivals[: most - 1]])


def _thumbnail(sample: NDArray[Any], dataset: Dataset) -> QImage:
    if dataset.kind == "image" and sample.ndim == 3:
        return picture(sample)
    return heat(sample.reshape(-1, sample.shape[-1]))
