"""The recommender of two embeddings."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import Sigmoid
from workbench.layers.core import Embedding, Input
from workbench.layers.data import Cast
from workbench.layers.fields import Width
from workbench.layers.products import DotProduct
from workbench.layers.shape import Flatten
from workbench.layers.slices import Slice
from workbench.templates.base import Template
from workbench.templates.fields import Vocabulary
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class Recommender(Template):
    """Predicts what a user thinks of an item: the product of a vector learned for each."""

    name: ClassVar[str] = "recommender"
    title: ClassVar[str] = "Recommender"
    takes: ClassVar[tuple[Takes, ...]] = ("pairs of ids",)
    source: ClassVar[str] = "Koren, Bell, Volinsky 2009, Matrix factorization techniques"

    users: Vocabulary = Field(default=1000, description="Number of users; their ids are 0 and up.")
    items: Vocabulary = Field(default=1000, description="Number of items; their ids are 0 and up.")
    embedding_dim: Width = Field(default=32, description="Length of the vector of each user and item.")

    @property
    def published(self) -> Facts:
        """A user's id and an item's, each an input of its own, and a rating."""
        return Facts(TensorSpec((1,), "int64"), "regression")

    def misfit(self, facts: Facts) -> str:
        """Return why it can't take these data, or ""."""
        if facts.task == "classification" and facts.classes != 2:
            return f"{self.title} predicts a number or one of two classes; the target has {facts.classes}."
        return super().misfit(facts)

    def _standardizes(self, sample: TensorSpec) -> bool:
        """Ids mean nothing as numbers."""
        return False

    def _enter(self, stack: StackWriter, facts: Facts | None) -> None:
        if facts:
            super()._enter(stack, facts)
            return
        stack.add(Input(shape=(1,), dtype="int64"), "user")
        stack.add(Input(shape=(1,), dtype="int64"), "item")

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        sources = ("user", "item")
        if facts.sample.shape == (2,):  # data have both in one sample
            if facts.sample.dtype == "float32":
                stack.add(Cast(dtype="int64"), "ids")
            pair = stack.last
            sources = (
                stack.add(Slice(stop=1), "user", reads=pair),
                stack.add(Slice(start=1), "item", reads=pair),
            )
        vectors = []
        for source, count in zip(sources, (self.users, self.items), strict=True):
            embedding = Embedding(num_embeddings=count, embedding_dim=self.embedding_dim)
            stack.add(embedding, f"{source}_embedding", reads=source)
            vectors.append(stack.add(Flatten(), f"{source}_vector"))
        stack.add(DotProduct(), "product", reads=(vectors[0], vectors[1]))
        if facts.task == "classification":
            stack.add(Sigmoid(), "probability")
