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


class Cast(nn.Module):
    """Numbers to ids or ids to numbers."""

    def __init__(self, dtype: str) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        if self.dtype == "int64":
            return x.to(torch.int64)
        return x if x.is_floating_point() else x.to(torch.float32)


class OneHot(nn.Module):
    """For each id a vector of zeros with a one at its place."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.num_classes = num_classes

    def forward(self, x: Tensor) -> Tensor:
        """(batch, ...) of ids to (batch, ..., num_classes); an id out of range gives zeros only."""
        places = torch.arange(self.num_classes, device=x.device)
        return (x.unsqueeze(-1) == places).to(torch.float32)
