"""Gradients of a sample's loss with respect to parameters."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import Parameter

from workbench.interpret.capture import device_of
from workbench.interpret.misfit import untold
from workbench.interpret.objective import mean_loss
from workbench.interpret.observe import undisturbed
from workbench.interpret.subject import Subject


def gradients_of(subject: Subject, parameters: Mapping[str, Parameter]) -> dict[str, Tensor]:
    """Return a gradient a parameter, in its shape, without those that the output doesn't depend on.

    Empty for a sample from elsewhere without a target, and for outputs that tell of none: they have no loss.
    The parameters' own ``.grad`` stays as it is, and so does what else the model holds.
    """
    model, truth = subject.model, subject.truth()
    if truth is None or untold(model, subject.dataset, subject.loss):
        return {}
    place = device_of(model)
    with undisturbed(model):
        inputs = torch.as_tensor(subject.inputs(), device=place)
        for parameter in parameters.values():
            parameter.requires_grad_()
        objective = mean_loss(model, subject.dataset.task, torch.as_tensor(truth, device=place), subject.loss)
        found = torch.autograd.grad(objective(model(inputs)), list(parameters.values()), allow_unused=True)
    return {name: gradient for name, gradient in zip(parameters, found, strict=True) if gradient is not None}
