"""What a model's outputs mean: scores or probabilities, one column or one a class."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.build.model import StackModel
from workbench.build.objective import End, end_of
from workbench.graph.project import Task

TINY = torch.finfo(torch.float32).tiny
"""Least positive number that anything is divided by, or a logarithm is taken of."""


@dataclass(frozen=True)
class Reading:
    """How to read outputs: shape (N, classes), or (N, 1) for two classes and for regression.

    ``end``: what the last layer makes of its scores.
    """

    task: Task
    end: End

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Return each class's probability, shape (N, classes). Only for classification.

        Sigmoids that score several classes apart are scaled to add up to 1.
        """
        if outputs.shape[1] == 1:
            second = outputs if self.end == "sigmoid" else outputs.sigmoid()
            return torch.cat((1 - second, second), 1)
        if self.end == "sigmoid":
            return outputs / outputs.sum(1, keepdim=True).clamp_min(TINY)
        return outputs if self.end == "softmax" else outputs.softmax(1)

    def labels(self, outputs: Tensor) -> Tensor:
        """Return what is predicted: class numbers (N,) int64, or for regression values (N,)."""
        if self.task == "regression":
            return outputs[:, 0]
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > (0.5 if self.end == "sigmoid" else 0.0)).long()
        return outputs.argmax(1)


def reading(model: StackModel, task: Task) -> Reading:
    """Return how to read a model's outputs, by its last layer."""
    return Reading(task, end_of(model.graph))
