"""Putting a project and its data together, with every mismatch found before the first step."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from workbench.build.check import built, check
from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.train import validation
from workbench.train.batches import Samples
from workbench.train.class_weights import class_counts
from workbench.train.exact_ends import keep_exact
from workbench.train.initialising import initialise
from workbench.train.losses import Loss, loss
from workbench.train.memory_format import lay_out
from workbench.train.outputs import Reading, reading
from workbench.train.seeding import RandomStream


@dataclass(frozen=True)
class Setup:
    """What training works with. The model is on the device, in train mode."""

    model: StackModel
    reading: Reading
    loss: Loss
    train: Samples
    validation: Samples
    evaluation_batch: int
    step_flops: float
    """FLOPs of a step: forward and, twice as much, backward."""


def prepare(
    project: Project, dataset: Dataset, device: torch.device, random: RandomStream, *, sharded: bool = False
) -> Setup:
    """Build the model and put it and the data on the device. Raises `UserError` for what doesn't go together.

    A ``sharded`` model stays on the CPU: it may not fit the device, which gets a part of each layer.
    """
    facts, training = dataset.facts, project.training
    report = check(project.model, facts, training)
    with random:
        # On the CPU first, so that a seed means the same weights on every device.
        model = built(project.model, facts, training)
        initialise(model, training.init)
    if len(model.input_ids) != 1:
        raise UserError(
            f"the data give one input a sample, but the stack has {len(model.input_ids)}.",
            place="model",
            remedy="Leave one Input layer.",
        )
    _check(dataset)
    last = report.rows[-1].output
    read = reading(model, dataset.task, training.loss)
    if training.precision != "float32" and read.end != "scores":
        keep_exact(model)
    chosen = loss(training.loss, read, last.shape[-1] if last else 0, class_counts(dataset))
    train = Samples(dataset, dataset.splits["train"], chosen, device)
    if not sharded:
        model.to(device)
        lay_out(model, training, device)
    if any(node.type == "Standardize" for node in project.model):
        model.fit_standardize(*train.everything())
    return Setup(
        model=model.train(),
        reading=read,
        loss=chosen,
        train=train,
        validation=Samples(dataset, dataset.splits["validation"], chosen, device),
        evaluation_batch=validation.batch_size(report, training.batch_size, read),
        step_flops=3.0 * report.flops * min(training.batch_size, len(train)),
    )


def _check(dataset: Dataset) -> None:
    if not len(dataset.splits["train"]):
        raise UserError("the training split is empty.", place="data", remedy="Use more samples.")
    if dataset.task == "classification":
        lowest, highest = int(dataset.targets.min()), int(dataset.targets.max())
        if lowest < 0 or highest >= len(dataset.classes):
            raise UserError(
                f"a sample has class {lowest if lowest < 0 else highest}, but classes are 0 to "
                f"{len(dataset.classes) - 1}.",
                place="data",
                remedy="Correct the targets.",
            )
