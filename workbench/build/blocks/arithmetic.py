"""Plain arithmetic on each value."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """Times a factor, plus an offset: fixed, or learned from these values on."""

    factor: Tensor | float
    offset: Tensor | float

    def __init__(self, factor: float = 1.0, offset: float = 0.0, learned: bool = False) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((1,), factor)) if learned else factor
        self.offset = nn.Parameter(torch.full((1,), offset)) if learned else offset

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x * self.factor + self.offset


class LayerScale(nn.Module):
    """Times a learned factor a channel (Touvron et al. 2021, "Going deeper with image transformers")."""

    def __init__(self, sides: tuple[int, ...], init_value: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full(sides, init_value))

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape; ``sides`` is 1 but for the channels."""
        return x * self.weight


class Clamp(nn.Module):
    """Values cut to lie between two bounds."""

    def __init__(self, min: float, max: float) -> None:
        super().__init__()
        self.min = min
        self.max = max

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.clamp(self.min, self.max)


class Abs(nn.Module):
    """Values without their sign."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.abs()


class Neg(nn.Module):
    """Values with the other sign."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return -x


class Exp(nn.Module):
    """e to the power of each value."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.exp()


class Log(nn.Module):
    """Natural logarithm; values below ``eps`` count as ``eps``."""

    def __init__(self, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.clamp(min=self.eps).log()


class Sqrt(nn.Module):
    """Square root; values below ``eps`` count as ``eps``."""

    def __init__(self, eps: float = 1e-12) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.clamp(min=self.eps).sqrt()


class Pow(nn.Module):
    """Each value to a power."""

    def __init__(self, exponent: float = 2.0) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.pow(self.exponent)


class Reciprocal(nn.Module):
    """One divided by each value."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x.reciprocal()
