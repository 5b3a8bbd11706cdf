"""The way through a run: how many steps there are, where each epoch's batches begin, and the rate of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from workbench.graph.training import TrainingSection
from workbench.train.batches import sizes
from workbench.train.progress import Pace, Progress
from workbench.train.schedules import rate


class Course:
    """What follows from the settings, the number of training samples and how far training is.

    A schedule is planned for batches of the size that the settings name. Where people change that size
    while training, steps count for as many of the planned ones as their samples would have made.
    """

    def __init__(self, training: TrainingSection, samples: int) -> None:
        self._training = training
        self._samples = samples
        self._cut = lru_cache(maxsize=2)(sizes)  # reports ask for the same list some thirty times a second
        self.planned = len(sizes(samples, training.batch_size))
        """Steps an epoch at the settings' batch size."""
        self._rate = rate(
            training.schedule, training.optimizer.lr, training.epochs * self.planned, self.planned
        )

    def batch_size(self, progress: Progress) -> int:
        """Return how many samples a step learns from now."""
        return progress.batch_size or self._training.batch_size

    def sizes(self, progress: Progress) -> list[int]:
        """Return the batches' sizes from the epoch's origin on, those that are done with them."""
        return self._cut(self._samples - progress.origin, self.batch_size(progress))

    def run_steps(self, progress: Progress) -> int:
        """Return the steps of the whole run, as it looks now."""
        rest = len(self.sizes(progress)) - progress.batch
        later = len(self._cut(self._samples, self.batch_size(progress)))
        return progress.step + rest + (self._training.epochs - progress.epoch - 1) * later

    def lr(self, progress: Progress) -> Callable[[int], float]:
        """Return the function from a step to its learning rate."""
        at, of = self._rate, progress.pace.of
        scale = progress.lr_scale * progress.plateau.factor
        if scale == 1 and progress.pace == Pace():
            return at
        return lambda step: at(of(step)) * scale

    def with_lr(self, progress: Progress, lr: float) -> Progress:
        """Return the progress from which the next step's rate is ``lr`` and the schedule goes on from it."""
        scheduled = self._rate(progress.pace.of(progress.step)) * progress.plateau.factor
        return progress.model_copy(update={"lr_scale": lr / max(scheduled, 1e-30)})

    def with_batch_size(self, progress: Progress, batch_size: int) -> Progress:
        """Return the progress from which batches have another size: the rest of the epoch is cut anew."""
        return progress.model_copy(
            update={
                "origin": progress.origin + sum(self.sizes(progress)[: progress.batch]),
                "batch": 0,
                "batch_size": batch_size,
                "pace": Pace(
                    anchor=progress.step,
                    at=progress.pace.of(progress.step),
                    speed=batch_size / self._training.batch_size,
                ),
            }
        )

    def next_epoch(self, progress: Progress) -> Progress:
        """Return the progress at the start of the next epoch, exactly on the schedule again."""
        pace = progress.pace
        if pace != Pace():
            pace = Pace(anchor=progress.step, at=float((progress.epoch + 1) * self.planned), speed=pace.speed)
        return progress.model_copy(
            update={
                "epoch": progress.epoch + 1,
                "batch": 0,
                "origin": 0,
                "loss_sum": 0.0,
                "epoch_seconds": 0.0,
                "pace": pace,
            }
        )
