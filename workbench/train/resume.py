"""Going on from a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from workbench.errors import UserError
from workbench.graph.training import TrainingSection
from workbench.train.checkpoint import Checkpoint, fit

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
    if progress.epoch >= training.epochs:
        raise UserError(
            f"all {training.epochs} epochs are done.", place=_PLACE, remedy="Set more epochs to train on."
        )
    then, now = (settings.batch_size, settings.train_samples), (training.batch_size, train_samples)
    if progress.batch and then != now:
        raise UserError(
            f"the checkpoint stopped within an epoch of {then[1]} samples in batches of {then[0]}, "
            f"now they are {now[1]} in batches of {now[0]}.",
            place=_PLACE,
            remedy="Set the batch size and the data as they were, or start a new run.",
        )


def restore_optimizer(optimizer: torch.optim.Optimizer, state: Mapping[int, Mapping[str, Tensor]]) -> None:
    """Give an optimiser copies of the tensors that a checkpoint kept. Raises `UserError` for a misfit."""
    parameters: Sequence[Tensor] = optimizer.param_groups[0]["params"]
    for number, tensors in state.items():
        shape = parameters[number].shape if number < len(parameters) else None
        for name, tensor in tensors.items():
            if tensor.dim() and tensor.shape != shape:
                raise UserError(
                    f"the checkpoint's {name} of parameter {number} fits no parameter of the stack.",
                    place=_PLACE,
                    remedy="Use the stack that it was trained with.",
                )
    copies = {number: {name: t.clone() for name, t in tensors.items()} for number, tensors in state.items()}
    optimizer.load_state_dict({"state": copies, "param_groups": optimizer.state_dict()["param_groups"]})
