"""The end of an epoch: validation, and whether it was the best."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from workbench.graph.training import Plateau, TrainingSection
from workbench.train import validation
from workbench.train.course import Course
from workbench.train.events import EpochEnded
from workbench.train.progress import Progress
from workbench.train.schedules import plateau
from workbench.train.setup import Setup
from workbench.train.steps import Step
from workbench.train.team import Team


class Judge:
    """Judges epochs by their validation loss, or by the training loss where nothing validates."""

    def __init__(
        self, training: TrainingSection, setup: Setup, course: Course, step: Step, team: Team
    ) -> None:
        self._training = training
        self._setup = setup
        self._course = course
        self._step = step
        self._team = team

    def end(self, before: Progress, lr: float) -> tuple[Progress, EpochEnded]:
        """Return the progress after the epoch whose steps are done, and what it came to, but for the time.

        ``lr`` is the last step's learning rate.
        """
        train_loss = before.loss_sum / len(self._setup.train)
        val_loss: float | None = None
        metrics: Mapping[str, float] = {}
        if len(self._setup.validation):
            with averaged(self._step):
                val_loss, metrics = self._team.once(self._validate)
        judged = train_loss if val_loss is None else val_loss
        bar = math.inf if before.best_loss is None else before.best_loss - self._training.min_delta
        best = math.isfinite(judged) and judged < bar
        after = self._course.next_epoch(before)
        if best:
            after = after.model_copy(update={"best_loss": judged, "best_epoch": after.epoch})
        schedule = self._training.schedule
        if isinstance(schedule, Plateau):
            state = plateau(schedule, before.plateau, judged, self._training.min_delta)
            after = after.model_copy(update={"plateau": state})
        event = EpochEnded(
            epoch=after.epoch,
            step=after.step,
            train_loss=train_loss,
            val_loss=val_loss,
            metrics=metrics,
            seconds=before.epoch_seconds,
            lr=lr,
            best=best,
        )
        return after, event

    def _validate(self) -> validation.Validation:
        setup = self._setup
        return validation.validate(
            setup.model, setup.validation, setup.loss, setup.reading, setup.evaluation_batch
        )


def out_of_patience(training: TrainingSection, progress: Progress) -> bool:
    """Whether an epoch has ended and so many since the best that training stops early."""
    between = not (progress.batch or progress.origin)
    waited = progress.epoch - (progress.best_epoch or 0)
    return between and bool(training.patience) and waited >= training.patience


@contextmanager
def averaged(step: Step) -> Iterator[None]:
    """Let the model hold the averaged weights meanwhile, where a step keeps some."""
    if step.ema is None:
        yield
        return
    step.ema.swap()
    try:
        yield
    finally:
        step.ema.swap()
