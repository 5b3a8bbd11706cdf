"""Loss and metrics of the validation split, once an epoch: cheap sums on the device, fetched at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.build.check import Report
from workbench.build.model import StackModel
from workbench.train.batches import Batch, Samples
from workbench.train.losses import Loss
from workbench.train.outputs import Reading
from workbench.train.triplet import nearest_class

MEMORY = 2**28
"""Bytes that a batch's activations may take together."""
MOST = 1024
"""Samples in the largest batch; larger ones gain nothing."""


class Validation(NamedTuple):
    """Mean loss over the samples, and metrics by scikit-learn's names."""

    loss: float
    metrics: Mapping[str, float]


def batch_size(report: Report, train_batch: int, reading: Reading | None = None) -> int:
    """Return how many samples to run at a time, by the size of the stack's outputs.

    For embeddings as many as in training: among more, the hardest triplets are harder.
    """
    if reading and reading.form == "embedding":
        return train_batch
    numbers = sum(torch.Size(row.output.shape).numel() for row in report.rows if row.output)
    return max(train_batch, min(MOST, MEMORY // max(1, 4 * numbers)))


@torch.inference_mode()
def validate(model: StackModel, samples: Samples, loss: Loss, reading: Reading, size: int) -> Validation:
    """Run the model in eval mode over all samples, ``size`` at a time; leave it in train mode.

    The loss is that of all samples in one batch: their mean, by their classes' weights where the loss has
    such. Only triplets don't reach from batch to batch: theirs is the mean over the samples that have one.
    Classification gives ``accuracy``, that of embeddings by each sample's nearest other. Regression gives
    ``r2`` (1 or 0 for targets that are all alike, as scikit-learn has it; nan for fewer than two) and
    ``mean_absolute_error``.
    """
    model.eval()
    apart = reading.form == "embedding"
    embedded: list[tuple[Tensor, Tensor]] = []
    sums = torch.zeros(4, dtype=torch.float64, device=samples.targets.device)
    for inputs, targets in _scattered(samples, size) if apart else samples.in_order(size):
        outputs = model(inputs)
        weight = loss.weight(targets)
        sums[0] += loss.function(outputs, targets).to(torch.float64) * weight
        sums[3] += weight
        if apart:
            embedded.append((outputs, targets))
        elif reading.task == "classification":
            sums[1] += (reading.labels(outputs) == targets.reshape(-1)).sum()
        else:
            errors = (outputs - targets).to(torch.float64)
            sums[1] += errors.abs().sum()
            sums[2] += errors.square().sum()
    if apart:
        outputs, targets = map(torch.cat, zip(*embedded, strict=True))
        sums[1] = (nearest_class(outputs, targets) == targets).sum()
    model.train()
    count = len(samples)
    total, first, squares, weights = sums.tolist()
    mean = total / weights if weights else 0.0
    if reading.task == "classification":
        return Validation(mean, {"accuracy": first / count})
    return Validation(mean, {"r2": _r2(squares, samples.targets), "mean_absolute_error": first / count})


def spread(count: int, size: int) -> Iterator[Tensor]:
    """Yield the places of samples, int64, in batches of ``size`` at most, each from all over the split.

    A split may be in order of classes, and a batch of one class holds no triplet.
    """
    batches = -(-count // size)
    for first in range(batches):
        yield torch.arange(first, count, batches)


def _scattered(samples: Samples, size: int) -> Iterator[Batch]:
    for places in spread(len(samples), size):
        yield samples.take(places.to(samples.targets.device))


def _r2(squares: float, targets: Tensor) -> float:
    if len(targets) < 2:
        return float("nan")
    values = targets.to(torch.float64)
    spread = float((values - values.mean()).square().sum())
    if spread == 0:
        return float(squares == 0)
    return 1 - squares / spread
