"""A search under way, as the window sees it: start, stop, and the trials so far."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.graph import Project
from workbench.graph.search import SearchSection
from workbench.search.events import (
    SearchEnded,
    SearchEvent,
    SearchStarted,
    TrialEnded,
    TrialEpoch,
    TrialStarted,
    TrialStepped,
)
from workbench.search.trials import Trial, ranked
from workbench.ui.jobs import Job, Latest
from workbench.ui.notice import Notice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

State = Literal["idle", "starting", "running", "waiting", "stopping"]
"""Waiting: a run is being trained, and the search goes on after it."""


class Searching(QObject):
    """At most one search at a time, which waits while a run is trained."""

    state_changed = Signal()
    progressed = Signal()
    """How far the trial under way is, at most once a frame."""
    trials_changed = Signal()
    """`trials` are new."""
    run_kept = Signal(str)
    """A trial ended; its run, or "" where that isn't kept."""

    def __init__(self, workspace: Workspace, training: Training) -> None:
        super().__init__(workspace)
        self._workspace, self._training = workspace, training
        self._job: Job | None = None
        self.state: State = "idle"
        self._forget()
        self._read = Latest(workspace.jobs)
        self._read.answered.connect(self._take_trials)
        self._read.failed.connect(workspace.tell_error)
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self._read_now)
        self._key: object = None
        workspace.opened.connect(self._leave)
        training.state_changed.connect(self._give_way)

    def _forget(self) -> None:
        self.section = SearchSection()
        """What the trials are of."""
        self.project: Project | None = None
        """The project that they vary."""
        self.trials: dict[int, Trial] = {}
        self.current: Trial | None = None
        self._storage = ""
        self.others = 0
        """Searches of this project that were of another stack, space or metric."""
        self.number = self.planned = 0
        self.share = 0.0
        self.epoch = 0

    @property
    def active(self) -> bool:
        """Whether a search is under way, waiting or not."""
        return self._job is not None

    @property
    def best(self) -> Trial | None:
        """The best completed trial."""
        return next(iter(ranked(self.trials.values(), self.section.metric)), None)

    def start(self, section: SearchSection, storage: str = "") -> None:
        """Search in the open project; trials are added to those of the same search before."""
        workspace = self._workspace
        if self.active or workspace.folder is None:
            return
        if workspace.dataset is None:
            text = self.tr("A search needs data to train on. Choose some in the Data stage.")
            workspace.tell(Notice("warning", text))
            return
        if self._training.active:
            text = self.tr("A run is being trained. Start the search when it is over.")
            workspace.tell(Notice("warning", text))
            return
        self._forget()
        self._soon.stop()
        self.section, self.project, self._storage = section, workspace.project, storage
        work = partial(_search, workspace.project, workspace.dataset, workspace.folder, section, storage)
        self._job = workspace.jobs.run(work)
        self._job.events.connect(self._take)
        self._job.failed.connect(workspace.tell_error)
        self._job.ended.connect(self._end)
        self._set("starting")
        self._job.start()

    def stop(self) -> None:
        """Stop soon; the trial under way is tried anew when the search goes on."""
        if self._job:
            self._set("stopping")
            self._job.stop()

    def look(self, section: SearchSection, storage: str = "") -> None:
        """Read the trials that were made of the open project with this section, unless a search is on."""
        key = (self._workspace.folder, self._workspace.project, section, storage)
        if not self.active and key != self._key:
            self._key = key
            self.section, self._storage = section, storage
            self._soon.start()

    def _read_now(self) -> None:
        folder, project = self._workspace.folder, self._workspace.project
        if self.active or folder is None:
            return
        if (
            not self._storage and not (folder / "runs" / "search.sqlite").is_file()
        ):  # the usual case costs no import
            self._take_trials((self.section, project, (), 0))
            return
        self._read.ask(partial(_read, folder, project, self.section, self._storage))

    def _take_trials(self, found: tuple[SearchSection, Project, tuple[Trial, ...], int]) -> None:
        section, project, trials, self.others = found
        if not self.active and section == self.section:
            self.project = project
            self.trials = {trial.number: trial for trial in trials}
            self.trials_changed.emit()

    def _take(self, events: list[SearchEvent]) -> None:
        told = False
        for event in events:
            told |= isinstance(event, SearchStarted | TrialStarted | TrialEpoch | TrialEnded)
            self._take_one(event)
        if told:
            self.trials_changed.emit()
        self.progressed.emit()

    def _take_one(self, event: SearchEvent) -> None:
        if isinstance(event, SearchStarted):
            self.trials = {trial.number: trial for trial in event.trials}
            self.planned = event.planned
            if self.state == "starting":
                self._set("running")
        elif isinstance(event, TrialStarted):
            self.current, self.number, self.share, self.epoch = event.trial, event.number, 0.0, 0
            self.trials[event.trial.number] = event.trial
        elif isinstance(event, TrialStepped):
            self.share = event.share
        elif isinstance(event, TrialEpoch):
            self.epoch = event.epoch
            trial = self.trials[event.trial]
            self.trials[event.trial] = replace(trial, epochs=event.epoch, value=event.value)
        elif isinstance(event, TrialEnded):
            self.trials[event.trial.number] = event.trial
            self.current = None
            self.run_kept.emit(event.trial.run)
        elif isinstance(event, SearchEnded) and event.reason == "exhausted":
            text = self.tr("Every combination of the grid was tried.")
            self._workspace.tell(Notice("good", text))

    def _give_way(self) -> None:
        """Wait while a run is trained: the two would share the machine, and both be slow."""
        if self._job is None or self.state == "stopping":
            return
        if self._training.active and self.state != "waiting":
            self._job.pause()
            self._set("waiting")
        elif not self._training.active and self.state == "waiting":
            self._job.resume()
            self._set("running")

    def _end(self) -> None:
        self._job = None
        if self.current is not None:
            self.trials[self.current.number] = replace(self.current, state="stopped")
            self.current = None
        # what was found stays in view until the project changes
        self._key = (self._workspace.folder, self._workspace.project, self.section, self._storage)
        self._set("idle")
        self.trials_changed.emit()

    def _leave(self) -> None:
        """Let the search in a project that is no longer open end by itself, unheard."""
        if self._job is not None:
            self._job.leave()
            self._job = None
        self._forget()
        self._key = None
        self._set("idle")
        self.trials_changed.emit()

    def _set(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()


def _search(
    project: Project, dataset: Dataset, folder: Path, section: SearchSection, storage: str
) -> Generator[Any, None, Any]:
    from workbench.search.search import search

    return search(project, dataset, folder, section, storage=storage)


def _read(
    folder: Path, project: Project, section: SearchSection, storage: str
) -> tuple[SearchSection, Project, tuple[Trial, ...], int]:
    from workbench.errors import UserError
    from workbench.search.study import count_studies, read_trials

    others = count_studies(folder, storage)
    try:
        trials = read_trials(folder, project, section, storage)
    except UserError:  # the space doesn't fit the stack; the editor says why
        trials = ()
    return section, project, trials, others - bool(trials)
