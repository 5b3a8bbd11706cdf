"""Which weights the size of an update is worked out of, and norms of several tensors as one."""

from __future__ import annotations

import math

from torch import Tensor

WEIGHTS = 4096
"""Weights of a parameter that the size of an update is worked out of."""


def picked(parameter: Tensor) -> Tensor:
    """Return up to `WEIGHTS` of a parameter's values, evenly picked, a view if its memory is in order."""
    flat = parameter.detach().reshape(-1)
    step = -(-flat.numel() // WEIGHTS) or 1
    while math.gcd(step, flat.numel()) > 1:
        step += 1
    return flat[::step]


def together(norms: list[float]) -> float:
    """Return the norm of several tensors as one; nan for none, and parts without a gradient count as zero."""
    known = [norm for norm in norms if not math.isnan(norm)]
    if not norms:
        return math.nan
    return math.sqrt(sum(norm * norm for norm in known)) if known else math.nan
