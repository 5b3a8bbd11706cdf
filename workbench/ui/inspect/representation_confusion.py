"""Confusion: which classes each layer still mixes up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.interpret.representation.confusion_by_layer import ConfusionByLayer
from workbench.ui import theme
from workbench.ui.cards import label, scrolling
from workbench.ui.confusion import ConfusionMatrix
from workbench.ui.gallery import Gallery
from workbench.ui.images import heat
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.representation_question import Answer, Answers
from workbench.ui.inspect.representation_view import RepresentationView
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

SIDE = 86


class ConfusionView(RepresentationView):
    """A small picture a layer, and the one that is selected with its counts."""

    def __init__(self, workspace: Workspace, inspected: Inspected, answers: Answers) -> None:
        super().__init__(workspace, inspected, answers, "confusion", ConfusionByLayer())
        self.gallery = Gallery("confusionLayers", SIDE)
        self.matrix = ConfusionMatrix()
        self._title = label("", "heading", name="confusionTitle")
        self._note = label("", "muted", wrap=True, name="confusionNote")
        self._shown = -1
        self.lay_out(None, self._content(), self.tr("Judging layers…"))
        self.card.body.addWidget(self._note)
        self.gallery.chosen.connect(self._on_chosen)

    def _content(self) -> QWidget:
        holder, whole, right = QWidget(), QWidget(), QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(2, 2, 4, 0)
        inner.addWidget(self.gallery)
        inner.addStretch(1)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.L)
        row.addWidget(scrolling(holder), 1)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._title)
        column.addWidget(self.matrix, 1)
        row.addWidget(right, 1)
        return whole

    def show_answer(self, answer: Answer) -> None:
        arrays = answer.result.arrays
        items = [
            (_small(counts), f"{_percent(float(right))} {layer}", "text")
            for layer, counts, right in zip(
                arrays["layers"], arrays["confusion"], arrays["accuracy"], strict=True
            )
        ]
        if "model" in arrays:
            table = arrays["model"]
            share = float(np.trace(table) / max(table.sum(), 1))
            items.append((_small(table), self.tr("{} model").format(_percent(share)), "accent"))
        self.gallery.current = -1
        self.gallery.display(items)
        self._shown = -1
        self._note.setText(answer.result.note)
        if self._place() < 0:
            self._turn_to(len(items) - 1)

    def follow(self) -> None:
        place = self._place()
        if place >= 0 and self.answer is not None:
            self._turn_to(place)

    def view(self, answer: Answer) -> View:
        return View(self.card.title.text(), answer.result.note, self.gallery, answer.result.arrays)

    def _place(self) -> int:
        """The selected layer's place, -1 where it has none."""
        if self.answer is None:
            return -1
        found = np.flatnonzero(self.answer.result.arrays["layers"] == self.inspected.layer)
        return int(found[0]) if len(found) else -1

    def _on_chosen(self, place: int) -> None:
        if self.answer is None:
            return
        layers = self.answer.result.arrays["layers"]
        if place < len(layers):
            self.workspace.select(str(layers[place]))
        self._turn_to(place)

    def _turn_to(self, place: int) -> None:
        """Show one layer's table, or after the last the model's own answers."""
        dataset = self.inspected.dataset
        if self.answer is None or dataset is None or place == self._shown:
            return
        self._shown = place
        self.gallery.current = place
        self.gallery.update()
        arrays = self.answer.result.arrays
        if place < len(arrays["layers"]):
            words = self.tr("{}: by the nearest mean").format(arrays["layers"][place])
            table = arrays["confusion"][place]
        else:
            words, table = self.tr("The model's own answers"), arrays["model"]
        self._title.setText(words)
        self.matrix.display(table, dataset.classes)


def _small(counts: NDArray[Any]) -> QImage:
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return heat(shares, limit=1.0)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if np.isfinite(share) else "–"
