"""Figures about the data at a glance: how many there are of what, and how their values are spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset, SplitName
from workbench.data.texts import MARKS

BINS = 24
_MOST_WORDS = 20
_MOST_VALUES = 2_000_000
"""Of more values than that, a sample is measured."""


@dataclass(frozen=True)
class Histogram:
    """``counts`` (bins,) of values between neighbouring ``edges`` (bins + 1,), in the data's own unit."""

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


@dataclass(frozen=True)
class Feature:
    """How the values of one feature are spread, in its own unit."""

    name: str
    minimum: float
    maximum: float
    mean: float
    std: float
    histogram: Histogram


@dataclass(frozen=True)
class Summary:
    """What the Data stage shows.

    ``classes``: for classification, how many samples of each class a split has, in the order of the
    dataset's classes. ``words``: of ids with words, the most frequent and how often they stand in
    the training samples measured. ``target``: for regression, how targets are spread. ``features``: of a
    table. ``pixels``: of images, as stored, before scaling. ``measured``: from how many samples the spread
    of features and pixels was worked out.
    """

    samples: int
    splits: Mapping[SplitName, int]
    classes: Mapping[SplitName, tuple[int, ...]]
    target: Feature | None
    features: tuple[Feature, ...]
    pixels: Histogram | None
    measured: int
    words: tuple[tuple[str, int], ...] = ()


def summary(dataset: Dataset) -> Summary:
    """Measure a dataset. Quick for any size: of large data, samples at even distances are measured."""
    rows = max(1, min(len(dataset), _MOST_VALUES // max(1, dataset.inputs[0].size)))
    chosen = dataset.inputs[np.linspace(0, len(dataset) - 1, rows).astype(np.int64)]
    regression = dataset.task == "regression"
    values = dataset.targets.astype(np.float64)
    return Summary(
        samples=len(dataset),
        splits={name: len(indices) for name, indices in dataset.splits.items()},
        classes={} if regression else _class_counts(dataset),
        target=_features(values[:, None], (dataset.target,))[0] if regression else None,
        features=_features(chosen, dataset.features) if dataset.kind == "table" else (),
        pixels=_pixels(chosen) if dataset.kind == "image" else None,
        measured=rows,
        words=_words(dataset, rows) if dataset.vocabulary and dataset.input_dtype == "int64" else (),
    )


def _words(dataset: Dataset, rows: int) -> tuple[tuple[str, int], ...]:
    train = dataset.splits["train"][:rows]  # in random order
    counts = np.bincount(dataset.inputs[train].reshape(-1).astype(np.int64))
    if dataset.tokenizer is not None:
        counts[: len(MARKS)] = 0
    order = np.argsort(-counts, kind="stable")[:_MOST_WORDS]
    return tuple((dataset.token(int(n)), int(counts[n])) for n in order if counts[n])


def _class_counts(dataset: Dataset) -> dict[SplitName, tuple[int, ...]]:
    targets = dataset.targets.astype(np.int64)
    return {
        name: tuple(np.bincount(targets[indices], minlength=len(dataset.classes)).tolist())
        for name, indices in dataset.splits.items()
    }


def _pixels(images: NDArray[np.generic]) -> Histogram:
    if images.dtype == np.uint8:
        # Counting each of 256 values is far quicker than sorting millions of pixels into bins.
        each = np.bincount(images.reshape(-1), minlength=256)
        values, weights, top = np.arange(256), each, np.flatnonzero(each)[-1]
        counts, edges = np.histogram(values, BINS, (0, max(1, top)), weights=weights)
        return Histogram(counts.astype(np.int64), edges)
    counts, edges = np.histogram(images.astype(np.float64), BINS)
    return Histogram(counts, edges)


def _features(matrix: NDArray[np.generic], names: tuple[str, ...]) -> tuple[Feature, ...]:
    """Measure all columns of (N, F) at once."""
    values = matrix.astype(np.float64)
    low, high = values.min(0), values.max(0)
    mean, std = values.mean(0), values.std(0)
    span = np.where(high > low, high - low, 1.0)
    bins = np.minimum((values - low) / span * BINS, BINS - 1).astype(np.int64)
    flat = (bins + np.arange(len(names)) * BINS).reshape(-1)
    counts = np.bincount(flat, minlength=len(names) * BINS).reshape(len(names), BINS)
    return tuple(
        Feature(
            name,
            float(low[n]),
            float(high[n]),
            float(mean[n]),
            float(std[n]),
            Histogram(counts[n], low[n] + span[n] * np.linspace(0, 1, BINS + 1)),
        )
        for n, name in enumerate(names)
    )
