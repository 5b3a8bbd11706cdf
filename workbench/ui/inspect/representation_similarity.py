"""Similarity: how alike layers are, within the model and to those of another."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.interpret.method import Method
from workbench.interpret.representation.cka import Cka, CkaOfModels
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.inspect.cka_plot import CkaPlot
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.other_model import OtherChoice
from workbench.ui.inspect.representation_question import Answer, Answers, Question, question
from workbench.ui.inspect.representation_view import RepresentationView
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace


class SimilarityView(RepresentationView):
    """A cell a pair of layers."""

    def __init__(self, workspace: Workspace, inspected: Inspected, answers: Answers) -> None:
        super().__init__(workspace, inspected, answers, "similarity", Cka())
        self.card.title.setText(self.tr("Similarity of layers"))
        self.other = OtherChoice(workspace, inspected)
        self.plot = CkaPlot("ckaPlot")
        self._readout = label("", "", name="ckaReadout")
        controls = QWidget()
        row = QHBoxLayout(controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(label(self.tr("Compare with"), "muted"))
        row.addWidget(self.other)
        row.addSpacing(theme.M)
        row.addWidget(self._readout, 1)
        self.lay_out(controls, self.plot, self.tr("Comparing layers…"))
        self._note = label("", "muted", wrap=True, name="similarityNote")
        self.card.body.addWidget(self._note)
        self.other.chosen.connect(self.look)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.chosen.connect(self._on_chosen)
        inspected.changed.connect(self._on_changed)

    def ask(self) -> Question:
        other = self.other.other()
        # one form for both: they have the same settings
        values = {name: getattr(self.method, name) for name in type(self.method).model_fields}
        method: Method = (Cka if other is None else CkaOfModels)(**values)
        return question(self.workspace, self.inspected, method, other=other)

    def show_answer(self, answer: Answer) -> None:
        arrays = answer.result.arrays
        words = self.other.words
        self.card.set_hint(self.tr("rows: this model, columns: {}").format(words) if words else "")
        self.plot.display(arrays["cka"], [*map(str, arrays["rows"])], [*map(str, arrays["columns"])])
        self._on_pointed(-1, -1)
        self._note.setText(answer.result.note + self.tr(" 1 is the same up to rotation and scale."))

    def follow(self) -> None:
        self.plot.mark(self.inspected.layer)

    def view(self, answer: Answer) -> View:
        words = self.other.words
        title = self.tr("CKA with {}").format(words) if words else self.tr("CKA of layers")
        return View(title, answer.result.note, self.plot, answer.result.arrays)

    def _on_pointed(self, row: int, column: int) -> None:
        if row < 0 or self.answer is None:
            self._readout.setText("")
            return
        arrays = self.answer.result.arrays
        value = float(arrays["cka"][row, column])
        said = f"{value:.4f}" if np.isfinite(value) else self.tr("not known: one of them doesn't vary")
        self._readout.setText(f"{arrays['rows'][row]} × {arrays['columns'][column]}:  {said}")

    def _on_chosen(self, row: int, column: int) -> None:
        """Select the row's layer, or the column's if that is selected already."""
        if self.answer is None:
            return
        arrays = self.answer.result.arrays
        layer = str(arrays["rows"][row])
        if layer == self.inspected.layer and not self.other.words:
            layer = str(arrays["columns"][column])
        self.workspace.select(layer)

    def _on_changed(self) -> None:
        if self.isVisible():
            self.other.refresh()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.other.refresh()
