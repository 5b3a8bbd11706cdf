"""Probes: how much of the answer can be read off each layer."""

from __future__ import annotations

from workbench.interpret.representation.linear_probe import LinearProbe
from workbench.ui.cards import label, scrolling
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.layer_bars import LayerBars, LayerScore
from workbench.ui.inspect.representation_question import Answer, Answers
from workbench.ui.inspect.representation_view import RepresentationView
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace


class ProbesView(RepresentationView):
    """A bar a layer."""

    def __init__(self, workspace: Workspace, inspected: Inspected, answers: Answers) -> None:
        super().__init__(workspace, inspected, answers, "probes", LinearProbe())
        self.bars = LayerBars("probeBars")
        self.bars.chosen.connect(workspace.select)
        self.lay_out(None, scrolling(self.bars), self.tr("Fitting probes…"))
        self._note = label("", "muted", wrap=True, name="probesNote")
        self.card.body.addWidget(self._note)

    def show_answer(self, answer: Answer) -> None:
        dataset, result = self.inspected.dataset, answer.result
        if dataset is None:
            return
        types = {node.id: node.type for node in self.workspace.graph}
        columns = (result.arrays[name] for name in ("layers", "score", "fit_score"))
        rows = [
            LayerScore(str(layer), types.get(str(layer), ""), float(score), float(fit))
            for layer, score, fit in zip(*columns, strict=True)
        ]
        classes = bool(dataset.classes)
        self.card.set_hint(self.tr("accuracy") if classes else "R²")
        chance = result.figures["chance"]
        said = self.tr("most common class {:.3f}") if classes else self.tr("the mean {:.3f}")
        self.bars.display(rows, chance, said.format(chance))
        self._note.setText(result.note + self.tr(" The tick is the score on the samples it was fitted to."))

    def follow(self) -> None:
        self.bars.mark(self.inspected.layer)

    def view(self, answer: Answer) -> View:
        return View(self.card.title.text(), answer.result.note, self.bars, answer.result.arrays)
