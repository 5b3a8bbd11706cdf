"""Weights of classes, for losses that shall not overlook the rare ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from workbench.data.dataset import Dataset


def class_counts(dataset: Dataset) -> list[int]:
    """Return how many samples of the training split each class has; nothing for regression."""
    if dataset.task == "regression":
        return []
    found: list[int] = np.bincount(
        dataset.targets[dataset.splits["train"]], minlength=len(dataset.classes)
    ).tolist()
    return found


class ClassWeights:
    """A weight a class: n / (k · n_c), for k classes of n samples and n_c of class c.

    As scikit-learn's ``class_weight="balanced"``; a class without samples, which that refuses, weighs 1.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        total = sum(counts)
        self.values = tuple(total / (len(counts) * count) if count else 1.0 for count in counts)
        self._made: dict[tuple[torch.device, torch.dtype], Tensor] = {}

    def like(self, values: Tensor) -> Tensor:
        """Return the weights, (classes,), where ``values`` are and in their dtype."""
        key = (values.device, values.dtype)
        if key not in self._made:
            with torch.inference_mode(False):  # made while validating, training must be able to use it
                self._made[key] = torch.tensor(self.values, dtype=values.dtype, device=values.device)
        return self._made[key]

    def of(self, targets: Tensor, values: Tensor) -> Tensor:
        """Return each sample's weight, (N,), like ``values``. ``targets``: class numbers, int64 (N,)."""
        return self.like(values).index_select(0, targets)
