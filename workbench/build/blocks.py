"""Layers that torch.nn lacks, as modules. Generated code carries their source, so they stand alone."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn


class Add(nn.Module):
    """Sum of inputs of one shape."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the sum, in the inputs' shape."""
        return reduce(torch.add, inputs)


class Multiply(nn.Module):
    """Element-wise product of inputs of one shape."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the product, in the inputs' shape."""
        return reduce(torch.mul, inputs)


class Concat(nn.Module):
    """Inputs joined along a dimension."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the inputs, one behind the other along ``dim``."""
        return torch.cat(inputs, self.dim)


class LSTMSequence(nn.LSTM):
    """LSTM that gives its output at every time step."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, hidden)."""
        return super().forward(x)[0]


class LSTMLast(nn.LSTM):
    """LSTM that gives its final states: of both directions, side by side, where it reads in both."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, hidden)."""
        state = super().forward(x)[1][0]
        return torch.cat((state[-2], state[-1]), 1) if self.bidirectional else state[-1]


class GRUSequence(nn.GRU):
    """GRU that gives its output at every time step."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, hidden)."""
        return super().forward(x)[0]


class GRULast(nn.GRU):
    """GRU that gives its final states: of both directions, side by side, where it reads in both."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, hidden)."""
        state = super().forward(x)[1]
        return torch.cat((state[-2], state[-1]), 1) if self.bidirectional else state[-1]


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
