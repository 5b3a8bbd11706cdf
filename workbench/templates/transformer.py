"""Transformers that read ids: the encoder that classifies, and the decoder that goes on."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.attention import TransformerEncoderLayer
from workbench.layers.core import Embedding, Linear
from workbench.layers.fields import Probability, Whole, Width
from workbench.layers.norm_sample import LayerNorm
from workbench.layers.over_time import MeanOverTime
from workbench.layers.positional import LearnedPositions, SinusoidalPositions
from workbench.layers.regularise import Dropout
from workbench.templates.base import Answers, Template, outputs
from workbench.templates.blocks.transformer import even_heads
from workbench.templates.fields import Depth, Vocabulary
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class TransformerClassifier(Template):
    """Lets every step look at every other one, and answers from the mean of all steps."""

    name: ClassVar[str] = "transformer-encoder"
    title: ClassVar[str] = "Transformer encoder classifier"
    takes: ClassVar[tuple[Takes, ...]] = ("ids", "sequence")
    source: ClassVar[str] = "Vaswani et al. 2017, Attention is all you need"

    vocabulary: Vocabulary = Field(default=10_000, description="Number of different ids.")
    width: Width = Field(default=128, description="Features of each step.")
    depth: Depth = Field(default=2, description="Number of encoder layers.")
    num_heads: Whole = Field(default=4, description="Attention heads; fewer if they don't divide the width.")
    dropout: Probability = Field(default=0.1, description="Chance that a feature is dropped in training.")

    @property
    def published(self) -> Facts:
        """Film reviews of 200 words, good or bad: the usual exercise."""
        return Facts(TensorSpec((200,), "int64"), "classification", 2)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        if facts.sample.dtype == "int64":
            stack.add(Embedding(num_embeddings=self.vocabulary, embedding_dim=self.width), "embedding")
        else:
            stack.add(Linear(out_features=self.width), "embedding")
        stack.add(SinusoidalPositions(), "positions")
        encoders(stack, self.depth, self.width, self.num_heads, self.dropout)
        stack.add(MeanOverTime(), "mean")
        stack.add(Linear(out_features=outputs(facts)), "scores")


class GPT(Template):
    """Scores the id that comes next, at every step, from the steps up to it; small enough for one machine."""

    name: ClassVar[str] = "gpt"
    title: ClassVar[str] = "GPT, small"
    takes: ClassVar[tuple[Takes, ...]] = ("ids",)
    answers: ClassVar[Answers] = "each step"
    source: ClassVar[str] = "Radford et al. 2019, GPT-2; sizes of Karpathy's nanoGPT for characters"

    vocabulary: Vocabulary = Field(default=65, description="Number of different ids, read and scored.")
    context: Whole = Field(default=256, description="Ids that it reads, where there are no data to say so.")
    width: Width = Field(default=384, description="Features of each step.")
    depth: Depth = Field(default=6, description="Number of decoder layers.")
    num_heads: Whole = Field(default=6, description="Attention heads; fewer if they don't divide the width.")
    dropout: Probability = Field(default=0.2, description="Chance that a feature is dropped in training.")

    @property
    def published(self) -> Facts:
        """Characters of Shakespeare, 256 at a time."""
        return Facts(TensorSpec((self.context,), "int64"), "classification", self.vocabulary)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        stack.add(Embedding(num_embeddings=self.vocabulary, embedding_dim=self.width), "embedding")
        stack.add(LearnedPositions(), "positions")
        stack.add(Dropout(p=self.dropout), "drop")
        encoders(
            stack,
            self.depth,
            self.width,
            self.num_heads,
            self.dropout,
            "gelu",
            norm_first=True,
            is_causal=True,
        )
        stack.add(LayerNorm(), "norm")
        stack.add(Linear(out_features=self.vocabulary, bias=False), "scores")


def encoders(
    stack: StackWriter,
    depth: int,
    width: int,
    num_heads: int,
    dropout: float,
    activation: Literal["relu", "gelu"] = "relu",
    norm_first: bool = False,
    is_causal: bool = False,
) -> None:
    """Write encoder layers, all alike, whose dense layers are four times as wide inside, in one block."""
    layer = TransformerEncoderLayer(
        nhead=even_heads(width, num_heads),
        dim_feedforward=4 * width,
        dropout=dropout,
        activation=activation,
        norm_first=norm_first,
        is_causal=is_causal,
    )
    with stack.block("encoders", f"Transformer ×{depth}"):
        for number in range(1, depth + 1):
            stack.add(layer, f"layer{number}")
