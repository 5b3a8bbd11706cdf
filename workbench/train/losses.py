"""What training makes small: the loss that fits the task and the stack's end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from workbench.build.objective import chosen, mismatch
from workbench.errors import UserError
from workbench.graph import training
from workbench.train.class_weights import ClassWeights
from workbench.train.ctc import ctc_loss
from workbench.train.outputs import Reading
from workbench.train.triplet import batch_hard, triplets

Function = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """A loss: ``function(outputs, targets)`` is the mean over the batch, a scalar.

    ``columns``: targets are float32 of shape (N, 1), else int64 class numbers of shape (N,). ``weight``:
    what a batch with these targets counts for, so that the mean of batches' losses by it is that of all
    samples in one batch: their number, or the sum of their classes' weights, as torch's weighted mean.
    """

    name: training.LossName
    function: Function
    columns: bool
    weight: Callable[[Tensor], Tensor | int] = len

    def prepared(self, targets: Tensor) -> Tensor:
        """Return targets, shape (N,), as the function wants them."""
        return targets.float().reshape(-1, 1) if self.columns else targets.long()

    def mixed(self, outputs: Tensor, targets: Tensor, others: Tensor, share: float | Tensor) -> Tensor:
        """Return the loss of samples that were blended in pairs (mixup, Zhang et al., 2018, equation 1).

        ``share``, 0 to 1, is that of the samples with ``targets``; those with ``others`` have the rest.
        """
        return share * self.function(outputs, targets) + (1 - share) * self.function(outputs, others)


def loss(
    section: training.Loss, reading: Reading, width: int, class_counts: Sequence[int] | None = None
) -> Loss:
    """Return the loss for a stack that gives ``width`` outputs (a step, where they are a sequence).

    "auto" is cross-entropy for several outputs, binary cross-entropy for one and for sigmoids that score
    classes apart, and the squared error for regression. ``class_counts`` are the training split's samples
    of each class, for balanced class weights; without them all weigh the same. Raises `UserError` where
    loss, task and the stack's end don't go together.
    """
    fault = mismatch(section.name, reading.task, reading.end, width)
    if fault:
        raise UserError(fault.what, place="training.loss", remedy=fault.remedy)
    name = chosen(section.name, reading.task, reading.end, width)
    balanced = getattr(section, "class_weights", "equal") == "balanced"
    weights = ClassWeights(class_counts) if balanced and class_counts else None
    smoothing = getattr(section, "label_smoothing", 0.0)
    if name in {"bce", "bce_with_logits"}:
        return _binary(name, reading, width, smoothing, weights)
    if name in _OF_VALUES:
        return Loss(name, _OF_VALUES[name], columns=True)
    if isinstance(section, training.Huber):
        return Loss(name, partial(functional.huber_loss, delta=section.delta), columns=True)
    if isinstance(section, training.TripletMargin):
        return Loss(name, partial(batch_hard, margin=section.margin), columns=False, weight=triplets)
    if name == "cosine":
        return Loss(name, _cosine, columns=False)
    if name == "ctc":
        return Loss(name, lambda outputs, t: ctc_loss(reading.logarithms(outputs), t), columns=False)
    if name == "kl_div":
        return Loss(name, partial(_divergence, reading, smoothing), columns=False)
    return _cross_entropy(name, reading, smoothing, weights)


def _cross_entropy(
    name: training.LossName, reading: Reading, smoothing: float, weights: ClassWeights | None
) -> Loss:
    if reading.end == "scores" and not weights:
        plain: Function = functional.cross_entropy
        if smoothing:
            plain = partial(functional.cross_entropy, label_smoothing=smoothing)
        return Loss(name, plain, columns=False)

    def function(outputs: Tensor, targets: Tensor) -> Tensor:
        weight = weights.like(outputs) if weights else None
        if reading.end == "scores" or smoothing:
            scores = outputs if reading.end == "scores" else reading.logarithms(outputs)
            return functional.cross_entropy(scores, targets, weight, label_smoothing=smoothing)
        return functional.nll_loss(reading.logarithms(outputs), targets, weight)

    return Loss(name, function, columns=False, weight=_weight_of(weights))


def _weight_of(weights: ClassWeights | None) -> Callable[[Tensor], Tensor | int]:
    if weights is None:
        return len
    single = torch.zeros(())
    return lambda targets: weights.of(targets.long().flatten(), single.to(targets.device)).sum()


def _divergence(reading: Reading, smoothing: float, outputs: Tensor, targets: Tensor) -> Tensor:
    """KL divergence of the outputs' distribution from the true one, the mean over the samples."""
    truth = _one_hot(targets, outputs, smoothing)
    return functional.kl_div(reading.logarithms(outputs), truth, reduction="batchmean")


def _cosine(outputs: Tensor, targets: Tensor) -> Tensor:
    return 1 - functional.cosine_similarity(outputs, _one_hot(targets, outputs)).mean()


def _one_hot(targets: Tensor, outputs: Tensor, smoothing: float = 0.0) -> Tensor:
    """Class numbers as distributions over the outputs' columns; unlike torch's it asks nothing of a GPU."""
    classes = outputs.shape[1]
    truth = targets.unsqueeze(1) == torch.arange(classes, device=targets.device)
    return truth.to(outputs.dtype) * (1 - smoothing) + smoothing / classes


def _binary(
    name: training.LossName, reading: Reading, width: int, smoothing: float, weights: ClassWeights | None
) -> Loss:
    """Binary cross-entropy of one output, which is of the second class, or of one a class."""
    sigmoid = reading.end == "sigmoid"
    base: Callable[..., Tensor] = (
        _cross_entropy_of_shares if sigmoid else functional.binary_cross_entropy_with_logits
    )
    if width == 1 and not smoothing and not weights:
        return Loss(name, base, columns=True)

    def function(outputs: Tensor, targets: Tensor) -> Tensor:
        if width > 1:
            truth = _one_hot(targets, outputs, smoothing)
        else:
            truth = targets * (1 - smoothing) + smoothing / 2
        if weights is None:
            return base(outputs, truth)
        each = weights.of(targets.long().flatten(), outputs).unsqueeze(1)
        total = base(outputs, truth, weight=each.expand_as(outputs), reduction="sum")
        return total / (each.sum() * outputs.shape[1])

    return Loss(name, function, columns=width == 1, weight=_weight_of(weights))


def _cross_entropy_of_shares(outputs: Tensor, targets: Tensor, **options: Any) -> Tensor:
    """torch's binary cross-entropy, but nan where an output is: torch's raises an error then, and on a GPU
    one after which the process can't use it any more.
    """
    known = outputs.nan_to_num(nan=0.5)
    return functional.binary_cross_entropy(known, targets, **options) + 0 * outputs.detach().sum()


_OF_VALUES: Mapping[str, Function] = {"mse": functional.mse_loss, "l1": functional.l1_loss}
