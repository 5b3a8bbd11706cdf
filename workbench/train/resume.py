"""Going on from a checkpoint."""

from __future__ import annotations

from torch import nn

from workbench.errors import UserError
from workbench.graph.training import TrainingSection
from workbench.train.checkpoint import Checkpoint, fit
from workbench.train.course import Course
from workbench.train.progress import Pace, Progress

_PLACE = "resume"


def check(checkpoint: Checkpoint, training: TrainingSection, model: nn.Module, train_samples: int) -> None:
    """Raise `UserError` unless training can go on from the checkpoint with these settings and data."""
    settings, progress = checkpoint.settings, checkpoint.settings.progress
    fit(checkpoint.weights, model, _PLACE)
    if settings.optimizer != training.optimizer.name:
        raise UserError(
            f"the checkpoint was trained with {settings.optimizer}, not {training.optimizer.name}.",
            place=_PLACE,
            remedy=f"Set the optimizer to {settings.optimizer}, or start a new run.",
        )
    if (progress.epoch, progress.batch + progress.origin) > (training.epochs, 0):
        raise all_done(training.epochs)
    if settings.train_samples != train_samples and (progress.batch or progress.origin):
        raise UserError(
            f"the checkpoint stopped within an epoch of {settings.train_samples} samples, now there are "
            f"{train_samples}.",
            place=_PLACE,
            remedy="Put the data back as they were, or start a new run.",
        )


def all_done(epochs: int) -> UserError:
    """Return the refusal to go on with what is done."""
    return UserError(f"all {epochs} epochs are done.", place=_PLACE, remedy="Set more epochs to train on.")


def carried_on(checkpoint: Checkpoint, training: TrainingSection, train_samples: int) -> Progress:
    """Return the checkpoint's progress as it is under these settings.

    Another batch size than the checkpoint's settings had holds from the next step on.
    """
    settings, progress = checkpoint.settings, checkpoint.settings.progress
    if settings.batch_size == training.batch_size:
        return progress
    before = Course(training.model_copy(update={"batch_size": settings.batch_size}), train_samples)
    now = Course(training, train_samples)
    at = progress.pace.of(progress.step) * now.planned / before.planned
    cut = before.with_batch_size(progress, training.batch_size)
    return cut.model_copy(update={"batch_size": 0, "pace": Pace(anchor=progress.step, at=at)})
