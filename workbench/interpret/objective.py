"""What gradients are taken of, as functions of the outputs."""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.build.model import StackModel
from workbench.graph import training
from workbench.graph.project import Task
from workbench.interpret.observe import Objective
from workbench.train.losses import loss
from workbench.train.outputs import Reading, reading


def mean_loss(model: StackModel, task: Task, targets: Tensor, name: training.Loss = "auto") -> Objective:
    """Return the mean loss over the batch against targets, shape (batch,), as training has it."""
    read = reading(model, task)

    def objective(outputs: Tensor) -> Tensor:
        chosen = loss(name, read, outputs.shape[1])
        # a copy, because targets made in inference mode can't be kept for the backward pass
        return chosen.function(outputs, chosen.prepared(targets.clone()))

    return objective


def total_score(read: Reading, classes: Tensor | None = None) -> Objective:
    """Return the sum over the batch of the scores of classes, shape (batch,); by default of those predicted.

    Samples don't touch each other in eval mode, so each sample's gradient is that of its own score. For
    regression the score is the output itself.
    """

    def objective(outputs: Tensor) -> Tensor:
        if read.task == "regression":
            return outputs.sum()
        chosen = read.labels(outputs.detach()) if classes is None else classes.clone()
        return scores(outputs, read).gather(1, chosen[:, None]).sum()

    return objective


def scores(outputs: Tensor, read: Reading) -> Tensor:
    """Return a score for each class, (batch, classes), in the last layer's own scale.

    One output is the second class's score: the first one's is its opposite.
    """
    if outputs.shape[1] > 1:
        return outputs
    opposite = 1 - outputs if read.end == "sigmoid" else -outputs
    return torch.cat((opposite, outputs), 1)
