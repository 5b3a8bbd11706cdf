"""The pictures of a search: its trials as parallel coordinates, and which settings matter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedWidget, QWidget

from workbench.graph.search import Range, SearchSection
from workbench.search.trials import Trial
from workbench.ui.cards import Card, Segments, label
from workbench.ui.importance_plot import ImportancePlot
from workbench.ui.jobs import Latest
from workbench.ui.parallel_plot import ParallelPlot
from workbench.ui.searching import Searching
from workbench.ui.workspace import Workspace


class TrialsPlots(Card):
    """One of two plots."""

    def __init__(
        self,
        workspace: Workspace,
        searching: Searching,
        parallel: ParallelPlot,
        importance: ImportancePlot,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Settings"), parent=parent)
        self.setObjectName("trialsPlots")
        self._searching = searching
        self._done = -1
        self.parallel, self.importance = parallel, importance
        for plot in (parallel, importance):
            plot.failed = workspace.tell_error
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            plot.setMinimumHeight(150)
        self.which = Segments(
            [("trials", self.tr("Trials")), ("importance", self.tr("Importance"))], "trialsPlotChoice"
        )
        self.head.addWidget(self.which)
        self._plots = QStackedWidget()
        self._plots.addWidget(self.parallel)
        self._plots.addWidget(self.importance)
        self._nothing = label("", "muted", wrap=True, name="trialsPlotNothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid = QGridLayout()
        grid.addWidget(self._plots, 0, 0)
        grid.addWidget(self._nothing, 0, 0)
        self.body.addLayout(grid, 1)
        self.which.group.buttonClicked.connect(lambda: self._choose())
        self._weighing = Latest(workspace.jobs)
        self._weighing.answered.connect(self._take_shares)
        self._weighing.failed.connect(workspace.tell_error)
        self._choose()

    def display(self, section: SearchSection, selected: int) -> None:
        """Show the trials as they are now."""
        trials = tuple(self._searching.trials.values())
        self.parallel.show_trials(trials, section.space, section.metric, selected)
        done = sum(trial.state == "completed" for trial in trials)
        if done != self._done or not done:
            self._done = done
            self._weigh(trials, section.space)
        self._choose()

    def _weigh(self, trials: tuple[Trial, ...], space: Mapping[str, Range]) -> None:
        if sum(trial.state == "completed" for trial in trials) < 4:
            self._take_shares({})
        else:
            self._weighing.ask(partial(_importances, trials, dict(space)))

    def _take_shares(self, shares: dict[str, float]) -> None:
        self.importance.show_shares(shares)
        self._choose()

    def _choose(self) -> None:
        importance = self.which.value == "importance"
        self._plots.setCurrentWidget(self.importance if importance else self.parallel)
        shown = bool(self.importance.shares) if importance else self._done > 0
        self._plots.setVisible(shown)
        self._nothing.setVisible(not shown)
        self.title.setText(self.tr("What matters") if importance else self.tr("How they went"))
        self.set_hint(
            self.tr("share of the metric's variation that a setting explains")
            if importance
            else self.tr("drag to filter")
        )
        self._nothing.setText(
            self.tr("It takes four completed trials to say which settings matter.")
            if importance
            else self.tr("A line for each completed trial is drawn here.")
        )


def _importances(trials: tuple[Trial, ...], space: Mapping[str, Range]) -> dict[str, float]:
    from workbench.search.importance import importances

    return importances(trials, space)
