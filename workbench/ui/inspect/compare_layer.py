"""This layer: what both models make of one sample there, and why they answer as they do."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from workbench.errors import UserError
from workbench.interpret.method import Result
from workbench.ui.cards import Card, Segments, button, label, scrolling
from workbench.ui.inspect.attribution_state import TileState
from workbench.ui.inspect.compare_columns import Columns
from workbench.ui.inspect.compare_method import MethodChoice
from workbench.ui.inspect.compare_pair import AttributedPair, Laid, Pair, attributions, lay, pair
from workbench.ui.inspect.compare_question import Comparison
from workbench.ui.inspect.inspected import Inspected, OwnSample
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.view import View
from workbench.ui.inspect.working import Working
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

KEPT = 24
"""Answers that stay in memory: a sample's values at all layers of both models, or an attribution."""
LEAST = 296
"""Height of the card, so that nothing jumps from one answer to the next."""


class LayerCard(Card):
    """Activation, gradient or attribution, for the sample that is inspected."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__("This layer")
        self.setObjectName("compareLayer")
        self.setMinimumHeight(LEAST)
        self._workspace, self._inspected = workspace, inspected
        self._found: Comparison | None = None
        self._layer = ""
        self._asked: tuple[object, ...] = ()
        self._pair: Pair | None = None
        self._laid: Laid | None = None
        self._attributed: AttributedPair | None = None
        self._kept: OrderedDict[tuple[object, ...], Pair | AttributedPair] = OrderedDict()
        self.job = MethodJob(workspace.jobs, self)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failed)
        self.job.busy_changed.connect(self._on_busy)
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="compareLayerSave")
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self.kind = Segments(
            [
                ("activation", self.tr("Activation")),
                ("gradient", self.tr("Gradient")),
                ("attribution", self.tr("Attribution")),
            ],
            "compareKind",
        )
        self.kind.group.buttonClicked.connect(lambda: self.look())
        self.method = MethodChoice()
        self.method.activated.connect(lambda: self.look())
        self._said = label("", "muted", name="compareLayerSaid")
        kinds = QHBoxLayout()
        for part in (self.kind, self.method, self._said):
            kinds.addWidget(part)
        kinds.addStretch(1)
        self.columns = Columns()
        self.state = TileState("compareLayerState")
        self.state.again.connect(self._again)
        self._views = QStackedWidget()
        self._views.addWidget(self.state)
        self._views.addWidget(scrolling(self.columns))
        self._views.addWidget(QWidget())
        self.body.addLayout(kinds)
        self.body.addWidget(Working(self.job, "compareLayerWorking", self.tr("Running both models…")))
        self.body.addWidget(self._views, 1)

    # What is asked

    def show_layer(self, found: Comparison, layer: str) -> None:
        """Show a layer of a comparison, for the sample that is inspected now."""
        self._found, self._layer = found, layer
        dataset = self._inspected.dataset
        if dataset is not None:
            self.method.follow(dataset)
        self.look()

    def look(self) -> None:
        """Show what is chosen, asking for it if it isn't known."""
        found, inspected = self._found, self._inspected
        if found is None or not inspected.ready:
            return
        attributing = self.kind.value == "attribution"
        self.method.setVisible(attributing)
        what: tuple[object, ...] = (self.method.method,) if attributing else ()
        asked = (found.asked.key, inspected.sample, *what)
        if asked == self._asked and self.job.busy:
            return
        self._asked = asked
        known = self._kept.get(asked)
        if known is not None:
            self._kept.move_to_end(asked)
            self.job.cancel()
            self._show(known)
            return
        make, other = inspected.subject(), found.other
        if attributing:
            self.job.ask(partial(attributions, self.method.method, make, other))
        else:
            self.job.ask(partial(pair, make, other))

    def _again(self) -> None:
        self._asked = ()
        self.look()

    def _on_answer(self, answer: Pair | AttributedPair) -> None:
        self._kept[self._asked] = answer
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._show(answer)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self._workspace.tell_error(error)
        self._nothing(str(error))

    def _on_busy(self, busy: bool) -> None:
        if busy and self._views.currentIndex() == 0:
            self._views.setCurrentIndex(2)
        elif not busy and self._asked not in self._kept and self._views.currentIndex() != 0:
            self._nothing(self.tr("Cancelled"), again=True)

    # What is shown

    def _show(self, answer: Pair | AttributedPair) -> None:
        if isinstance(answer, AttributedPair):
            self._show_attributions(answer)
        else:
            self._pair = answer
            self._show_values(answer)

    def _show_values(self, seen: Pair) -> None:
        found, kind = self._found, self.kind.value
        assert found is not None
        self._head(self._layer)
        laid = lay(seen, self._layer, kind, found.that)
        if isinstance(laid, str):
            self._nothing(laid)
            return
        self._laid, self._attributed = laid, None
        self._name(seen)
        self.columns.show_values(laid)
        said = ["×".join(map(str, laid.this.shape)) or self.tr("one value")]
        if laid.difference is not None:
            said.append(self.tr("relative difference {}").format(f"{laid.relative:.3g}"))
        if kind == "gradient":
            said.append(self.tr("of {}").format(seen.of))
        self._said.setText(" · ".join(said))
        self._there(True)

    def _show_attributions(self, answer: AttributedPair) -> None:
        dataset, found = self._inspected.dataset, self._found
        assert dataset is not None
        assert found is not None
        self._head(self.method.method.title)
        self._laid, self._attributed = None, answer
        names = zip((found.this, found.that), map(self._answer, answer.results), strict=True)
        self.columns.name(*((f"{name}: {said}", right) for name, (said, right) in names))
        self.columns.show_attributions(answer)
        self._said.setText(self._explained(answer, dataset))
        self._there(True)

    def _explained(self, answer: AttributedPair, dataset: Dataset) -> str:
        target = answer.results[0].target
        if target is None or not dataset.classes:
            return ""
        return self.tr("of the score of class {}, at the input").format(dataset.classes[int(target)])

    def _head(self, title: str) -> None:
        inspected = self._inspected
        self.title.setText(title or self.tr("This layer"))
        dataset, sample, said = inspected.dataset, inspected.sample, inspected.sample_words
        if dataset is not None and not isinstance(sample, OwnSample):
            said += self.tr(" · true {}").format(dataset.answer(sample))
        self.set_hint(said)

    def _name(self, seen: Pair) -> None:
        found = self._found
        assert found is not None
        pairs = (found.this, seen.this), (found.that, seen.that)
        self.columns.name(*((f"{name}: {one.answer}", one.right) for name, one in pairs))

    def _answer(self, result: Result) -> tuple[str, bool | None]:
        """What a model says of the sample, and whether that is right."""
        dataset, said, sample = self._inspected.dataset, result.predicted, self._inspected.sample
        if dataset is None or said is None:
            return "–", None
        if not dataset.classes:
            return f"{said:.4g}", None
        truth = sample.truth if isinstance(sample, OwnSample) else int(dataset.targets[sample])
        return dataset.classes[int(said)], None if truth is None else said == truth

    def _nothing(self, why: str, *, again: bool = False) -> None:
        self._laid = self._attributed = None
        self._said.setText("")
        self.state.say(why, "x-circle" if again else "info", again=again)
        self._there(False)

    def _there(self, there: bool) -> None:
        self._views.setCurrentIndex(int(there))
        self._save.setEnabled(there)

    def redress(self) -> None:
        """Draw the same in the theme's colours of now."""
        if self._views.currentIndex() == 1 and self._asked in self._kept:
            self._show(self._kept[self._asked])

    def view(self) -> View:
        """Return what is shown."""
        found = self._found
        assert found is not None
        arrays: dict[str, Any]
        if self._attributed is not None:
            each = self._attributed
            parts = (each.difference, each.this, each.that)
            arrays = dict(zip(("difference", "this", "other"), (p.values for p in parts), strict=True))
            what, note = self.method.method.title, each.results[0].note
        else:
            assert self._laid is not None
            laid = self._laid
            arrays = {"this": laid.this, "other": laid.that}
            if laid.difference is not None:
                arrays = {"difference": laid.difference, **arrays}
            what = f"{self.kind.value} of {self._layer}"
            note = self.tr("Of both models for one sample, and the first less the second.")
        title = self.tr("{} in {} and {} for {}").format(
            what, found.this, found.that, self._inspected.sample_words
        )
        return View(title, note, self.columns, arrays)
