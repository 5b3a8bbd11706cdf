"""Lookups of learned vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class EmbeddingBag(nn.EmbeddingBag):
    """One vector for all ids of a sample, looked up and then joined, which every engine runs."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, ids) to (batch, embedding_dim)."""
        vectors = F.embedding(x, self.weight)
        if self.padding_idx is None:
            if self.mode == "max":
                return vectors.amax(1)
            return vectors.mean(1) if self.mode == "mean" else vectors.sum(1)
        counts = (x != self.padding_idx).unsqueeze(-1)
        if self.mode == "max":
            largest = vectors.masked_fill(~counts, -torch.inf).amax(1)
            return largest.masked_fill(~counts.any(1), 0.0)
        total = (vectors * counts).sum(1)
        return total / counts.sum(1).clamp(min=1) if self.mode == "mean" else total
