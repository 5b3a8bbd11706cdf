"""Several inputs joined in one."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Add(nn.Module):
    """Sum of inputs; sides of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the sum, in the largest shape."""
        return reduce(torch.add, inputs)


class Multiply(nn.Module):
    """Element-wise product of inputs; sides of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the product, in the largest shape."""
        return reduce(torch.mul, inputs)


class Maximum(nn.Module):
    """Element-wise largest of inputs; sides of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the largest, in the largest shape."""
        return reduce(torch.maximum, inputs)


class Minimum(nn.Module):
    """Element-wise smallest of inputs; sides of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the smallest, in the largest shape."""
        return reduce(torch.minimum, inputs)


class Average(nn.Module):
    """Element-wise mean of inputs; sides of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the mean, in the largest shape."""
        return reduce(torch.add, inputs) / len(inputs)


class Subtract(nn.Module):
    """The first input less the second; sides of 1 are repeated."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the difference, in the larger shape."""
        return first - second


class Divide(nn.Module):
    """The first input divided by the second; sides of 1 are repeated."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the quotient, in the larger shape."""
        return first / second


class MatMul(nn.Module):
    """Matrix product of two inputs, the second turned on its side with ``transpose_b``."""

    def __init__(self, transpose_b: bool = False) -> None:
        super().__init__()
        self.transpose_b = transpose_b

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """(batch, ..., n, m) and (batch, ..., m, k), or (batch, ..., k, m), to (batch, ..., n, k)."""
        return first @ (second.transpose(-1, -2) if self.transpose_b else second)


class DotProduct(nn.Module):
    """Sum of the products of two inputs over the last dimension, which stays with length 1."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """(batch, ..., features) twice to (batch, ..., 1)."""
        return (first * second).sum(-1, keepdim=True)


class CosineSimilarity(nn.Module):
    """Cosine of the angle between two inputs over the last dimension, which stays with length 1."""

    def __init__(self, eps: float = 1e-8) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """(batch, ..., features) twice to (batch, ..., 1)."""
        return F.cosine_similarity(first, second, -1, self.eps).unsqueeze(-1)


class Concat(nn.Module):
    """Inputs joined along a dimension."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the inputs, one behind the other along ``dim``."""
        return torch.cat(inputs, self.dim)


class Stack(nn.Module):
    """Inputs of one shape joined along a new dimension."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the inputs side by side along a new ``dim``."""
        return torch.stack(inputs, self.dim)


class Reparameterize(nn.Module):
    """A sample of a normal distribution while training, its mean otherwise (Kingma & Welling 2014)."""

    def forward(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """Mean and logarithm of the variance, of one shape, to that shape."""
        if not self.training:
            return mean
        return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
