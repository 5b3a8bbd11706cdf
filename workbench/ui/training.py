"""A training under way, as the window sees it: its controls, and the numbers so far."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from workbench.errors import UserError
from workbench.graph import Project
from workbench.train.controls import Controls
from workbench.train.events import (
    Changed,
    CheckpointSaved,
    Diagnosed,
    EpochEnded,
    Failed,
    Finding,
    Finished,
    Started,
    Steps,
    Vitals,
)
from workbench.train.launch import Layout
from workbench.ui.earlier_curves import EarlierCurves
from workbench.ui.epoch_places import EpochPlaces
from workbench.ui.jobs import Job
from workbench.ui.notice import Notice
from workbench.ui.run_curves import RunCurves
from workbench.ui.training_work import Order, RunOpened, train
from workbench.ui.workspace import Workspace

State = Literal["idle", "starting", "running", "paused", "stopping"]


class Training(QObject):
    """At most one training at a time."""

    state_changed = Signal()
    progressed = Signal()
    """New numbers, at most once a frame."""
    epoch_ended = Signal()
    run_opened = Signal()
    """`run_id` is new."""
    vitals_changed = Signal()
    """`vitals` are new."""
    diagnosed = Signal()
    """`findings` are new."""
    changed = Signal(object)
    """A setting was changed: a `Changed`."""
    saved = Signal(object)
    """A checkpoint is on the disk: a `CheckpointSaved`."""
    ended = Signal(str)
    """The run's id."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._job: Job | None = None
        self._controls = Controls()
        self.state: State = "idle"
        self.reset()
        workspace.opened.connect(self._leave)

    def _leave(self) -> None:
        """Let the training of a project that is no longer open end by itself, unheard."""
        if self._job is not None:
            self._job.leave()
            self._job = None
        self.reset()
        self._set("idle")

    def reset(self) -> None:
        """Forget the numbers of the last run."""
        self.run_id = ""
        self.project: Project | None = None
        """What is being trained, with its settings as they were at first."""
        self.seed = 0
        self.started: Started | None = None
        self.run_steps = 0
        self.last_epoch: EpochEnded | None = None
        self.best_epoch: EpochEnded | None = None
        self.curves = RunCurves()
        """The run's curves so far."""
        self.place = 0.0
        """Where it is, in epochs."""
        self.changes: list[Changed] = []
        self.vitals: Vitals | None = None
        self.findings: tuple[Finding, ...] = ()
        self.failure: Failed | None = None
        self.checkpoint: CheckpointSaved | None = None
        """The last from which training could go on."""
        self.finished: Finished | None = None
        self._places = EpochPlaces()
        self.step = 0
        self.lr = 0.0
        self.samples_per_second = 0.0

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused or not."""
        return self._job is not None

    def start(self, device: str, resume: str = "") -> None:
        """Train the open project, or go on with one of its runs."""
        self._begin(self._workspace.project, device, resume)

    def start_project(self, project: Project, device: str) -> None:
        """Train a project other than the open one, on the open one's data."""
        self._begin(project, device)

    def branch(self, run_id: str, step: int, device: str) -> None:
        """Go back to a run's checkpoint and train on from there, in a new run, as the project is set up."""
        self._begin(self._workspace.project, device, run_id, step)

    def _begin(self, project: Project, device: str, run_id: str = "", step: int | None = None) -> None:
        workspace = self._workspace
        if self.active or workspace.folder is None or workspace.dataset is None:
            return
        self.reset()
        self._controls = Controls()
        layout = Layout(project.training.processes, shard=project.training.shard)
        order = Order(project, workspace.dataset, workspace.folder, device, run_id, step, layout)
        self._job = workspace.jobs.run(partial(train, order, self._controls))
        self._job.events.connect(self._take)
        self._job.failed.connect(workspace.tell_error)
        self._job.ended.connect(self._end)
        self._set("starting")
        self._job.start()

    def pause(self) -> None:
        """Wait after the next step."""
        if self._job and self.state in ("starting", "running"):
            self._controls.one_by_one = True
            self._job.pause()
            self._set("paused")

    def resume(self) -> None:
        """Go on from where it was paused."""
        if self._job and self.state == "paused":
            self._controls.one_by_one = False
            self._job.resume()
            self._set("running")

    def step_once(self) -> None:
        """Do one step of a paused training, and wait again."""
        if self._job and self.state == "paused":
            self._job.step(lambda event: isinstance(event, Steps))

    def stop(self) -> None:
        """Stop soon; the run keeps what was learned so far, and its best weights."""
        if self._job:
            self._job.stop()
            self._set("stopping")

    def keep(self) -> None:
        """Save a checkpoint now, to go back to."""
        if self._job:
            self._controls.keep()
            self._see_to_wishes()

    def change(self, name: str, value: float) -> None:
        """Change a setting of ``training`` by its path, from the next step on; see `Controls.change`."""
        if not self._job:
            return
        try:
            self._controls.change((self.project or self._workspace.project).training, name, value)
        except UserError as error:
            self._workspace.tell_error(error)
        else:
            self._see_to_wishes()

    def _see_to_wishes(self) -> None:
        """Let a paused training do what is asked of it, but no step."""
        if self._job and self.state == "paused" and self._controls.waiting:
            self._job.step(_is_wish_or_step)

    @property
    def progress(self) -> float:
        """Share of the run's steps that are done, 0 to 1."""
        return min(1.0, self.step / self.run_steps) if self.run_steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at the speed so far, None while unknown."""
        if self.started is None or not self.samples_per_second or not self.run_steps:
            return None
        # The same share of all samples is left as of all steps, whatever size batches have by now.
        samples = self.started.train_samples * self.started.epochs * (1 - self.progress)
        return samples / self.samples_per_second

    def _set(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    def _take(self, events: list[Any]) -> None:
        for event in events:
            self._take_one(event)
        self._see_to_wishes()
        self.progressed.emit()

    def _take_one(self, event: Any) -> None:
        if isinstance(event, Steps):
            self._take_steps(event)
        elif isinstance(event, Vitals):
            self.vitals = event
            self.vitals_changed.emit()
        elif isinstance(event, Diagnosed):
            self.findings = event.findings
            self.diagnosed.emit()
        elif isinstance(event, EpochEnded):
            self._take_epoch(event)
        elif isinstance(event, CheckpointSaved):
            if event.which != "best":
                self.checkpoint = event
            self.saved.emit(event)
        elif isinstance(event, Changed):
            self._take_change(event)
        elif isinstance(event, RunOpened):
            self._take_run(event)
        elif isinstance(event, Started):
            self.started, self.step, self.run_steps = event, event.first_step, event.run_steps
            self._places.begin(event)
            if self.state == "starting":
                self._set("running")
        elif isinstance(event, EarlierCurves):
            self.curves.begin_with(event.curves)
        elif isinstance(event, Failed):
            self.failure = event
            first = event.message.partition(". ")[0].rstrip(".")
            said = self.tr("{}. The diagnosis on the Train stage tells what may help.").format(first)
            self._workspace.tell(Notice("problem", said))
        elif isinstance(event, Finished):
            self.finished = event
            self.samples_per_second = event.samples_per_second

    def _take_run(self, event: RunOpened) -> None:
        self.run_id, self.project, self.seed = event.run_id, event.project, event.seed
        self.run_opened.emit()
        if event.start.note:
            self._workspace.tell(Notice("good" if event.start.whole else "warning", event.start.note))
        if event.note:
            self._workspace.tell(Notice("warning", event.note))

    def _take_steps(self, event: Steps) -> None:
        count = len(event.losses)
        places = self._places.of(event.first_step + 1, count)
        self.curves.add("train_loss", places, event.losses)
        self.place = float(places[-1])
        self.step = event.first_step + count
        self.lr, self.samples_per_second = event.lr, event.samples_per_second
        self.curves.add("lr", self.place, event.lr)

    def _take_epoch(self, event: EpochEnded) -> None:
        self.last_epoch = event
        self._places.end_epoch(event)
        if event.best:
            self.best_epoch = event
        if event.val_loss is not None:
            self.curves.add("val_loss", event.epoch, event.val_loss)
        for name, value in event.metrics.items():
            self.curves.add(name, event.epoch, value)
        self.epoch_ended.emit()

    def _take_change(self, event: Changed) -> None:
        self.changes.append(event)
        self.run_steps = event.run_steps
        if event.name == "optimizer.lr":
            self.lr = event.value
        elif event.name == "batch_size":
            self._places.change_batch_size(event)
        if event.why:
            self._workspace.tell(Notice("warning", event.why))
        self.changed.emit(event)

    def _end(self) -> None:
        self._job = None
        self._set("idle")
        self.ended.emit(self.run_id)


def _is_wish_or_step(event: Any) -> bool:
    """Whether an event says that what was asked for is done, or is as far as a training may go for that."""
    kept = isinstance(event, CheckpointSaved) and event.which == "kept"
    return kept or isinstance(event, Changed | Steps)
