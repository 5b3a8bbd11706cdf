"""Which kind of step a training takes."""

from __future__ import annotations

import torch
from torch import nn

from workbench.graph.training import TrainingSection
from workbench.train.ema import Ema
from workbench.train.losses import Loss
from workbench.train.steps import precision as precisions
from workbench.train.steps.captured import Captured, can_capture
from workbench.train.steps.compiled import CompiledGradients
from workbench.train.steps.eager import Eager, parameters
from workbench.train.steps.gradients import Gradients
from workbench.train.steps.memory import Sparing
from workbench.train.steps.precision import Precision
from workbench.train.steps.step import Step


def step_for(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    training: TrainingSection,
    device: torch.device,
    *,
    parts: int = 1,
    step_flops: float = 0,
    plain: bool = False,
) -> Step:
    """Return the step that these settings ask for on this device.

    ``parts``: as many as memory was found to demand; more than ``training.accumulate`` count. ``step_flops``:
    FLOPs of a step, which tell whether it is small. ``plain``: other processes take the same step, so it is
    neither compiled nor captured, nor tried again by itself. Raises `UserError` for a precision that can't be
    had.
    """
    precisions.check(training.precision, optimizer, device)
    precision = Precision(training.precision, device)
    weights = parameters(optimizer)
    parts, smallest = max(parts, training.accumulate), _smallest(model)
    if training.compile and not plain:
        gradients: Gradients = CompiledGradients(
            model, loss, weights, precision, parts, smallest, size=training.batch_size
        )
    else:
        gradients = Gradients(model, loss, weights, precision, parts, smallest)
    ema = Ema(model, training.ema) if training.ema else None
    eager = Eager(gradients, optimizer, training, precision, ema)
    if plain:
        return eager
    sparing = Sparing(eager, device, smallest=smallest)
    if can_capture(model, optimizer, training, device, step_flops, parts):
        return Captured(sparing, eager, model, optimizer, device)
    return sparing


def _smallest(model: nn.Module) -> int:
    """How many samples a part must have: batch norm has no statistics of a single one."""
    norms = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in model.modules())
    return 2 if norms else 1
