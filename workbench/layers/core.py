"""The layers that nearly every network has."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers.base import Call, DType, Group, Layer, TensorSpec, short
from workbench.layers.fields import Epsilon, Probability, Width


class Input(Layer):
    """Where samples enter: the shape of one sample, without the batch dimension."""

    group: ClassVar[Group] = "data"
    arity: ClassVar[tuple[int, int | None]] = (0, 0)
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")
    words: ClassVar[tuple[str, ...]] = ("input",)
    typed: ClassVar[tuple[str, ...]] = ("shape",)

    shape: Annotated[
        tuple[Width, ...],
        Field(min_length=1, max_length=6, description="Shape of one sample, such as 1×28×28 or 30."),
    ]
    dtype: DType = Field(default="float32", description="float32 for numbers, int64 for ids of tokens.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Identity")

    def summary(self) -> str:
        return short(self.shape)


class Linear(Layer):
    """Weighs every input feature for every output feature and adds a bias."""

    ranks: ClassVar[tuple[int, ...]] = (1, 2)
    expects: ClassVar[str] = "a vector of features, or a sequence of them"
    words: ClassVar[tuple[str, ...]] = ("linear", "fc", "dense")
    typed: ClassVar[tuple[str, ...]] = ("out_features",)

    out_features: Width = Field(default=64, description="Number of output features.")
    bias: bool = Field(default=True, description="Add a learned offset to each output.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Linear", (inputs[0].shape[-1], self.out_features), self.changed("bias"))


class Flatten(Layer):
    """Lays all dimensions of a sample out in one row."""

    words: ClassVar[tuple[str, ...]] = ("flatten", "flat")
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Flatten")


class Dropout(Layer):
    """Sets random features to zero while training, against overfitting."""

    words: ClassVar[tuple[str, ...]] = ("dropout", "drop")
    typed: ClassVar[tuple[str, ...]] = ("p",)

    p: Probability = Field(default=0.5, description="Chance that a feature is dropped.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Dropout", (self.p,))


class Embedding(Layer):
    """Looks a learned vector up for each id."""

    dtypes: ClassVar[tuple[DType, ...]] = ("int64",)
    words: ClassVar[tuple[str, ...]] = ("embedding", "emb")
    typed: ClassVar[tuple[str, ...]] = ("num_embeddings", "embedding_dim")

    num_embeddings: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=10_000, description="Number of different ids."
    )
    embedding_dim: Width = Field(default=64, description="Length of each vector.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Embedding", (self.num_embeddings, self.embedding_dim))


class Standardize(Layer):
    """Shifts and scales to mean 0 and deviation 1, as measured on the training split.

    Its figures are measured once, before the first step, and travel with the weights and the export, so
    that an exported model takes and gives values in the data's own units.
    """

    group: ClassVar[Group] = "data"
    words: ClassVar[tuple[str, ...]] = ("standardize", "standardise", "scale")

    invert: bool = Field(
        default=False,
        description="Turn standardised predictions back into the target's units. Belongs at the end.",
    )
    eps: Epsilon = Field(default=1e-7, description="Smallest deviation that is divided by.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Standardize", (inputs[0].shape,), self.changed("invert", "eps"))

    def summary(self) -> str:
        return "invert" if self.invert else ""
