"""Recurrent networks for sequences of ids or measurements."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.core import Embedding, Linear
from workbench.layers.fields import Probability, Width
from workbench.layers.recurrent import GRU, LSTM
from workbench.layers.regularise import Dropout
from workbench.templates.base import Answers, Template, outputs
from workbench.templates.fields import Depth, Vocabulary
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class _Reading(Template):
    """What both share: ids are looked up, measurements are read as they are."""

    takes: ClassVar[tuple[Takes, ...]] = ("ids", "sequence")

    vocabulary: Vocabulary = Field(default=10_000, description="Number of different ids.")
    embedding_dim: Width = Field(default=128, description="Length of the vector of each id.")
    hidden_size: Width = Field(default=128, description="Features of the state, in each direction.")
    num_layers: Depth = Field(default=1, description="Recurrent layers stacked on each other.")
    dropout: Probability = Field(
        default=0.5, description="Chance that a feature is dropped before the scores."
    )

    def _read(self, stack: StackWriter, facts: Facts) -> None:
        if facts.sample.dtype == "int64":
            embedding = Embedding(num_embeddings=self.vocabulary, embedding_dim=self.embedding_dim)
            stack.add(embedding, "embedding")

    def _score(self, stack: StackWriter, facts: Facts) -> None:
        stack.add(Dropout(p=self.dropout), "drop")
        stack.add(Linear(out_features=outputs(facts)), "scores")


class BiLSTM(_Reading):
    """Reads a sequence in both directions and answers from the two final states."""

    name: ClassVar[str] = "bilstm"
    title: ClassVar[str] = "BiLSTM classifier"
    source: ClassVar[str] = (
        "Graves, Schmidhuber 2005, Framewise phoneme classification with bidirectional LSTM"
    )

    @property
    def published(self) -> Facts:
        """Film reviews of 200 words, good or bad: the usual exercise."""
        return Facts(TensorSpec((200,), "int64"), "classification", 2)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        self._read(stack, facts)
        lstm = LSTM(hidden_size=self.hidden_size, num_layers=self.num_layers, bidirectional=True)
        stack.add(lstm, "lstm")
        self._score(stack, facts)


class GRUTagger(_Reading):
    """Scores every step of a sequence, such as the part of speech of every word."""

    name: ClassVar[str] = "gru-tagger"
    title: ClassVar[str] = "GRU tagger"
    answers: ClassVar[Answers] = "each step"
    source: ClassVar[str] = "Cho et al. 2014 (GRU); Huang, Xu, Yu 2015 (tagging)"

    @property
    def published(self) -> Facts:
        """Sentences of 50 words, and the 17 universal parts of speech."""
        return Facts(TensorSpec((50,), "int64"), "classification", 17)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        self._read(stack, facts)
        gru = GRU(
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=True,
            returns="sequence",
        )
        stack.add(gru, "gru")
        self._score(stack, facts)
