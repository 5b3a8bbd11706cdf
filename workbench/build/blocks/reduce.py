"""Fewer values: over a dimension, or over time."""

from __future__ import annotations

from torch import Tensor, nn


class MeanOver(nn.Module):
    """Mean over a dimension."""

    def __init__(self, dim: int, keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the shape without ``dim``, or with it at length 1."""
        return x.mean(self.dim, self.keepdim)


class SumOver(nn.Module):
    """Sum over a dimension."""

    def __init__(self, dim: int, keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the shape without ``dim``, or with it at length 1."""
        return x.sum(self.dim, self.keepdim)


class MaxOver(nn.Module):
    """Largest value over a dimension."""

    def __init__(self, dim: int, keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the shape without ``dim``, or with it at length 1."""
        return x.amax(self.dim, self.keepdim)


class MinOver(nn.Module):
    """Smallest value over a dimension."""

    def __init__(self, dim: int, keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the shape without ``dim``, or with it at length 1."""
        return x.amin(self.dim, self.keepdim)


class ArgMax(nn.Module):
    """Where along a dimension the largest value is."""

    def __init__(self, dim: int, keepdim: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to int64 of the shape without ``dim``, or with it at length 1."""
        return x.argmax(self.dim, self.keepdim)


class MeanOverTime(nn.Module):
    """Mean of all steps."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to (batch, features)."""
        return x.mean(1)


class MaxOverTime(nn.Module):
    """Largest value of each feature over all steps."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to (batch, features)."""
        return x.amax(1)


class FirstStep(nn.Module):
    """The first step."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to (batch, features)."""
        return x[:, 0]


class LastStep(nn.Module):
    """The last step."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to (batch, features)."""
        return x[:, -1]


class ReverseTime(nn.Module):
    """The steps in the opposite order."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to the same shape."""
        return x.flip(1)
