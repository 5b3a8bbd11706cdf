"""The runs that are known, and those of them that are shown, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.runs.info import RunInfo
from workbench.runs.query import arranged
from workbench.ui.jobs import Latest
from workbench.ui.runs_columns import common_metric
from workbench.ui.runs_live import live_facts
from workbench.ui.runs_reading import RunsReading
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

AT_ONCE = 300
"""Runs up to which a new order or filter is seen in the same frame; more are arranged in the background."""


class RunsSource(QObject):
    """Reads the runs, filters and orders them, away from the GUI thread where they are many."""

    listed = Signal(list)
    """The runs were read anew: a list of `RunInfo`, newest first."""
    arranged = Signal(list, str)
    """The runs to show, in order, and the metric that all of them have first, "" where they differ."""

    def __init__(self, workspace: Workspace, training: Training, parent: QObject) -> None:
        super().__init__(parent)
        self._training = training
        self.runs: list[RunInfo] = []
        """All runs, newest first."""
        self._query, self._key, self._descending = "", "id", True
        self._asked = 0
        self._reading = RunsReading(workspace)
        self._reading.answered.connect(self._take)
        self._later = Latest(workspace.jobs)
        self._later.answered.connect(self._show)
        self._later.failed.connect(workspace.tell_error)
        workspace.opened.connect(self._reset)

    def _reset(self) -> None:
        """Another project is open: its runs aren't known yet."""
        self._take([])
        self.refresh()

    def refresh(self) -> None:
        """Read the runs anew."""
        self._reading.refresh()

    def set_filter(self, text: str) -> None:
        """Show only the runs that a query holds for; see `workbench.runs.query.Query`."""
        self._query = text
        self._arrange()

    def sort_by(self, key: str, descending: bool) -> None:
        """Order the runs by a key; see `workbench.runs.lookup.value_of`."""
        self._key, self._descending = key, descending
        self._arrange()

    def know(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """Keep facts of a run that are newer than what was read."""
        self.runs = [run.model_copy(update=dict(facts)) if run.id == run_id else run for run in self.runs]

    def _take(self, runs: Sequence[RunInfo]) -> None:
        self.runs = list(reversed(runs))
        live = live_facts(self._training)
        if live:
            self.know(self._training.run_id, live)
        self._arrange()
        self.listed.emit(self.runs)

    def _arrange(self) -> None:
        self._asked += 1
        work = partial(_in_order, self._asked, self.runs, self._query, self._key, self._descending)
        if len(self.runs) <= AT_ONCE:
            self._show(work())
        else:
            self._later.ask(work)

    def _show(self, found: tuple[int, list[RunInfo], str]) -> None:
        asked, runs, metric = found
        if asked == self._asked:  # else something else is wanted by now
            self.arranged.emit(runs, metric)


def _in_order(
    asked: int, runs: list[RunInfo], query: str, key: str, descending: bool
) -> tuple[int, list[RunInfo], str]:
    found = arranged(runs, query, key, descending=descending)
    return asked, found, common_metric(found)
