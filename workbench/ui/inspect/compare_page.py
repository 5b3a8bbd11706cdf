"""Compare: two models, or two epochs of one, on the same samples."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.errors import UserError
from workbench.interpret.contrast import Contrast
from workbench.interpret.method import Result
from workbench.ui import theme
from workbench.ui.cards import label
from workbench.ui.inspect.compare_answers import AnswersCard
from workbench.ui.inspect.compare_empty import CompareEmpty
from workbench.ui.inspect.compare_layer import LayerCard
from workbench.ui.inspect.compare_layers import LayersCard
from workbench.ui.inspect.compare_layout import CardColumn, CardPair
from workbench.ui.inspect.compare_question import Comparison, compare
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.method_job import MethodJob
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.inspect.other_model import Other, OtherChoice
from workbench.ui.inspect.page import InspectPage
from workbench.ui.inspect.representation_question import Answer, Answers, Question
from workbench.ui.inspect.settings_button import SettingsButton
from workbench.ui.inspect.working import Working
from workbench.ui.workspace import Workspace

SOON_MS = 60
"""How long the selection rests before a layer is shown: people walk through the stack by keys."""
HIGH = 326
"""Height of the upper cards at least: what is below them is reached by scrolling."""


class ComparePage(InspectPage):
    """The answers, the layers, and one layer for one sample."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected)
        self.setObjectName("comparePage")
        self.comparison: Comparison | None = None
        self._method = Contrast()
        self._answers = Answers()
        self._asked: Question | None = None
        self._names = ("", "")
        self._listed_for: str | None = None
        self._picked = False
        """Whether a layer was selected since the page is there."""
        self.job = MethodJob(workspace.jobs, self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(lambda: self._show_layer())
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._show_rest)

    def make_parts(self) -> Iterator[None]:
        workspace, inspected = self.workspace, self.inspected
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        self.column.addLayout(top)
        self.column.addWidget(Working(self.job, "compareWorking", self.tr("Comparing…")))
        self._blank, self._empty, self._content = QWidget(), CompareEmpty(), QWidget()
        for part in (self._blank, self._empty, self._content):  # each takes its own room only
            self.column.addWidget(part, 1)
        self._turn_to(self._blank)
        self.other = OtherChoice(workspace, inspected, itself=False)
        self.other.setObjectName("compareOther")
        self.settings = SettingsButton("compareSettings")
        self.settings.show_method(self._method)
        top.addWidget(label(self.tr("Compare with"), "muted"))
        top.addWidget(self.other)
        top.addStretch(1)
        top.addWidget(self.settings)
        yield
        column = CardColumn(self._content)
        above = CardPair()
        column.addWidget(above, 3)
        self.answers = AnswersCard(workspace)
        above.add(self.answers, HIGH)
        yield
        self.layers = LayersCard(workspace)
        above.add(self.layers, HIGH)
        yield
        self.layer = LayerCard(workspace, inspected)
        column.addWidget(self.layer, 2)
        self._connect()

    def _turn_to(self, shown: QWidget) -> None:
        for part in (self._blank, self._empty, self._content):
            part.setVisible(part is shown)

    def _connect(self) -> None:
        self.other.chosen.connect(self._ask)
        self.other.listed.connect(self._on_listed)
        self.settings.edited.connect(self._on_settings)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failed)
        self.job.busy_changed.connect(self._on_busy)
        self._empty.fresh_wanted.connect(self.other.choose_untrained)
        self._empty.again_wanted.connect(self._start_again)
        self.answers.chosen.connect(self.inspected.choose_sample)
        self.layers.chosen.connect(self._on_chosen)
        self.inspected.layer_changed.connect(self._on_layer)

    # Asking

    def look(self) -> None:
        if self._listed_for == self.inspected.run:
            self._ask()
        self.other.refresh()

    def _on_listed(self) -> None:
        self._listed_for = self.inspected.run
        self._ask()

    def _on_settings(self, method: Contrast) -> None:
        self._method = method
        self._ask()

    def _ask(self) -> None:
        """Show the answer for what is inspected now, asking for it if it isn't known."""
        inspected = self.inspected
        if not (self.isVisible() and inspected.ready):
            self._stale = True
            return
        other = self.other.other()
        if other is None:
            self._asked = None
            self.job.cancel()
            self._empty.say_nothing_yet(untrained=inspected.run == UNTRAINED)
            self._show_nothing()
            return
        asked = compare(self.workspace, inspected, self._method, other)
        if self._asked is not None and asked.key == self._asked.key:
            self._follow()
            return
        self._asked = asked
        self._names = (self._this(other), self.other.words)
        known = self._answers.get(asked.key)
        if known is None:
            self.job.ask(asked.answer)
        else:
            self.job.cancel()
            self._show(known.result)

    def _this(self, other: Other) -> str:
        """What the inspected model is called; beside another epoch of its run, which of them it is."""
        run = self.inspected.run
        if run == UNTRAINED:
            return self.tr("Untrained")
        return (self.tr("Run {} · best") if other.run == run else self.tr("Run {}")).format(run)

    def _start_again(self) -> None:
        self._asked = None
        self._ask()

    def _on_answer(self, answer: Answer) -> None:
        self._answers.keep(answer)
        self._show(answer.result)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self.workspace.tell_error(error)
        self._empty.say_failed(error)
        self._show_nothing()

    def _on_busy(self, busy: bool) -> None:
        told = not self._empty.isHidden()
        if busy and told:
            self._turn_to(self._blank)
        elif not (busy or self._asked is None or self._is_answered() or told):
            self._empty.say_cancelled()
            self._show_nothing()

    # Showing

    def _show(self, result: Result) -> None:
        dataset = self.inspected.dataset
        if dataset is None or self._asked is None:
            return
        self.comparison = Comparison(self._asked, *self._names, result)
        self._turn_to(self._content)
        self.answers.display(self.comparison, dataset, self.inspected.sample)
        self._rest.start()

    def _show_rest(self) -> None:
        """Show the layers, in a frame of their own."""
        if self.comparison is not None and self._is_answered():
            self.layers.display(self.comparison, {node.id: node.type for node in self.workspace.graph})
            self._follow()

    def _is_answered(self) -> bool:
        """Whether what is shown is of what is inspected now."""
        shown, asked = self.comparison, self._asked
        return shown is not None and asked is not None and shown.asked.key == asked.key

    def _follow(self) -> None:
        """Mark the sample and the layer that are looked at, and show them."""
        if self._is_answered():
            self.answers.mark(self.inspected.sample)
            self._show_layer()

    def _show_layer(self, layer: str = "") -> None:
        """Show a layer, or the one that is selected."""
        found = self.comparison
        if found is not None and self._is_answered():
            shown = layer or self._layer(found)
            self.layers.mark(shown)
            self.layer.show_layer(found, shown)

    def _layer(self, found: Comparison) -> str:
        """The selected layer; at first in place of an input, which is the same for both, one that differs."""
        chosen = self.workspace.stack.layer(self.inspected.layer)
        if self.inspected.layer and (self._picked or chosen is None or chosen.type != "Input"):
            return self.inspected.layer
        return found.first or (found.layers[-1] if found.layers else "")

    def _on_chosen(self, layer: str) -> None:
        """Select a layer; one that is gone from the stack since the runs can only be shown."""
        self._picked = True
        if self.workspace.stack.layer(layer) is not None and layer != self.inspected.layer:
            self.workspace.select(layer)
        else:
            self._show_layer(layer)

    def _on_layer(self, _layer: str) -> None:
        self._picked = True
        if self.isVisible() and self.inspected.ready:
            self._soon.start()
        else:
            self._stale = True

    def _show_nothing(self) -> None:
        self.comparison = None
        self._turn_to(self._empty)

    def leave(self) -> None:
        self._soon.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "comparison", None) is not None:
            self.layer.redress()  # heat maps in the theme's colours
