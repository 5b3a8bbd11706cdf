"""Histograms of many tensors at once, each over the range of its values."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from workbench.train.probe_plan import BINS
from workbench.train.probe_record import Histograms

MOST = 2**12
"""Values that a histogram is made of; more change no picture."""
_HUGE = 1e30
_TINY = 1e-30


def picked(flat: Tensor, most: int = MOST) -> Tensor:
    """Return up to so many of a vector's values, evenly from all places."""
    step = -(-flat.numel() // max(1, most)) or 1
    while math.gcd(step, flat.numel()) > 1:  # else it would meet the same columns again and again
        step += 1
    return flat[::step][:most]


def histograms(rows: Sequence[Tensor]) -> Histograms:
    """Return the histograms of vectors with up to `MOST` values, worked out on their device."""
    if not rows:
        return Histograms(
            np.zeros((0, BINS), np.int64), np.zeros((0, 2), np.float32), np.zeros(0, np.float32)
        )
    widest = max(1, *(len(row) for row in rows))
    values = torch.full((len(rows), widest), math.nan, device=rows[0].device)
    sizes = values.new_tensor([max(1, len(row)) for row in rows])
    for number, row in enumerate(rows):
        values[number, : len(row)] = row
    zeros = values.eq(0).sum(1) / sizes
    known = values.isfinite() & values.ne(0)
    values = values.nan_to_num_(0.0, _HUGE, -_HUGE).clamp_(-_HUGE, _HUGE)
    any_known = known.any(1)
    low = values.masked_fill(~known, math.inf).amin(1).where(any_known, 0.0)
    high = values.masked_fill(~known, -math.inf).amax(1).where(any_known, 0.0)
    place = (values - low[:, None]) * (BINS / (high - low).clamp_min(_TINY))[:, None]
    counts = values.new_zeros(len(rows), BINS)
    counts.scatter_add_(1, place.clamp_(0, BINS - 1).to(torch.int64), known.to(values.dtype))
    table = (
        torch.cat((counts, low[:, None], high[:, None], zeros[:, None]), 1).to("cpu", torch.float32).numpy()
    )
    return Histograms(table[:, :BINS].astype(np.int64), table[:, BINS:-1].copy(), table[:, -1].copy())
