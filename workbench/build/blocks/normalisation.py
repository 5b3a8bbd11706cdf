"""Normalisation that torch.nn lacks."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Normalize(nn.Module):
    """Vectors along a dimension, scaled to length 1."""

    def __init__(self, order: float = 2.0, dim: int = 1, eps: float = 1e-12) -> None:
        super().__init__()
        self.order = order
        self.dim = dim
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return F.normalize(x, self.order, self.dim, self.eps)
