"""Compare: two models, or two epochs of one, on the same samples."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.interpret.contrast import Contrast
from workbench.interpret.method import Result
from workbench.ui import theme
from workbench.ui.cards import Empty, button, label
from workbench.ui.inspect.compare_answers import AnswersCard
from workbench.ui.inspect.compare_layer import LayerCard
from workbench.ui.inspect.compare_layers import LayersCard
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
HIGH = 372
"""Height of the upper cards at least: what is below them is reached by scrolling."""


class _Column(QVBoxLayout):
    """As high as its cards need: words that wrap would have it think that all can be made lower."""

    def hasHeightForWidth(self) -> bool:
        return False


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
        self.other = OtherChoice(workspace, inspected, itself=False)
        self.other.setObjectName("compareOther")
        self.settings = SettingsButton("compareSettings")
        self.settings.show_method(self._method)
        self.job = MethodJob(workspace.jobs, self)
        self.answers = AnswersCard(workspace)
        self.layers = LayersCard(workspace)
        self.layer = LayerCard(workspace, inspected)
        self._empty = Empty("git-diff", "", "")
        self._empty.setObjectName("compareEmpty")
        self._fresh = button(self.tr("Compare with untrained weights"), name="compareUntrained")
        self._again = button(self.tr("Start again"), name="compareAgain")
        for part in (self._fresh, self._again):
            self._empty.buttons.addWidget(part)
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._show_layer)
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(label(self.tr("Compare with"), "muted"))
        top.addWidget(self.other)
        top.addStretch(1)
        top.addWidget(self.settings)
        content = QWidget()
        column = _Column(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        above = QHBoxLayout()
        above.setSpacing(theme.M)
        for card in (self.answers, self.layers):
            card.setMinimumHeight(HIGH)
            above.addWidget(card, 1)
        column.addLayout(above, 3)
        column.addWidget(self.layer, 2)
        self._views = QStackedWidget()
        for view in (QWidget(), self._empty, content):
            self._views.addWidget(view)
        self.column.addLayout(top)
        self.column.addWidget(Working(self.job, "compareWorking", self.tr("Comparing…")))
        self.column.addWidget(self._views, 1)

    def _connect(self) -> None:
        self.other.chosen.connect(self._ask)
        self.other.listed.connect(self._on_listed)
        self.settings.edited.connect(self._on_settings)
        self.job.answered.connect(self._on_answer)
        self.job.failed.connect(self._on_failed)
        self.job.busy_changed.connect(self._on_busy)
        self._fresh.clicked.connect(self.other.choose_untrained)
        self._again.clicked.connect(self._start_again)
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
            self._nothing_yet()
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
        self._tell(self.tr("These two can't be compared"), str(error))

    def _on_busy(self, busy: bool) -> None:
        if busy and self._views.currentIndex() == 1:
            self._views.setCurrentIndex(0)
        elif not (busy or self._asked is None or self._is_answered() or self._views.currentIndex() == 1):
            self._tell(self.tr("Cancelled"), self.tr("It wasn't worked out to the end."), again=True)

    # Showing

    def _show(self, result: Result) -> None:
        dataset = self.inspected.dataset
        if dataset is None or self._asked is None:
            return
        self.comparison = Comparison(self._asked, *self._names, result)
        self._views.setCurrentIndex(2)
        self.answers.display(self.comparison, dataset, self.inspected.sample)
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

    def _show_layer(self) -> None:
        found = self.comparison
        if found is not None and self._is_answered():
            layer = self.inspected.layer or found.first or (found.layers[-1] if found.layers else "")
            self._show_one(found, layer)

    def _show_one(self, found: Comparison, layer: str) -> None:
        self.layers.mark(layer)
        self.layer.show_layer(found, layer)

    def _on_chosen(self, layer: str) -> None:
        """Select a layer; one that is gone from the stack since the runs can only be shown."""
        if self.workspace.stack.layer(layer) is not None:
            self.workspace.select(layer)
        elif self.comparison is not None and self._is_answered():
            self._show_one(self.comparison, layer)

    def _on_layer(self, _layer: str) -> None:
        if self.isVisible() and self.inspected.ready:
            self._soon.start()
        else:
            self._stale = True

    def _nothing_yet(self) -> None:
        if self.inspected.run == UNTRAINED:
            text = self.tr("Train the network: a run's weights can be compared with these, and with others.")
        else:
            text = self.tr(
                "Train again with other settings or another stack: both runs can be compared here. To "
                "compare epochs of one run, let it keep some: Keep, in the settings of Train."
            )
        fresh = self.inspected.run != UNTRAINED
        self._tell(self.tr("Nothing to compare with yet"), text, fresh=fresh)

    def _tell(self, title: str, text: str, *, fresh: bool = False, again: bool = False) -> None:
        self.comparison = None
        self._empty.display(title, text)
        self._fresh.setVisible(fresh)
        self._again.setVisible(again)
        self._views.setCurrentIndex(1)

    def leave(self) -> None:
        self._soon.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "comparison", None) is not None:
            self.layer.redress()  # heat maps in the theme's colours
