"""The layers that nearly every network has."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, DType, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import Epsilon, Width
from workbench.layers.ids import wants_ids, within


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


class Output(Layer):
    """Marks a further answer of the stack; the last layer is always the main one.

    It passes its input on unchanged, so that a stack may answer from its middle too.
    """

    group: ClassVar[Group] = "data"
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")
    words: ClassVar[tuple[str, ...]] = ("output", "out")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Identity")


class Linear(Layer):
    """Weighs every input feature for every output feature and adds a bias.

    Features are the last dimension: of a sequence each step is taken by itself. torch would take the rows of
    an image for features too, which is hardly ever meant; so images are refused, and the fix is a Flatten.
    """

    ranks: ClassVar[tuple[int, ...]] = (1, 2)
    expects: ClassVar[str] = "a vector of features, or a sequence of them"
    words: ClassVar[tuple[str, ...]] = ("linear", "fc", "dense")
    typed: ClassVar[tuple[str, ...]] = ("out_features",)

    out_features: Width = Field(default=64, description="Number of output features.")
    bias: bool = Field(default=True, description="Add a learned offset to each output.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Linear", (inputs[0].shape[-1], self.out_features), self.changed("bias"))


class Bilinear(Layer):
    """Weighs every pair of features of two inputs for every output feature, and adds a bias."""

    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[tuple[str, ...]] = ("bilinear",)
    typed: ClassVar[tuple[str, ...]] = ("out_features",)

    out_features: Width = Field(default=64, description="Number of output features.")
    bias: bool = Field(default=True, description="Add a learned offset to each output.")

    def call(self, *inputs: TensorSpec) -> Call:
        widths = tuple(spec.shape[-1] for spec in inputs)
        return Call("nn.Bilinear", (*widths, self.out_features), self.changed("bias"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or inputs[0].shape[:-1] == inputs[1].shape[:-1]:
            return found
        return Misfit(
            f"Bilinear needs inputs alike but for their last dimension, and gets {inputs[0]} and "
            f"{inputs[1]}. Choose other inputs.",
            (Fix("Remove Bilinear", "remove"),),
        )


class Identity(Layer):
    """Passes its input on unchanged: a place to name, or an empty branch."""

    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")
    words: ClassVar[tuple[str, ...]] = ("identity",)

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Identity")


class Embedding(Layer):
    """Looks a learned vector up for each id."""

    dtypes: ClassVar[tuple[DType, ...]] = ("int64",)
    words: ClassVar[tuple[str, ...]] = ("embedding", "emb")
    typed: ClassVar[tuple[str, ...]] = ("num_embeddings", "embedding_dim")

    num_embeddings: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=10_000, description="Number of different ids."
    )
    embedding_dim: Width = Field(default=64, description="Length of each vector.")
    padding_idx: Annotated[int, Field(ge=0, le=9_999_999)] | None = Field(
        default=None, description="Id that stands for nothing: its vector stays zero. Empty is none."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Embedding", (self.num_embeddings, self.embedding_dim), self.changed("padding_idx"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = wants_ids(self, inputs[0]) or super().misfit(*inputs)
        return found or within(self, "padding_idx", "num_embeddings")


class EmbeddingBag(Layer):
    """Looks a learned vector up for each id and joins them all in one: a bag of words."""

    ranks: ClassVar[tuple[int, ...]] = (1,)
    expects: ClassVar[str] = "a row of ids"
    dtypes: ClassVar[tuple[DType, ...]] = ("int64",)
    words: ClassVar[tuple[str, ...]] = ("embeddingbag", "bag")
    typed: ClassVar[tuple[str, ...]] = ("num_embeddings", "embedding_dim")

    num_embeddings: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=10_000, description="Number of different ids."
    )
    embedding_dim: Width = Field(default=64, description="Length of each vector.")
    mode: Literal["mean", "sum", "max"] = Field(default="mean", description="How the vectors are joined.")
    padding_idx: Annotated[int, Field(ge=0, le=9_999_999)] | None = Field(
        default=None, description="Id that stands for nothing and isn't counted. Empty is none."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("mode", "padding_idx")
        return Call("EmbeddingBag", (self.num_embeddings, self.embedding_dim), options)

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = wants_ids(self, inputs[0]) or super().misfit(*inputs)
        return found or within(self, "padding_idx", "num_embeddings")

    def summary(self) -> str:
        return f"{super().summary()} · {self.mode}"


class Standardize(Layer):
    """Shifts and scales to mean 0 and deviation 1, as measured on the training split.

    Its figures are measured once, before the first step, and travel with the weights and the export, so
    that an exported model takes and gives values in the data's own units.
    """

    group: ClassVar[Group] = "data"
    words: ClassVar[tuple[str, ...]] = ("standardize", "standardise")

    invert: bool = Field(
        default=False,
        description="Turn standardised predictions back into the target's units. Belongs at the end.",
    )
    eps: Epsilon = Field(default=1e-7, description="Smallest deviation that is divided by.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Standardize", (inputs[0].shape,), self.changed("invert", "eps"))

    def summary(self) -> str:
        return "invert" if self.invert else ""
