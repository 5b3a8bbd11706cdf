"""The sample that is looked at, what it is in truth, and what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import Card, label
from workbench.ui.images import heat, picture, pixmap
from workbench.ui.inspect.inspection import Inspection

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

SIDE = 176


class SampleCard(Card):
    """Shows an inspection's sample."""

    def __init__(self) -> None:
        super().__init__("Sample")
        self.title.setText(self.tr("Sample"))
        self.setFixedWidth(SIDE + 30)
        self._picture = QLabel()
        self._picture.setObjectName("samplePicture")
        self._picture.setFixedSize(SIDE, SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._values = NamedBars("sampleValues", bars=False)
        self._truth = label("", wrap=True, name="sampleTruth")
        self._answer = label("", wrap=True, name="sampleAnswer")
        self._shares = NamedBars("probabilities")
        for part in (self._picture, self._values, self._truth, self._answer, self._shares):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def display(self, found: Inspection, dataset: Dataset, origin: str) -> None:
        """Show a sample; ``origin`` says where one is from that isn't in the data."""
        self.set_hint(origin if found.index is None else self.tr("row {}").format(found.index))
        self._show_values(found, dataset)
        self._truth.setVisible(found.right is not None)
        self._truth.setText(self.tr("true  <b>{}</b>").format(found.truth))
        tone = {True: "good", False: "problem", None: "text"}[found.right]
        color = theme.current().color("text" if dataset.task == "regression" else tone).name()
        loss = "" if found.loss is None else self.tr("<br>loss {:.4g}").format(found.loss)
        text = self.tr("predicted <b style='color:{}'>{}</b>{}")
        self._answer.setText(text.format(color, found.answer, loss))
        self._shares.setVisible(found.probabilities is not None)
        if found.probabilities is not None:
            order = np.argsort(found.probabilities)[::-1][:5]
            rows = [
                (
                    dataset.classes[int(i)],
                    float(found.probabilities[i]),
                    f"{100 * found.probabilities[i]:.1f} %",
                )
                for i in order
            ]
            self._shares.display(rows, 0, "problem" if found.right is False else "good")

    def _show_values(self, found: Inspection, dataset: Dataset) -> None:
        as_picture = found.sample.ndim in (2, 3)
        self._picture.setVisible(as_picture)
        self._values.setVisible(not as_picture)
        if as_picture:
            image = (
                picture(found.sample)
                if dataset.kind == "image"
                else heat(found.sample.reshape(-1, found.sample.shape[-1]))
            )
            mode = Qt.TransformationMode.FastTransformation
            self._picture.setPixmap(
                pixmap(image).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode)
            )
            return
        flat = found.sample.reshape(-1)[:10]
        names = list(dataset.features) or [f"[{i}]" for i in range(len(flat))]
        self._values.display([(n, 0.0, f"{float(v):.4g}") for n, v in zip(names, flat, strict=False)])
