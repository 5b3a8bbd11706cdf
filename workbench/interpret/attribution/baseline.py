"""What a sample is compared with: the reference that stands for nothing in particular."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.attribution.answer import Answer
from workbench.interpret.attribution.params import Baseline
from workbench.interpret.attribution.scored import at_layer
from workbench.interpret.attribution.shapes import padding_id
from workbench.interpret.subject import Subject

Array = NDArray[np.generic]

MEANT = 1000
"""Training samples that a mean is taken of, at most."""


def baseline_at(answer: Answer, kind: Baseline) -> tuple[Tensor, str]:
    """Return the baseline as what stands at the answer's entrance, (1, *shape), and it in words.

    The baseline sample is run through the network up to the entrance. Raises `UserError` where data of this
    kind have no such baseline.
    """
    sample, words = _sample(answer.subject, kind)
    values = torch.as_tensor(sample, device=answer.sample.device)
    if answer.entrance in answer.subject.model.input_ids:
        return values, words
    return at_layer(answer.subject.model, values, answer.entrance), words


def spread_of(answer: Answer) -> Tensor:
    """Return how far values range, broadcastable to those at the entrance, (1, *shape).

    A table's columns have units of their own, so each has its deviation over the training samples; else it is
    the range of the sample's values.
    """
    dataset = answer.subject.dataset
    if answer.entrance in answer.subject.model.input_ids and is_table(dataset):
        deviation = _table(dataset).std(0, keepdims=True)
        return torch.as_tensor(deviation.astype(np.float32), device=answer.sample.device)
    return (answer.values.max() - answer.values.min()).reshape((1,) * answer.values.dim())


def training_values(answer: Answer, most: int, seed: int) -> Tensor:
    """Return what stands at the entrance for training samples, (n, *shape), ``most`` of them drawn evenly."""
    subject, model = answer.subject, answer.subject.model
    several = torch.as_tensor(
        subject.dataset.batch(_drawn(subject.dataset, most, seed)), device=answer.sample.device
    )
    if answer.entrance in model.input_ids:
        return several
    return torch.cat(
        [
            at_layer(model, several[first : first + answer.rows], answer.entrance)
            for first in range(0, len(several), answer.rows)
        ]
    )


def is_table(dataset: Dataset) -> bool:
    """Whether a sample is a row of numbers without an order."""
    return len(dataset.sample_shape) == 1 and dataset.input_dtype == "float32"


def _sample(subject: Subject, kind: Baseline) -> tuple[Array, str]:
    dataset, inputs = subject.dataset, subject.inputs()
    if dataset.input_dtype == "int64":
        if kind in ("mean", "blur"):
            raise UserError(
                f"ids have no {kind}.",
                place="baseline",
                remedy="Use auto, the padding's id, or zero.",
            )
        index = padding_id(subject.model.graph) if kind == "auto" else 0
        return np.full_like(inputs, index), f"id {index} in every place"
    if kind == "mean" or (kind == "auto" and is_table(dataset)):
        mean = _table(dataset).mean(0, keepdims=True)
        return mean.astype(np.float32), "the mean of the training data"
    if kind == "blur":
        return blurred(inputs[0], dataset)[None], "the sample blurred"
    return np.zeros_like(inputs), "zeros"


def _table(dataset: Dataset) -> NDArray[np.float64]:
    """Training samples that stand for all. Raises `UserError` where some hold no numbers."""
    several = dataset.batch(_drawn(dataset, MEANT)).astype(np.float64)
    if not np.isfinite(several).all():
        raise UserError(
            "some training samples hold values that are no numbers (nan or infinite), so there is no mean.",
            place="data",
            remedy="Mend the data, or use the baseline zero.",
        )
    return several


def _drawn(dataset: Dataset, most: int, seed: int = 0) -> NDArray[np.int64]:
    found = dataset.splits.get("train", np.arange(0))
    chosen = found if len(found) else np.arange(len(dataset))
    if len(chosen) <= most:
        return np.asarray(chosen, np.int64)
    return np.sort(np.random.default_rng(seed).choice(chosen, most, replace=False)).astype(np.int64)


def blurred(sample: Array, dataset: Dataset) -> Array:
    """Return a sample, of any shape, under a Gaussian an eighth of its longer side wide, edges repeated.

    An image is blurred along height and width, a sequence along time.
    """
    if is_table(dataset):
        raise UserError(
            "a row of numbers has no neighbours to blur.", place="baseline", remedy="Use mean or zero."
        )
    axes = (0,) if sample.ndim == 2 else tuple(range(1, sample.ndim))
    sigma = max(1.0, max(sample.shape[axis] for axis in axes) / 8)
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    found = sample.astype(np.float64)
    for axis in axes:
        width = [(0, 0)] * found.ndim
        width[axis] = (reach, reach)
        padded = np.pad(found, width, mode="edge")
        found = np.apply_along_axis(np.convolve, axis, padded, weights, "valid")
    return found.astype(np.float32)
