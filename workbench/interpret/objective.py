"""What gradients are taken of, as functions of the outputs."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.graph import training
from workbench.graph.project import Task
from workbench.interpret.observe import Objective
from workbench.train.ctc import class_log_likelihoods
from workbench.train.losses import loss
from workbench.train.outputs import Reading, no_classes, reading


def mean_loss(
    model: StackModel, task: Task, targets: Tensor, section: training.Loss = training.AUTO
) -> Objective:
    """Return the mean loss over the batch against targets, shape (batch,), as training has it.

    Classes weigh the same: for a single sample any weights come to that. Raises `UserError` for triplets:
    a sample has no loss of its own.
    """
    read = reading(model, task, section)
    if read.form == "embedding":
        raise UserError(
            "triplet compares samples of a batch, so a single one has no loss.",
            place="training.loss",
            remedy="Compare samples by their distance, or train with auto.",
        )

    def objective(outputs: Tensor) -> Tensor:
        if outputs.isnan().any():
            return (outputs * math.nan).sum()  # of probabilities torch asks that they are some
        chosen = loss(section, read, outputs.shape[-1])
        # a copy, because targets made in inference mode can't be kept for the backward pass
        return chosen.function(outputs, chosen.prepared(targets.clone()))

    return objective


def total_score(read: Reading, classes: Tensor | None = None) -> Objective:
    """Return the sum over the batch of the scores of classes, shape (batch,); by default of those predicted.

    Samples don't touch each other in eval mode, so each sample's gradient is that of its own score. For
    regression the score is the output itself. Raises `UserError` for embeddings, which tell of no class.
    """
    if read.form == "embedding":
        raise no_classes()

    def objective(outputs: Tensor) -> Tensor:
        if read.task == "regression":
            return outputs.sum()
        chosen = read.labels(outputs.detach()) if classes is None else classes.clone()
        return scores(outputs, read).gather(1, chosen[:, None]).sum()

    return objective


def scores(outputs: Tensor, read: Reading) -> Tensor:
    """Return a score for each class, (batch, classes), in the last layer's own scale.

    One output is the second class's score: the first one's is its opposite. In a sequence a class scores the
    logarithm of its likelihood.
    """
    if read.form == "sequence":
        return class_log_likelihoods(read.logarithms(outputs))
    if outputs.shape[1] > 1:
        return outputs
    opposite = 1 - outputs if read.end == "sigmoid" else -outputs
    return torch.cat((opposite, outputs), 1)
