"""Loss and metrics of the validation split, once an epoch: cheap sums on the device, fetched at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.build.check import Report
from workbench.build.model import StackModel
from workbench.train.batches import Samples
from workbench.train.losses import Loss
from workbench.train.outputs import Reading

MEMORY = 2**28
"""Bytes that a batch's activations may take together."""
MOST = 1024
"""Samples in the largest batch; larger ones gain nothing."""


class Validation(NamedTuple):
    """Mean loss over the samples, and metrics by scikit-learn's names."""

    loss: float
    metrics: Mapping[str, float]


def batch_size(report: Report, train_batch: int) -> int:
    """Return how many samples to run at a time, by the size of the stack's outputs."""
    numbers = sum(torch.Size(row.output.shape).numel() for row in report.rows if row.output)
    return max(train_batch, min(MOST, MEMORY // max(1, 4 * numbers)))


@torch.inference_mode()
def validate(model: StackModel, samples: Samples, loss: Loss, reading: Reading, size: int) -> Validation:
    """Run the model in eval mode over all samples, ``size`` at a time; leave it in train mode.

    Classification gives ``accuracy``, regression ``r2`` (1 or 0 for targets that are all alike, as
    scikit-learn has it; nan for fewer than two) and ``mean_absolute_error``.
    """
    model.eval()
    sums = torch.zeros(3, dtype=torch.float64, device=samples.targets.device)
    for inputs, targets in samples.in_order(size):
        outputs = model(inputs)
        sums[0] += loss.function(outputs, targets).to(torch.float64) * len(targets)
        if reading.task == "classification":
            sums[1] += (reading.labels(outputs) == targets.reshape(-1)).sum()
        else:
            errors = (outputs - targets).to(torch.float64)
            sums[1] += errors.abs().sum()
            sums[2] += errors.square().sum()
    model.train()
    count = len(samples)
    total, first, squares = sums.tolist()
    if reading.task == "classification":
        return Validation(total / count, {"accuracy": first / count})
    return Validation(
        total / count, {"r2": _r2(squares, samples.targets), "mean_absolute_error": first / count}
    )


def _r2(squares: float, targets: Tensor) -> float:
    if len(targets) < 2:
        return float("nan")
    values = targets.to(torch.float64)
    spread = float((values - values.mean()).square().sum())
    if spread == 0:
        return float(squares == 0)
    return 1 - squares / spread
