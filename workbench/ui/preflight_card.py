"""Before the run: what it takes, what fits, and trials of a learning rate and of one batch."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.errors import UserError
from workbench.graph.training import at_rate
from workbench.ui import theme
from workbench.ui.cards import Card, button, label, set_role
from workbench.ui.jobs import Job
from workbench.ui.one_batch import OneBatch
from workbench.ui.preflight_facts import PreflightFacts
from workbench.ui.preflight_work import Order, bearing
from workbench.ui.rate_finder import RateFinder
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.train.preflight.forecast import Forecast

SOON_MS = 700
"""How long after the last edit measuring begins."""


class PreflightCard(Card):
    """Measures by itself while it is seen and nothing is trained, and anew when what bears on it changes."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__("Before the run", parent=parent)
        self.setObjectName("preflightCard")
        self._workspace, self._training = workspace, training
        self._job: Job | None = None
        self._known: Forecast | None = None
        self._measured: tuple[Any, ...] | None = None
        self._tested: tuple[Any, ...] | None = None
        self._tried: Order | None = None
        self._refused: tuple[Order, str] | None = None
        self._seen = False
        self.facts = PreflightFacts()
        self._said = label("", "muted", wrap=True, name="preflightMessage")
        self._find = button(self.tr("Find a learning rate"), name="findRate")
        self._try = button(self.tr("Try one batch"), name="tryOneBatch")
        self.finder = RateFinder(workspace.jobs)
        self.one_batch = OneBatch(workspace.jobs)
        self._find.setToolTip(
            self.tr(
                "Raises the rate of a copy of the network step by step: where does the loss fall fastest?"
            )
        )
        self._try.setToolTip(
            self.tr("Trains a copy of the network on one batch: what can't learn that has a fault")
        )
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self._find)
        row.addWidget(self._try)
        row.addStretch(1)
        self.body.addWidget(self._said)
        self.body.addWidget(self.facts)
        self.body.addLayout(row)
        self.body.addWidget(self.finder)
        self.body.addWidget(self.one_batch)
        self.body.addStretch(1)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._measure)
        self._find.clicked.connect(lambda: self._begin(self.finder))
        self._try.clicked.connect(lambda: self._begin(self.one_batch))
        self.finder.closed.connect(self._find.setFocus)
        self.one_batch.closed.connect(self._try.setFocus)
        self.finder.used.connect(lambda rate: self._set("optimizer.lr", rate))
        self.facts.batch_wanted.connect(lambda size: self._set("batch_size", size))
        for part in (self.finder, self.one_batch):
            part.failed.connect(self._refuse)
            part.busy_changed.connect(self._update)
        for signal in (workspace.changed, workspace.checked, workspace.data_changed, training.state_changed):
            signal.connect(self._update)
        workspace.opened.connect(self._reset)
        self._update()

    @property
    def busy(self) -> bool:
        """Whether something is being measured, or waits to be."""
        return self._job is not None or self._soon.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._seen = True
        self._update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._seen = False
        self._stop()

    def _order(self) -> Order | None:
        workspace = self._workspace
        if workspace.dataset is None or workspace.report is None or workspace.report.errors:
            return None
        return Order(workspace.project, workspace.dataset, workspace.folder)

    def _reset(self) -> None:
        self._stop()
        self._known, self._measured = None, None
        self._update()

    def _stop(self) -> None:
        self._stop_measuring()
        for trial in (self.finder, self.one_batch):
            if trial.busy:
                trial.cancel()

    def _update(self) -> None:
        """Show what is known of the project as it is now, and measure soon what isn't."""
        order, busy = self._order(), self.finder.busy or self.one_batch.busy
        fits = self._known is None or self._known.fits is not False
        for made in (self._find, self._try):
            made.setEnabled(order is not None and fits and not self._training.active and not busy)
        self._forget_trials(order)
        self.facts.show_report(self._workspace.report)
        if order is None or self._training.active:
            self._stop_measuring()
            self._say(self._why_not())
            if order is None:
                self._known, self._measured = None, None
                self.facts.show_forecast(None, "–")
            return
        if self._measured == bearing(order):
            self._show_known(order)
            return
        self._stop_measuring()
        self.facts.show_forecast(None)
        if self._seen:
            self._say("")
            self._soon.start()

    def _forget_trials(self, order: Order | None) -> None:
        """Put away what came of trials of another project than it is now."""
        if self._tested is not None and (order is None or self._tested != bearing(order)):
            self._tested = None
            self.finder.cancel()
        if self._tried is not None and (order is None or self._tried != order):
            self._tried = None
            self.one_batch.cancel()

    def _why_not(self) -> str:
        workspace = self._workspace
        if self._training.active:
            return self.tr("Nothing is measured while a network is being trained.")
        if workspace.loading or (workspace.is_open and workspace.report is None):
            return self.tr("Waiting for the data…")
        if workspace.dataset is None:
            return self.tr("Load data in the Data stage to see what a run takes.")
        return self.tr("The stack has errors; mend them in the Design stage first.")

    def _measure(self) -> None:
        order = self._order()
        if order is None or self._training.active or not self._seen:
            return
        if self._job is not None:  # it ends soon, and this comes again
            return
        self._known, self._measured = None, bearing(order)
        job: Job = self._workspace.jobs.run(lambda: _forecast(order, job))
        self._job = job
        job.events.connect(lambda found: self._take(found[-1]))
        job.done.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        job.start()
        self.set_hint(self.tr("measuring…"))

    def _stop_measuring(self) -> None:
        self._soon.stop()
        if self._job is not None:
            self._job.stop()
            self._measured = None

    def _take(self, found: Forecast) -> None:
        order = self._order()
        if order is not None and self._measured == bearing(order):
            self._known = found
            self._show_known(order)

    def _show_known(self, order: Order) -> None:
        if self._known is None:
            return
        epochs = order.project.training.epochs  # the time of a step doesn't hang on them
        self.facts.show_forecast(replace(self._known, epochs=epochs))
        if self._refused is not None and self._refused[0] == order:
            self._say(self._refused[1], "problem")
        elif self._known.fits is False:
            self._say(self.facts.what_would_fit(self._known), "problem")
        else:
            self._say(self._known.timing.note if self._known.timing else "")

    def _fail(self, error: Exception) -> None:
        self._known = None
        self.facts.show_forecast(None, "–")
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        order = self._order()
        if isinstance(error, UserError) and order is not None:
            said = f"{error.what[:1].upper()}{error.what[1:]} {error.remedy}".strip()
            self._refused = order, said
            self._say(said, "problem")
        else:
            self._workspace.tell_error(error)

    def _end(self) -> None:
        self._job = None
        self.set_hint("")
        if self._seen:
            self._update()

    def _begin(self, trial: RateFinder | OneBatch) -> None:
        order = self._order()
        if order is None or trial.busy:
            return
        self._refused = None
        if trial is self.finder:
            self._tested = bearing(order)
        else:
            self._tried = order
        trial.begin(order)
        trial.focus()

    def _set(self, path: Literal["optimizer.lr", "batch_size"], value: float) -> None:
        """Change a setting; undo takes it back."""
        project = self._workspace.project
        head, _, rest = path.partition(".")
        section = project.training
        update: Any = at_rate(section.optimizer, value) if rest else value
        changed = section.model_copy(update={head: update})
        words = {"optimizer.lr": self.tr("learning rate"), "batch_size": self.tr("batch size")}
        text = self.tr("Set {}").format(words[path])
        self._workspace.edit(text, project.model_copy(update={"training": changed}))

    def _say(self, text: str, role: str = "muted") -> None:
        set_role(self._said, role)
        self._said.setText(text)
        self._said.setVisible(bool(text))


def _forecast(order: Order, job: Job) -> Generator[Any, None, Any]:
    return order.forecast(lambda: job.stopped)
