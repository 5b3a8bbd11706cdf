"""A training under way, as the window sees it: start, pause, stop, and the numbers so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

from workbench.graph import Project
from workbench.train.events import EpochEnded, Failed, Finished, Started, Steps
from workbench.ui.curve import Curve
from workbench.ui.jobs import Job
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.train.starting import Start

State = Literal["idle", "starting", "running", "paused", "stopping"]


class RunOpened:
    """Sent before the first event of training: which run it goes into, and from which weights it starts."""

    def __init__(self, run_id: str, start: Start) -> None:
        self.run_id = run_id
        self.start = start


class Training(QObject):
    """At most one training at a time."""

    state_changed = Signal()
    progressed = Signal()
    """New numbers, at most once a frame."""
    epoch_ended = Signal()
    run_opened = Signal()
    """`run_id` is new."""
    ended = Signal(str)
    """The run's id."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._job: Job | None = None
        self.state: State = "idle"
        self.reset()
        workspace.opened.connect(self._leave)

    def _leave(self) -> None:
        """Let the training of a project that is no longer open end by itself, unheard."""
        if self._job is not None:
            for signal in (self._job.events, self._job.failed, self._job.ended):
                signal.disconnect()
            self._job.stop()
            self._job = None
        self.reset()
        self._set("idle")

    def reset(self) -> None:
        """Forget the numbers of the last run."""
        self.run_id = ""
        self.started: Started | None = None
        self.last_epoch: EpochEnded | None = None
        self.best_epoch: EpochEnded | None = None
        self.curves: dict[str, Curve] = defaultdict(Curve)
        self.step = 0
        self.lr = 0.0
        self.samples_per_second = 0.0

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused or not."""
        return self._job is not None

    def start(self, device: str, resume: str = "") -> None:
        """Train the open project, or go on with one of its runs."""
        workspace = self._workspace
        if self.active or workspace.folder is None or workspace.dataset is None:
            return
        self.reset()
        work = partial(_train, workspace.project, workspace.dataset, workspace.folder, device, resume)
        self._job = workspace.jobs.run(work)
        self._job.events.connect(self._take)
        self._job.failed.connect(workspace.tell_error)
        self._job.ended.connect(self._end)
        self._set("starting")
        self._job.start()

    def pause(self) -> None:
        """Wait at the next event."""
        if self._job and self.state in ("starting", "running"):
            self._job.pause()
            self._set("paused")

    def resume(self) -> None:
        """Go on from where it was paused."""
        if self._job and self.state == "paused":
            self._job.resume()
            self._set("running")

    def stop(self) -> None:
        """Stop soon; the run keeps what was learned so far."""
        if self._job:
            self._job.stop()
            self._set("stopping")

    @property
    def progress(self) -> float:
        """Share of the run's steps that are done, 0 to 1."""
        return min(1.0, self.step / self.started.run_steps) if self.started else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at the speed so far, None while unknown."""
        if self.started is None or not self.samples_per_second:
            return None
        steps = self.started.run_steps - self.step
        samples = steps * self.started.train_samples / max(self.started.steps_per_epoch, 1)
        return samples / self.samples_per_second

    def _set(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    def _take(self, events: list[Any]) -> None:
        for event in events:
            self._take_one(event)
        self.progressed.emit()

    def _take_one(self, event: Any) -> None:
        if isinstance(event, RunOpened):
            self.run_id = event.run_id
            self.run_opened.emit()
            if event.start.note:
                self._workspace.tell(Notice("good" if event.start.whole else "warning", event.start.note))
        elif isinstance(event, Started):
            self.started = event
            self.step = event.first_step
            if self.state == "starting":
                self._set("running")
        elif isinstance(event, Steps):
            self._take_steps(event)
        elif isinstance(event, EpochEnded):
            self._take_epoch(event)
        elif isinstance(event, Failed):
            self._workspace.tell(Notice("problem", f"{event.message} {event.remedy}"))
        elif isinstance(event, Finished):
            self.samples_per_second = event.samples_per_second

    def _take_steps(self, event: Steps) -> None:
        per_epoch = self.started.steps_per_epoch if self.started else 1
        count = len(event.losses)
        steps = range(event.first_step + 1, event.first_step + count + 1)
        self.curves["train_loss"].append([s / per_epoch for s in steps], event.losses)
        self.step = event.first_step + count
        self.lr, self.samples_per_second = event.lr, event.samples_per_second

    def _take_epoch(self, event: EpochEnded) -> None:
        self.last_epoch = event
        if event.best:
            self.best_epoch = event
        if event.val_loss is not None:
            self.curves["val_loss"].append(event.epoch, event.val_loss)
        for name, value in event.metrics.items():
            self.curves[name].append(event.epoch, value)
        self.epoch_ended.emit()

    def _end(self) -> None:
        self._job = None
        self._set("idle")
        self.ended.emit(self.run_id)


def _train(
    project: Project, dataset: Dataset, folder: Path, device: str, resume: str
) -> Generator[Any, None, None]:
    from workbench.runs.match import require_same_data
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore
    from workbench.train.checkpoint import Checkpoint
    from workbench.train.trainer import Trainer

    store = RunStore(folder)
    if resume:
        run = store.open(resume)
        require_same_data(run, project.data)
        trainer = Trainer(run.project(), dataset, device=device, resume=Checkpoint.load(run.last))
    else:
        trainer = Trainer(project, dataset, device=device, folder=folder)
        run = store.create(project, dataset, device=device)
    yield RunOpened(run.id, trainer.start)
    yield from record(run, trainer)
