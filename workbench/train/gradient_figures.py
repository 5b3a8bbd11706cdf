"""What gradients look like, as a few numbers a layer that stay on the device."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.train.layer_figures import BINS, histograms, picked

GRADIENT_FIGURES = BINS + 3
"""Numbers a gradient: histogram, low, high, share of zeros."""


def gradient_figures(gradients: list[Tensor], scale: float) -> Tensor:
    """Return float32, shape (gradients, `GRADIENT_FIGURES`), on the device; nothing is fetched from there.

    Histograms are of the common logarithms of the sizes, times ``scale``; zeros are left out. Low and high
    are 0 where all are zero.
    """
    values, known = picked(gradients)
    sizes = values.abs_().mul_(scale)
    there = known * sizes.gt(0)
    # smaller ones than float32 can hold in full are zeros to whoever looks
    logs = sizes.clamp_min_(1e-38).log10_()
    count = there.sum(1, keepdim=True)
    some = count.gt(0)
    low = logs.masked_fill(there.eq(0), torch.inf).amin(1, keepdim=True)
    high = logs.masked_fill(there.eq(0), -torch.inf).amax(1, keepdim=True)
    low, high = torch.where(some, low, 0.0), torch.where(some, high, 0.0)
    zeros = 1 - count / known.sum(1, keepdim=True)
    return torch.cat((histograms(logs, there, low, high), low, high, zeros), 1)


def named(slope: NDArray[np.float64]) -> dict[str, Any]:
    """Return a gradient's figures by their names in `LayerVitals`; ``slope``: shape (`GRADIENT_FIGURES`,)."""
    low, high, zeros = slope[BINS:].tolist()
    counts = slope[:BINS].astype(np.int64)
    return {"gradient_counts": counts, "gradient_low": low, "gradient_high": high, "gradient_zeros": zeros}
