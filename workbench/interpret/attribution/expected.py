"""Gradients between a sample and others, as captum's GradientShap has them, some rows at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from captum._utils.gradient import compute_gradients
from torch import Tensor


def expected_gradients(
    scored: Callable[[Tensor], Tensor],
    values: Tensor,
    starts: Tensor,
    stdev: Tensor,
    *,
    samples: int,
    rows: int,
    seed: int,
) -> tuple[Tensor, float]:
    """Return attributions (1, *shape), and the mean difference of scores that they should add up to.

    ``values``: (1, *shape); ``starts``: (n, *shape), of which one is drawn for each of the samples; ``stdev``
    of the noise broadcasts to the values. Captum draws from the generators that all of NumPy and torch share
    and takes all samples at once; the numbers drawn are those that it has after seeding both.
    """
    random = np.random.RandomState(seed)
    generator = torch.Generator(values.device).manual_seed(seed)
    chosen = random.choice(len(starts), samples)
    noise = torch.normal(0.0, stdev.expand(values.shape).repeat(samples, *[1] * (values.dim() - 1)),
                         generator=generator)  # fmt: skip
    shares = torch.tensor(random.uniform(0.0, 1.0, samples), device=values.device, dtype=values.dtype)
    total, difference = torch.zeros_like(values), 0.0
    for first in range(0, samples, rows):
        some = slice(first, first + rows)
        begin, end = starts[chosen[some]], values + noise[some]
        share = shares[some].reshape(-1, *[1] * (values.dim() - 1))
        between = (share * end + (1 - share) * begin).requires_grad_()
        slopes = compute_gradients(scored, (between,))[0]
        total += ((end - begin) * slopes).sum(0, keepdim=True)
        with torch.no_grad():
            difference += float((scored(end) - scored(begin)).double().sum())
    return total / samples, difference / samples
