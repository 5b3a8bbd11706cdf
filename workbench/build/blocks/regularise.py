"""What acts at random while training."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class DropPath(nn.Module):
    """Stochastic depth (Huang et al. 2016): whole samples dropped while training, the others scaled up."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, batch first, to the same shape."""
        if not self.training:
            return x
        kept = x.new_empty((x.shape[0],) + (1,) * (x.dim() - 1)).bernoulli_(1 - self.p)
        return x * kept / (1 - self.p)

    def extra_repr(self) -> str:
        """As torch's own layers show their params."""
        return f"p={self.p}"


class GaussianNoise(nn.Module):
    """Normal noise of deviation ``std``, added while training."""

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return x + torch.randn_like(x) * self.std if self.training else x

    def extra_repr(self) -> str:
        """As torch's own layers show their params."""
        return f"std={self.std}"


class RReLU(nn.RReLU):
    """torch's own; out of training it is written as the LeakyReLU that it then is, which ONNX has."""

    def forward(self, input: Tensor) -> Tensor:
        """Any shape to the same shape."""
        return super().forward(input) if self.training else F.leaky_relu(input, (self.lower + self.upper) / 2)
