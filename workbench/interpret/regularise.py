"""What keeps an input that is found by gradient ascent from being noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def total_variation(values: Tensor, dims: Sequence[int]) -> Tensor:
    """Return the mean difference between neighbours along each of ``dims``, summed; 0 without any.

    Anisotropic, as Mahendran and Vedaldi, 2015, have it with an exponent of 1.
    """
    found = values.new_zeros(())
    for dim in dims:
        if values.shape[dim] > 1:
            found = found + values.diff(dim=dim).abs().mean()
    return found


def blurred(values: Tensor, sigma: float, dims: Sequence[int]) -> Tensor:
    """Return values smoothed along ``dims`` with a Gaussian of ``sigma`` steps, the edges repeated."""
    radius = math.ceil(3 * sigma)
    at = torch.arange(-radius, radius + 1, dtype=values.dtype, device=values.device)
    kernel = torch.exp(-0.5 * (at / sigma) ** 2)
    kernel = kernel / kernel.sum()
    for dim in dims:
        rows = values.movedim(dim, -1)
        flat = functional.pad(rows.reshape(-1, 1, rows.shape[-1]), (radius, radius), mode="replicate")
        values = functional.conv1d(flat, kernel[None, None]).reshape(rows.shape).movedim(-1, dim)
    return values


def rolled(values: Tensor, most: int, dims: Sequence[int], random: torch.Generator) -> Tensor:
    """Return values shifted at random by up to ``most`` steps along each of ``dims``, around the edges."""
    shifts = torch.randint(-most, most + 1, (len(dims),), generator=random).tolist()
    return values.roll(shifts, tuple(dims)) if dims else values
