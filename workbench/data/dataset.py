"""Data as training sees them: arrays in memory, with names and splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.graph.facts import Facts
from workbench.graph.project import Task
from workbench.layers.base import DType, TensorSpec

if TYPE_CHECKING:
    from workbench.data.texts import Tokenizer

Kind = Literal["image", "table", "sequence", "array"]
"""How a sample is best shown: image is channels × height × width, sequence is time × features."""

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")

_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\r": "↵", "\t": "→"})
"""Characters that a token can't be seen by."""


@dataclass(frozen=True)
class Source:
    """What a format read: samples, targets and names, before splitting.

    ``inputs``: (N, *sample shape); uint8, float32 or int64. Images are (N, channels, height, width). A format
    may give texts, (N,) of str: `load` turns them into ids once it is known which samples train.
    ``scale``: what a network sees is ``inputs * scale`` as float32 (1/255 for uint8 images); int64 inputs
    are ids and never scaled.
    ``targets``: (N,) int64 class numbers, or (N,) float32 values.
    ``given_test``: indices of the samples that the source itself sets apart for testing, or None.
    """

    name: str
    kind: Kind
    task: Task
    inputs: NDArray[np.generic]
    targets: NDArray[np.generic]
    scale: float = 1.0
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    """Of ids: the n-th is the token of id n. Empty where they have no words; ids may go beyond it."""
    tokenizer: Tokenizer | None = None
    """How texts became the ids that these are, and how others will."""
    target: str = "target"
    given_test: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    """Sentences on what was done while reading: "3 rows without a target were left out"."""

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.inputs.shape[1:])

    @property
    def input_dtype(self) -> DType:
        """What the network gets: int64 for ids, else float32."""
        return "int64" if self.inputs.dtype == np.int64 else "float32"

    @property
    def facts(self) -> Facts:
        """What checking a stack must know of the data."""
        sample = TensorSpec(self.sample_shape, self.input_dtype)
        return Facts(sample, self.task, len(self.classes), self.ids)

    @cached_property
    def ids(self) -> int:
        """How many ids an Embedding must know, from 0 to the largest; 0 where samples are measurements."""
        if self.tokenizer is not None:
            return len(self.tokenizer.vocabulary)
        return int(self.inputs.max(initial=-1)) + 1 if self.input_dtype == "int64" else 0

    def answer(self, index: int) -> str:
        """Return a sample's true answer in words: the name of its class, or its value."""
        value = self.targets[index]
        return self.classes[int(value)] if self.classes else f"{float(value):.4g}"

    def token(self, number: int) -> str:
        """Return an id's word as it can be shown: spaces as ␣, and #17 for one without a word.

        Where there is no vocabulary it is the number.
        """
        if not self.vocabulary:
            return str(number)
        word = self.vocabulary[number] if 0 <= number < len(self.vocabulary) else ""
        return word.translate(_VISIBLE) or f"#{number}"

    def batch(self, indices: NDArray[np.int64] | slice) -> NDArray[np.generic]:
        """Return samples as the network sees them: float32 scaled, or int64 ids."""
        chosen = self.inputs[indices]
        if self.input_dtype == "int64":
            return chosen
        return chosen.astype(np.float32) * np.float32(self.scale)


@dataclass(frozen=True)
class Dataset(Source):
    """A source with its samples shared out: every index is in exactly one split."""

    splits: Mapping[SplitName, NDArray[np.int64]] = field(default_factory=dict)
