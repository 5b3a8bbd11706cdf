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


def waited_enough(progress: Progress) -> UserError:
    """Return the refusal to go on with what stopped early."""
    waited = progress.epoch - (progress.best_epoch or 0)
    return UserError(
        f"it stopped early, after {waited} epoch{'' if waited == 1 else 's'} without a better loss.",
        place=_PLACE,
        remedy=f"Set patience to 0, or to more than {waited}, to train on.",
    )


def parts(checkpoint: Checkpoint | None, training: TrainingSection) -> int:
    """Return how many parts a batch is run in: as memory demanded, unless the settings were changed since."""
    if checkpoint is None or checkpoint.settings.accumulate not in (None, training.accumulate):
        return training.accumulate
    return max(training.accumulate, checkpoint.settings.progress.parts)


def carried_on(checkpoint: Checkpoint, training: TrainingSection, train_samples: int) -> Progress:
    """Return the checkpoint's progress as it is under these settings.

    Another batch size, learning rate, weight decay or number of parts than the checkpoint's settings had
    holds from the next step on, in place of what people, or memory, changed while training. More epochs
    stretch the schedule; a rate that people chose is then gone on with from where it was.
    """
    settings, progress = checkpoint.settings, checkpoint.settings.progress
    optimizer = training.optimizer
    if settings.lr not in (None, optimizer.lr):
        progress = progress.model_copy(update={"lr_scale": 1.0})
    elif settings.epochs not in (None, training.epochs) and progress.lr_scale != 1:
        planned = training.model_copy(update={"batch_size": settings.batch_size})
        before = Course(planned.model_copy(update={"epochs": settings.epochs}), train_samples)
        rate = before.lr(progress)(max(progress.step - 1, progress.pace.anchor))
        progress = Course(planned, train_samples).with_lr(progress, rate)
    if settings.weight_decay not in (None, getattr(optimizer, "weight_decay", None)):
        progress = progress.model_copy(update={"weight_decay": None})
    if settings.accumulate not in (None, training.accumulate):
        progress = progress.model_copy(update={"parts": training.accumulate})
    if settings.batch_size == training.batch_size:
        return progress
    before = Course(training.model_copy(update={"batch_size": settings.batch_size}), train_samples)
    now = Course(training, train_samples)
    at = progress.pace.of(progress.step) * now.planned / before.planned
    cut = before.with_batch_size(progress, training.batch_size)
    return cut.model_copy(update={"batch_size": 0, "pace": Pace(anchor=progress.step, at=at)})
