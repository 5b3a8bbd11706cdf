"""Attention, with the weights of torch's own modules."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MultiheadAttention(nn.MultiheadAttention):
    """Attention of a sequence to itself, or to a memory (one sequence, or keys and values apart)."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        is_causal: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None
    ) -> Tensor:
        """(batch, time, embed_dim), (batch, memory, kdim) and (batch, memory, vdim) to the first shape."""
        key = query if key is None else key
        value = key if value is None else value
        mask = None
        if self.is_causal:  # True hides: a step sees none behind it
            sides = (query.shape[1], key.shape[1])
            mask = torch.ones(sides, dtype=torch.bool, device=query.device).triu(1)
        return super().forward(
            query, key, value, need_weights=False, attn_mask=mask, is_causal=self.is_causal
        )[0]


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """Self-attention and a feed-forward network, each with a residual connection and a norm."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        is_causal: bool = False,
    ) -> None:
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, True, norm_first, bias
        )
        self.is_causal = is_causal

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, d_model) to the same shape.

        Torch's own forward has a shortcut while not training that calls none of the parts; this one
        always calls them, so that each can be looked into.
        """
        mask = None
        if self.is_causal:  # True hides: a step sees none behind it
            sides = (x.shape[1], x.shape[1])
            mask = torch.ones(sides, dtype=torch.bool, device=x.device).triu(1)
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), mask, None, is_causal=self.is_causal)
            return x + self._ff_block(self.norm2(x))
        x = self.norm1(x + self._sa_block(x, mask, None, is_causal=self.is_causal))
        out: Tensor = self.norm2(x + self._ff_block(x))
        return out


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """Self-attention, attention to a memory, and a feed-forward network."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        is_causal: bool = False,
    ) -> None:
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, True, norm_first, bias
        )
        self.is_causal = is_causal

    def forward(self, target: Tensor, memory: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, d_model) and (batch, memory, d_model) to the first shape."""
        mask = None
        if self.is_causal:  # True hides: a step sees none behind it
            sides = (target.shape[1], target.shape[1])
            mask = torch.ones(sides, dtype=torch.bool, device=target.device).triu(1)
        return super().forward(target, memory, tgt_mask=mask, tgt_is_causal=self.is_causal)
