"""Pooling that torch.nn lacks, or that torch can't write as ONNX.

The adaptive layers are torch's own; while they are exported, they spell out the mean or maximum of each bin,
one direction after the other, because torch's exporter doesn't know their operators. Bin i of n along a side
of s spans from floor(i·s / n) to ceil((i + 1)·s / n).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GlobalAvgPool(nn.Module):
    """Mean of each channel."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, *positions) to (batch, channels)."""
        return x.flatten(2).mean(2)


class GlobalMaxPool(nn.Module):
    """Maximum of each channel."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, *positions) to (batch, channels)."""
        return x.flatten(2).amax(2)


class AdaptiveAvgPool3d(nn.AdaptiveAvgPool3d):
    """Mean of each bin; spelled out while it is exported, for ONNX."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, depth, height, width) to output_size in all but the first two."""
        if not torch.compiler.is_exporting():
            pooled: Tensor = super().forward(x)
            return pooled
        sizes = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 3
        for dim, size in enumerate(sizes, 2):
            side = x.shape[dim]
            count = size or side
            edges = [(i * side // count, -(-(i + 1) * side // count)) for i in range(count)]
            bins = [x.narrow(dim, start, stop - start) for start, stop in edges]
            x = torch.cat([values.mean(dim, keepdim=True) for values in bins], dim)
        return x


class AdaptiveMaxPool1d(nn.AdaptiveMaxPool1d):
    """Maximum of each bin; spelled out while it is exported, for ONNX."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, length) to output_size in all but the first two."""
        if not torch.compiler.is_exporting():
            pooled: Tensor = super().forward(x)
            return pooled
        sizes = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 1
        for dim, size in enumerate(sizes, 2):
            side = x.shape[dim]
            count = size or side
            edges = [(i * side // count, -(-(i + 1) * side // count)) for i in range(count)]
            bins = [x.narrow(dim, start, stop - start) for start, stop in edges]
            x = torch.cat([values.amax(dim, keepdim=True) for values in bins], dim)
        return x


class AdaptiveMaxPool2d(nn.AdaptiveMaxPool2d):
    """Maximum of each bin; spelled out while it is exported, for ONNX."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to output_size in all but the first two."""
        if not torch.compiler.is_exporting():
            pooled: Tensor = super().forward(x)
            return pooled
        sizes = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 2
        for dim, size in enumerate(sizes, 2):
            side = x.shape[dim]
            count = size or side
            edges = [(i * side // count, -(-(i + 1) * side // count)) for i in range(count)]
            bins = [x.narrow(dim, start, stop - start) for start, stop in edges]
            x = torch.cat([values.amax(dim, keepdim=True) for values in bins], dim)
        return x


class AdaptiveMaxPool3d(nn.AdaptiveMaxPool3d):
    """Maximum of each bin; spelled out while it is exported, for ONNX."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, depth, height, width) to output_size in all but the first two."""
        if not torch.compiler.is_exporting():
            pooled: Tensor = super().forward(x)
            return pooled
        sizes = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 3
        for dim, size in enumerate(sizes, 2):
            side = x.shape[dim]
            count = size or side
            edges = [(i * side // count, -(-(i + 1) * side // count)) for i in range(count)]
            bins = [x.narrow(dim, start, stop - start) for start, stop in edges]
            x = torch.cat([values.amax(dim, keepdim=True) for values in bins], dim)
        return x
