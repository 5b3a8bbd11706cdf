"""What stands between the data and the network."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Standardize(nn.Module):
    """Shift and scale to mean 0 and deviation 1, or back again with ``invert``."""

    mean: Tensor
    std: Tensor

    def __init__(self, shape: tuple[int, ...], invert: bool = False, eps: float = 1e-7) -> None:
        super().__init__()
        self.invert = invert
        self.eps = eps
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("std", torch.ones(shape))

    def fit(self, values: Tensor) -> None:
        """Measure mean and standard deviation of samples, shape (N, *shape), a feature each."""
        samples = values.to(torch.float64)
        mean = samples.mean(0)
        std = samples.std(0, correction=0)
        self.mean.copy_(mean)
        # A constant feature has no deviation to divide by: it only gets shifted.
        self.std.copy_(torch.where(std > self.eps, std, torch.ones_like(std)))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, *shape) to the same shape."""
        return x * self.std + self.mean if self.invert else (x - self.mean) / self.std
