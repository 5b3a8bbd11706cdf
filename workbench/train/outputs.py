"""What a model's outputs mean: scores or probabilities, one column or one a class, or something else."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.build.model import StackModel
from workbench.build.objective import End, Form, end_of, form_of
from workbench.errors import UserError
from workbench.graph import training
from workbench.graph.project import Task
from workbench.train.ctc import class_log_likelihoods

TINY = torch.finfo(torch.float32).tiny
"""Least positive number that anything is divided by, or a logarithm is taken of."""


@dataclass(frozen=True)
class Reading:
    """How to read outputs: shape (N, classes), or (N, 1) for two classes and for regression.

    ``end``: what the last layer makes of its scores. ``form``: what the loss made of the outputs; sequences
    have shape (N, steps, classes + 1), embeddings (N, D).
    """

    task: Task
    end: End
    form: Form = "classes"

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Return each class's probability, shape (N, classes). Only for classification.

        What scores several classes apart is scaled to add up to 1. Directions give the squares of their
        cosines with the classes' axes, which add up to 1; beyond a right angle it is 0. A sequence is taken
        to hold one of the classes. Raises `UserError` for embeddings, which tell of no class.
        """
        if self.form == "embedding":
            raise no_classes()
        if self.form == "sequence":
            return class_log_likelihoods(self.logarithms(outputs)).softmax(1)
        if self.form == "directions":
            return _shares(outputs.clamp_min(0).square())
        if outputs.shape[1] == 1:
            second = outputs if self.end == "sigmoid" else outputs.sigmoid()
            return torch.cat((1 - second, second), 1)
        if self.end == "sigmoid":
            return _shares(outputs)
        if self.form == "apart":
            return _shares(outputs.sigmoid())
        if self.end == "log_softmax":
            return outputs.exp()
        return outputs if self.end == "softmax" else outputs.softmax(1)

    def labels(self, outputs: Tensor) -> Tensor:
        """Return what is predicted: class numbers (N,) int64, or for regression values (N,).

        Raises `UserError` for embeddings, which tell of no class.
        """
        if self.form == "embedding":
            raise no_classes()
        if self.task == "regression":
            return outputs[:, 0]
        if self.form == "sequence":
            return class_log_likelihoods(self.logarithms(outputs)).argmax(1)
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > (0.5 if self.end == "sigmoid" else 0.0)).long()
        return outputs.argmax(1)

    def logarithms(self, outputs: Tensor) -> Tensor:
        """Return the logarithms of probabilities that add up to 1 over the last dimension."""
        if self.end == "log_softmax":
            return outputs
        return outputs.clamp_min(TINY).log() if self.end == "softmax" else outputs.log_softmax(-1)


def reading(model: StackModel, task: Task, loss: training.Loss = training.AUTO) -> Reading:
    """Return how to read a model's outputs, by its last layer and the loss that it is trained with."""
    form = form_of(loss.name)
    return Reading(task, end_of(model.graph, 2 if form == "sequence" else 1), form)


def no_classes() -> UserError:
    """Return the refusal to read classes off embeddings."""
    return UserError(
        "trained with triplet, the model gives embeddings: its outputs stand for no classes.",
        place="training.loss",
        remedy="Compare samples by their distance, or train with auto.",
    )


def _shares(values: Tensor) -> Tensor:
    return values / values.sum(1, keepdim=True).clamp_min(TINY)
