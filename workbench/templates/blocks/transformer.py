"""The Transformer block, of single layers, so that each can be seen and changed."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import GELU
from workbench.layers.attention import MultiheadAttention
from workbench.layers.core import Linear
from workbench.layers.fields import Probability, Whole, Width
from workbench.layers.merge import Add
from workbench.layers.norm_sample import LayerNorm
from workbench.layers.regularise import Dropout
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.writer import StackWriter


class TransformerBlock(LayerBlock):
    """Self-attention and two dense layers, each normalised first and with a skip connection."""

    title: ClassVar[str] = "Transformer"
    source: ClassVar[str] = "Vaswani et al. 2017, Attention is all you need; norms first as in GPT-2"
    group: ClassVar[Group] = "attention"
    words: ClassVar[tuple[str, ...]] = ("transformer", "transformerblock", "selfattentionblock")
    typed: ClassVar[tuple[str, ...]] = ("num_heads", "mlp_ratio")

    num_heads: Whole = Field(default=4, description="Attention heads; fewer if they don't divide the width.")
    mlp_ratio: Whole = Field(default=4, description="How many times wider the dense layers are inside.")
    dropout: Probability = Field(default=0.1, description="Chance that a feature is dropped in training.")
    is_causal: bool = Field(default=False, description="Let each step see only itself and earlier ones.")
    width: Width = Field(default=64, description="Features of a step, where the layer above doesn't say.")

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write both halves, for a sequence (time × features)."""
        width = spec.shape[-1] if spec is not None and len(spec.shape) == 2 else self.width
        heads = even_heads(width, self.num_heads)
        attention = MultiheadAttention(num_heads=heads, dropout=self.dropout, is_causal=self.is_causal)
        entrance = stack.last
        trunk = stack.chain(LayerNorm(), attention, Dropout(p=self.dropout))
        middle = stack.add(Add(), reads=(trunk, entrance))
        trunk = stack.chain(
            LayerNorm(),
            Linear(out_features=self.mlp_ratio * width),
            GELU(),
            Linear(out_features=width),
            Dropout(p=self.dropout),
        )
        stack.add(Add(), reads=(trunk, middle))


def even_heads(width: int, most: int) -> int:
    """Return the largest number of heads, ``most`` at most, that divides a width evenly."""
    return max(count for count in range(1, min(most, width) + 1) if width % count == 0)
