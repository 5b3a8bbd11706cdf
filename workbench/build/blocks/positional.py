"""Where in a sequence each step stands."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of each position (Vaswani et al. 2017, section 3.5)."""

    table: Tensor

    def __init__(self, length: int, features: int, base: float = 10000.0) -> None:
        super().__init__()
        position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        feature = torch.arange(features)
        exponent = (feature - feature % 2).to(torch.float64) / features
        angle = position / base**exponent
        table = torch.where(feature % 2 == 0, angle.sin(), angle.cos())
        self.register_buffer("table", table.to(torch.float32), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length, features) to the same shape."""
        return x + self.table


class LearnedPositions(nn.Module):
    """Adds a learned vector for each position."""

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to the same shape; time at most ``max_length``."""
        return x + self.weight[: x.shape[1]]


class ClassToken(nn.Module):
    """Puts a learned step before the first."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, time, features) to (batch, 1 + time, features)."""
        return torch.cat((self.weight.expand(x.shape[0], -1, -1), x), 1)


class RotaryPositions(nn.Module):
    """Turns each pair of neighbouring features by an angle that grows with the position.

    As Su et al. 2021 ("RoFormer", section 3.2.2), where it is applied to queries and keys.
    """

    cos: Tensor
    sin: Tensor

    def __init__(self, length: int, features: int, base: float = 10000.0) -> None:
        super().__init__()
        position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        pair = torch.arange(features // 2, dtype=torch.float64)
        angle = position / base ** (2 * pair / features)
        self.register_buffer("cos", angle.cos().to(torch.float32), persistent=False)
        self.register_buffer("sin", angle.sin().to(torch.float32), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length, features) to the same shape."""
        first, second = x[..., 0::2], x[..., 1::2]
        turned = (first * self.cos - second * self.sin, first * self.sin + second * self.cos)
        return torch.stack(turned, -1).flatten(-2)
