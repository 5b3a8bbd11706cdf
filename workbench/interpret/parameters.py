"""Gradients of a sample's loss with respect to parameters."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import Parameter

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.graph import training
from workbench.interpret.capture import device_of
from workbench.interpret.method import Target, sample_of, target_of
from workbench.interpret.objective import mean_loss
from workbench.interpret.observe import undisturbed


def gradients_of(
    model: StackModel,
    dataset: Dataset,
    parameters: Mapping[str, Parameter],
    sample: int,
    target: Target | None,
    loss: training.Loss,
) -> dict[str, Tensor]:
    """Return a gradient a parameter, in its shape, without those that the output doesn't depend on.

    The parameters' own ``.grad`` stays as it is, and so does what else the model holds.
    """
    place = device_of(model)
    with undisturbed(model):
        inputs = torch.as_tensor(sample_of(dataset, sample), device=place)
        truth = torch.as_tensor(target_of(dataset, sample, target), device=place)
        for parameter in parameters.values():
            parameter.requires_grad_()
        value = mean_loss(model, dataset.task, truth, loss)(model(inputs))
        found = torch.autograd.grad(value, list(parameters.values()), allow_unused=True)
    return {name: gradient for name, gradient in zip(parameters, found, strict=True) if gradient is not None}
