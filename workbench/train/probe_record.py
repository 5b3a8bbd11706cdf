"""What is seen of the probes after an epoch; nothing here needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Histograms(NamedTuple):
    """Histograms, a row each, of the finite values but zero: of activations, many are zero exactly.

    ``counts``: int64 (rows, bins), over equal bins between ``ends``: float32 (rows, 2), 0 and 0 where there
    are no values. ``zeros``: float32 (rows,), the share of values that are exactly zero.
    """

    counts: NDArray[np.int64]
    ends: NDArray[np.float32]
    zeros: NDArray[np.float32]

    def part(self, rows: slice) -> Histograms:
        """Return some of the rows."""
        return Histograms(self.counts[rows], self.ends[rows], self.zeros[rows])


@dataclass(frozen=True, eq=False)
class ProbeRecord:
    """The probes after an epoch (0: before the first step), in eval mode, weights averaged as for validation.

    ``activations``: (samples, *kept) by layer, of the plan's dtype. ``outputs``: histograms of each recorded
    layer's outputs for all samples. ``weights``: those of its weights, without counts where it has none.
    ``probabilities``: float32 (samples, classes), with 0 classes for regression and embeddings.
    ``predicted``: (samples,) float32, the class numbers or values, nan for embeddings. ``losses``: float32
    (samples,), nan where a sample alone has none.
    """

    epoch: int
    step: int
    activations: Mapping[str, NDArray[np.floating[Any]]]
    outputs: Histograms
    weights: Histograms
    probabilities: NDArray[np.float32]
    predicted: NDArray[np.float32]
    losses: NDArray[np.float32]
