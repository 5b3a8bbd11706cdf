"""The convolutional network for sentences."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv1d
from workbench.layers.core import Embedding, Linear
from workbench.layers.fields import Probability, Width
from workbench.layers.joins import Concat
from workbench.layers.pool_to import GlobalMaxPool
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Transpose
from workbench.templates.base import Template, outputs
from workbench.templates.fields import Vocabulary
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class TextCNN(Template):
    """Looks for short phrases by convolutions of three lengths, and keeps the best match of each."""

    name: ClassVar[str] = "text-cnn"
    title: ClassVar[str] = "Text CNN"
    takes: ClassVar[tuple[Takes, ...]] = ("ids",)
    source: ClassVar[str] = "Kim 2014, Convolutional neural networks for sentence classification"

    vocabulary: Vocabulary = Field(default=18_765, description="Number of different ids.")
    embedding_dim: Width = Field(default=300, description="Length of the vector of each id.")
    filters: Width = Field(default=100, description="Filters of each length: 3, 4 and 5 ids.")
    dropout: Probability = Field(
        default=0.5, description="Chance that a feature is dropped before the scores."
    )

    @property
    def published(self) -> Facts:
        """Film reviews of at most 56 words, good or bad."""
        return Facts(TensorSpec((56,), "int64"), "classification", 2)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        stack.add(Embedding(num_embeddings=self.vocabulary, embedding_dim=self.embedding_dim), "embedding")
        words = stack.add(Transpose(), "channels_first")
        found = []
        for length in dict.fromkeys(min(length, facts.sample.shape[0]) for length in (3, 4, 5)):
            with stack.block(f"phrases{length}", f"Phrases of {length}"):
                stack.add(Conv1d(out_channels=self.filters, kernel_size=length), "conv", reads=words)
                found.append(stack.chain(ReLU(), GlobalMaxPool()))
        if len(found) > 1:
            stack.add(Concat(), "concat", reads=tuple(found))
        stack.add(Dropout(p=self.dropout), "drop")
        stack.add(Linear(out_features=outputs(facts)), "scores")
