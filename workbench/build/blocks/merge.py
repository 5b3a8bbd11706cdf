"""Several inputs joined in one."""

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
