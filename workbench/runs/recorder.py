"""Training into a run's folder: curves, checkpoints and ``run.json``, as events pass by."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Literal

from workbench.errors import UserError
from workbench.runs import machine
from workbench.runs.probe_files import FOLDER
from workbench.runs.probe_writer import ProbeWriter
from workbench.runs.run import Run
from workbench.runs.saving import Saving
from workbench.runs.scalars import ScalarWriter
from workbench.train.events import (
    Changed,
    CheckpointSaved,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Probed,
    Started,
    Steps,
)

if TYPE_CHECKING:
    from workbench.train.checkpoint import Checkpoint
    from workbench.train.trainer import Trainer

SAVE_EVERY = 2.0
"""Least seconds between checkpoints at the ends of epochs."""
COST = 10
"""Times as long as a checkpoint took to write, training goes on before the next."""
NOTE_EVERY = 1.0
"""Least seconds between writing curves and ``run.json``."""

Ending = Literal["completed", "stopped", "failed"]


def record(run: Run, trainer: Trainer) -> Generator[Event, None, None]:
    """Train, keep everything in the run's folder, and yield the events on, with `CheckpointSaved` between.

    Checkpoints are written in the background. Whenever it is suspended the folder may be up to some seconds
    behind; once it has ended it isn't. Closing it stops training and leaves the run "stopped", to be resumed
    from exactly there. What is raised while training leaves it "failed", with the last good moment to go
    back to.

    Raises `UserError` before training starts where the folder can't be written or another process trains
    the run, and where the disk fills up.
    """
    info = run.info()
    process = machine.this_process()
    if info.state == "running" and info.process and info.process.pid != process.pid:
        raise UserError(f"another process is training run {run.id}.", remedy="Stop it there first.")
    scalars = ScalarWriter(run.scalars, after=trainer.progress.step)
    probes = ProbeWriter(run.folder / FOLDER, after=trainer.progress.step)
    saving = Saving(run, trainer.project.training.keep, probes)
    try:
        notes = _Notes(run, trainer, scalars, saving, probes)
        notes.begin(process)
        events = trainer.events()
        try:
            for event in events:
                yield from notes.take(event)
                yield from notes.keep_as_asked()
        except GeneratorExit:
            events.close()
            notes.end("stopped")
            raise
        except BaseException as error:
            events.close()
            ending: Ending = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
            with suppress(UserError):  # the first error says more than one in its wake
                notes.break_off(ending, str(error) or type(error).__name__)
            raise
    finally:
        saving.close()
        scalars.close()


class _Notes:
    """What is written of a run, and when."""

    def __init__(
        self, run: Run, trainer: Trainer, scalars: ScalarWriter, saving: Saving, probes: ProbeWriter
    ) -> None:
        self._run = run
        self._trainer = trainer
        self._scalars = scalars
        self._saving = saving
        self._probes = probes
        training = trainer.project.training
        self._within = 60 * training.save_minutes
        self._between = min(SAVE_EVERY, self._within)
        self._last: dict[str, float] = {}
        self._best: EpochEnded | None = None
        """The best epoch, while its weights are still to be written, and its figures."""
        self._best_values: dict[str, float] = {}
        self._changes: list[dict[str, object]] = []
        self._begun = monotonic()
        self._saved_at = -math.inf
        self._noted_at = -math.inf
        self._ended = False

    def begin(self, process: machine.Process) -> None:
        """Claim the run for this process."""
        trainer = self._trainer
        step = trainer.progress.step
        self._changes = [change for change in self._run.info().changes if int(change["step"]) <= step]
        self._run.update(
            state="running",
            message="",
            process=process,
            seed=trainer.seed,
            planned_epochs=trainer.project.training.epochs,
            epochs=trainer.progress.epoch,
            step=step,
            changes=tuple(self._changes),
            project=trainer.project.model_dump(mode="json"),
        )

    def take(self, event: Event) -> Generator[Event, None, None]:
        """Write what an event says, then yield it on, with the checkpoints written: the end comes last."""
        written = self._saving.collected()
        if not isinstance(event, Steps):
            yield from written
        if isinstance(event, Started):
            self._run.update(device=event.device)
        elif isinstance(event, Steps):
            self._scalars.add("train_loss", event.first_step + 1, event.losses)
            if monotonic() - max(self._saved_at, self._begun) >= self._within and not self._saving.busy:
                self._save(self._trainer.snapshot())
        elif isinstance(event, EpochEnded):
            self._take_epoch(event)
        elif isinstance(event, Probed):
            self._take_probes()
        elif isinstance(event, Changed):
            self._changes.append(event.to_json())
            self._note(changes=tuple(self._changes))
        elif isinstance(event, Failed):
            yield from self.end("failed", f"{event.message} {event.remedy}")
        elif isinstance(event, Finished):
            early = "Stopped early: the loss got no better." if event.reason == "stopped early" else ""
            yield from self.end("stopped" if event.reason == "stopped" else "completed", early)
        if monotonic() - self._noted_at >= NOTE_EVERY:
            self._note()
        yield event
        if isinstance(event, Steps):  # first, so that who pauses at a checkpoint knows of all steps done
            yield from written

    def keep_as_asked(self) -> Generator[CheckpointSaved, None, None]:
        """Write the checkpoints that were asked for while training was suspended, before it goes on."""
        while self._trainer.controls.keep_wanted:
            self._trainer.controls.keep_wanted -= 1
            self._save(self._trainer.snapshot(), asked=True)
            self._saving.wait()
            yield from self._saving.collected()

    def end(self, state: Ending, message: str = "") -> list[CheckpointSaved]:
        """Write everything: training is over where it is now."""
        if self._ended:
            return []
        self._save(self._trainer.snapshot())
        self._saving.wait()
        self._scalars.flush()
        self._tell(state=state, message=message)
        self._ended = True
        return self._saving.collected()

    def break_off(self, state: Ending, message: str) -> None:
        """Write what was good: training broke off in the middle of something."""
        if self._ended:
            return
        self._ended = True
        # What went wrong, such as curves that can't be written, mustn't keep the others from being written.
        for piece in (self._saving.wait, self._scalars.flush):
            with suppress(UserError):
                piece()
        try:
            self._write(self._trainer.last_good)
            self._saving.wait()
        finally:
            self._tell(state=state, message=message)

    def _take_epoch(self, event: EpochEnded) -> None:
        losses = {"train_loss": event.train_loss, "val_loss": event.val_loss}
        values = {name: value for name, value in losses.items() if value is not None} | dict(event.metrics)
        for name, value in [*values.items(), ("lr", event.lr)]:
            if name != "train_loss":
                self._scalars.add(name, event.step, [value])
        self._last = {name: value for name, value in values.items() if math.isfinite(value)}
        if event.best:
            self._best = event
            self._best_values = self._last
        since = monotonic() - self._saved_at
        if since >= max(self._between, COST * self._saving.seconds) and not self._saving.busy:
            self._save(self._trainer.last_good)

    def _take_probes(self) -> None:
        """Gather them; they are written along with what is written next."""
        probing = self._trainer.probing
        if probing and probing.plan and probing.latest:
            self._probes.add(probing.plan, probing.latest)

    def _save(self, checkpoint: Checkpoint, *, asked: bool = False) -> None:
        """Begin to write the best weights, where they are new, and everything."""
        # What was learned up to a checkpoint is on the disk before it is: a kill leaves no gap in the curves.
        self._scalars.flush()
        self._write(checkpoint, asked=asked)

    def _write(self, checkpoint: Checkpoint, *, asked: bool = False) -> None:
        if not checkpoint.settings.progress.step:
            return
        best, weights = self._best, self._trainer.best_weights
        if best is not None and weights is not None:
            self._saving.best(best, weights, self._best_values)
            self._best = None
        self._saving.last(checkpoint, asked=asked)
        self._saving.begin()
        self._saved_at = monotonic()

    def _note(self, **changes: object) -> None:
        """Write curves, and ``run.json`` in the background: it waits for the disk."""
        self._scalars.flush()
        self._saving.note(**self._values(), **changes)
        if self._saving.idle:
            self._saving.begin()
        self._noted_at = monotonic()

    def _tell(self, **changes: object) -> None:
        """Write ``run.json`` now."""
        self._run.update(**self._values(), **changes)

    def _values(self) -> dict[str, object]:
        """What ``run.json`` says of how far training is."""
        progress = self._trainer.progress
        last = {"last": self._last} if self._last else {}
        return {
            "epochs": progress.epoch,
            "step": progress.step,
            "seconds": progress.seconds,
            "samples_per_second": self._trainer.finished("stopped").samples_per_second,
            **last,
        }
