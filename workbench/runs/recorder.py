"""Training into a run's folder: curves, checkpoints and ``run.json``, as events pass by."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Literal

from workbench.errors import UserError
from workbench.runs import machine
from workbench.runs.run import Run
from workbench.runs.scalars import ScalarWriter
from workbench.train.events import CheckpointSaved, EpochEnded, Event, Failed, Finished, Started, Steps

if TYPE_CHECKING:
    from workbench.train.checkpoint import Checkpoint
    from workbench.train.trainer import Trainer

SAVE_EVERY = 2.0
"""Least seconds between checkpoints at the ends of epochs."""
SAVE_WITHIN = 120.0
"""Seconds after which one is written within an epoch."""
COST = 10
"""Times as long as a checkpoint took to write, training goes on before the next."""
NOTE_EVERY = 1.0
"""Least seconds between writing curves and ``run.json``."""

Ending = Literal["completed", "stopped", "failed"]


def record(run: Run, trainer: Trainer) -> Generator[Event, None, None]:
    """Train, keep everything in the run's folder, and yield the events on, with `CheckpointSaved` between.

    Whenever it is suspended the folder may be up to some seconds behind; once it has ended it isn't. Closing
    it stops training and leaves the run "stopped", to be resumed from exactly there. What is raised while
    training leaves it "failed", with the last good epoch to go back to.

    Raises `UserError` before training starts where the folder can't be written or another process trains
    the run, and where the disk fills up.
    """
    info = run.info()
    process = machine.this_process()
    if info.state == "running" and info.process and info.process.pid != process.pid:
        raise UserError(f"another process is training run {run.id}.", remedy="Stop it there first.")
    scalars = ScalarWriter(run.scalars, after=trainer.progress.step)
    try:
        notes = _Notes(run, trainer, scalars)
        notes.begin(process)
        events = trainer.events()
        try:
            for event in events:
                yield from notes.take(event)
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
        scalars.close()


class _Notes:
    """What is written of a run, and when."""

    def __init__(self, run: Run, trainer: Trainer, scalars: ScalarWriter) -> None:
        self._run = run
        self._trainer = trainer
        self._scalars = scalars
        self._last: dict[str, float] = {}
        self._best: EpochEnded | None = None
        """The best epoch, while its weights are still to be written, and its figures."""
        self._best_values: dict[str, float] = {}
        self._begun = monotonic()
        self._saved_at = -math.inf
        self._save_seconds = 0.0
        self._noted_at = -math.inf
        self._ended = False

    def begin(self, process: machine.Process) -> None:
        """Claim the run for this process."""
        trainer = self._trainer
        self._run.update(
            state="running",
            message="",
            process=process,
            seed=trainer.seed,
            planned_epochs=trainer.project.training.epochs,
            epochs=trainer.progress.epoch,
            step=trainer.progress.step,
            project=trainer.project.model_dump(mode="json"),
        )

    def take(self, event: Event) -> Generator[Event, None, None]:
        """Write what an event says, then yield it on, with the checkpoints written: the end comes last."""
        saved: list[CheckpointSaved] = []
        if isinstance(event, Started):
            self._run.update(device=event.device)
        elif isinstance(event, Steps):
            self._scalars.add("train_loss", event.first_step + 1, event.losses.tolist())
            if monotonic() - max(self._saved_at, self._begun) >= SAVE_WITHIN:
                saved = self._save(self._trainer.snapshot())
        elif isinstance(event, EpochEnded):
            saved = self._take_epoch(event)
        elif isinstance(event, Failed):
            saved = self.end("failed", f"{event.message} {event.remedy}")
        elif isinstance(event, Finished):
            early = "Stopped early: the loss got no better." if event.reason == "stopped early" else ""
            saved = self.end("stopped" if event.reason == "stopped" else "completed", early)
        if monotonic() - self._noted_at >= NOTE_EVERY:
            self._note()
        if isinstance(event, Finished | Failed):
            yield from saved
            yield event
        else:
            yield event
            yield from saved

    def end(self, state: Ending, message: str = "") -> list[CheckpointSaved]:
        """Write everything: training is over where it is now."""
        if self._ended:
            return []
        self._ended = True
        saved = self._save(self._trainer.snapshot())
        self._note(state=state, message=message)
        return saved

    def break_off(self, state: Ending, message: str) -> None:
        """Write what was good: training broke off in the middle of something."""
        if self._ended:
            return
        self._ended = True
        try:
            self._save(self._trainer.last_good)
        finally:
            self._note(state=state, message=message)

    def _take_epoch(self, event: EpochEnded) -> list[CheckpointSaved]:
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
        if since < max(SAVE_EVERY, COST * self._save_seconds):
            return []
        return self._save(self._trainer.last_good)

    def _save(self, checkpoint: Checkpoint) -> list[CheckpointSaved]:
        """Write the best weights, where they are new, and everything."""
        from workbench.runs.weights import save_best

        progress = checkpoint.settings.progress
        if not progress.step:
            return []
        begun = monotonic()
        saved = []
        best, weights = self._best, self._trainer.best_weights
        if best is not None and weights is not None:
            save_best(self._run, weights, best.epoch)
            self._note(best_epoch=best.epoch, best=self._best_values)
            self._best = None
            saved.append(CheckpointSaved("best", best.epoch, best.step))
        checkpoint.save(self._run.last)
        saved.append(CheckpointSaved("last", progress.epoch, progress.step))
        self._saved_at = monotonic()
        self._save_seconds = self._saved_at - begun
        return saved

    def _note(self, **changes: object) -> None:
        """Write curves and ``run.json``."""
        self._scalars.flush()
        progress = self._trainer.progress
        self._run.update(
            epochs=progress.epoch,
            step=progress.step,
            seconds=progress.seconds,
            samples_per_second=self._trainer.finished("stopped").samples_per_second,
            **({"last": self._last} if self._last else {}),
            **changes,
        )
        self._noted_at = monotonic()
