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
from workbench.train.batches import Samples, sizes
from workbench.train.losses import Loss, loss
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
    sizes: list[int]
    """Batch sizes of an epoch."""
    evaluation_batch: int
    step_flops: float
    """FLOPs of a step: forward and, twice as much, backward."""


def prepare(project: Project, dataset: Dataset, device: torch.device, random: RandomStream) -> Setup:
    """Build the model and put the data on the device. Raises `UserError` for what doesn't go together."""
    facts = dataset.facts
    report = check(project.model, facts)
    with random:
        # On the CPU first, so that a seed means the same weights on every device.
        model = built(project.model, facts)
    if len(model.input_ids) != 1:
        raise UserError(
            f"the data give one input a sample, but the stack has {len(model.input_ids)}.",
            place="model",
            remedy="Leave one Input layer.",
        )
    _check(dataset)
    training = project.training
    last = report.rows[-1].output
    read = reading(model, dataset.task)
    chosen = loss(training.loss, read, last.shape[0] if last else 0)
    train = Samples(dataset, dataset.splits["train"], chosen, device)
    batch_sizes = sizes(len(train), training.batch_size)
    model.to(device)
    if any(node.type == "Standardize" for node in project.model):
        model.fit_standardize(*train.everything())
    return Setup(
        model=model.train(),
        reading=read,
        loss=chosen,
        train=train,
        validation=Samples(dataset, dataset.splits["validation"], chosen, device),
        sizes=batch_sizes,
        evaluation_batch=validation.batch_size(report, training.batch_size),
        step_flops=3.0 * report.flops * batch_sizes[0],
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
