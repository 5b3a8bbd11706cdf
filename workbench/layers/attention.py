"""Attention over sequences (time × features)."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Epsilon, Probability, Whole, Width


class _Attention(Layer):
    """What attention layers share."""

    group: ClassVar[Group] = "attention"
    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (time × features)"
    heads: ClassVar[str] = "nhead"
    """The param that holds the number of heads."""

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        features, heads = inputs[0].shape[-1], getattr(self, self.heads)
        if found or features % heads == 0:
            return found
        best = max(h for h in range(1, min(heads, features) + 1) if features % h == 0)
        use = f"{best} head{'' if best == 1 else 's'}"
        fixes = [Fix(f"Use {use}", "set", params=((self.heads, best),))]
        wider = -(-features // heads) * heads
        if len(inputs) == 1 and wider <= 1_000_000:
            params = (("out_features", wider),)
            fixes.append(Fix(f"Insert Linear {wider}", "insert_before", "Linear", params))
        return Misfit(
            f"{heads} heads can't share {features} features evenly. Use {use}, or {wider} features.",
            tuple(fixes),
        )


class MultiheadAttention(_Attention):
    """Lets each step of a sequence look at all others, or at those of a second input, the memory.

    With one input it is self-attention; with two the first asks and the second is the memory; with three
    they are query, key and value.
    """

    arity: ClassVar[tuple[int, int | None]] = (1, 3)
    words: ClassVar[tuple[str, ...]] = ("attention", "attn", "mha", "selfattention", "crossattention")
    typed: ClassVar[tuple[str, ...]] = ("num_heads",)
    heads: ClassVar[str] = "num_heads"

    num_heads: Whole = Field(default=8, description="Parallel heads that share the features.")
    dropout: Probability = Field(default=0.0, description="Chance of dropping an attention weight.")
    bias: bool = Field(default=True, description="Learn offsets in the projections.")
    is_causal: bool = Field(default=False, description="Hide later steps from each step.")

    def call(self, *inputs: TensorSpec) -> Call:
        width = inputs[0].shape[-1]
        options = self.changed("dropout", "bias", "is_causal")
        if len(inputs) > 1 and {spec.shape[-1] for spec in inputs} != {width}:
            options += (("kdim", inputs[1].shape[-1]), ("vdim", inputs[-1].shape[-1]))
        return Call("MultiheadAttention", (width, self.num_heads), options)

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or len(inputs) < 3 or inputs[1].shape[0] == inputs[2].shape[0]:
            return found
        return Misfit(
            f"The key has {inputs[1].shape[0]} steps and the value {inputs[2].shape[0]}, but each step's key "
            "needs its value. Choose other inputs.",
            (Fix("Remove MultiheadAttention", "remove"),),
        )

    def summary(self) -> str:
        return f"{self.num_heads} heads{' causal' if self.is_causal else ''}"


class _Transformer(_Attention):
    """What the layers of a transformer share."""

    typed: ClassVar[tuple[str, ...]] = ("nhead", "dim_feedforward")

    nhead: Whole = Field(default=8, description="Parallel heads that share the features.")
    dim_feedforward: Width = Field(default=2048, description="Features within the feed-forward network.")
    dropout: Probability = Field(default=0.1, description="Chance that a feature is dropped.")
    activation: Literal["relu", "gelu"] = Field(
        default="relu", description="Activation within the feed-forward network."
    )
    layer_norm_eps: Epsilon = Field(default=1e-5, description="Added to the norms' variance, for stability.")
    norm_first: bool = Field(
        default=False, description="Normalise before attention and feed-forward, not after them."
    )
    bias: bool = Field(default=True, description="Learn offsets in the projections and norms.")
    is_causal: bool = Field(default=False, description="Hide later steps from each step.")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed(*(name for name in type(self).model_fields if name not in self.typed))
        return Call(self.type(), (inputs[0].shape[-1], self.nhead, self.dim_feedforward), options)

    def summary(self) -> str:
        return f"{self.nhead} heads · {self.dim_feedforward}{' causal' if self.is_causal else ''}"


class TransformerEncoderLayer(_Transformer):
    """Self-attention and a feed-forward network, each with a skip connection and a norm."""

    words: ClassVar[tuple[str, ...]] = ("encoder", "transformer", "transformerencoder")


class TransformerDecoderLayer(_Transformer):
    """As TransformerEncoderLayer, and in between attention to a second input, the memory."""

    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[tuple[str, ...]] = ("decoder", "transformerdecoder")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or inputs[0].shape[-1] == inputs[1].shape[-1]:
            return found
        return Misfit(
            f"The sequence has {inputs[0].shape[-1]} features and the memory {inputs[1].shape[-1]}, but they "
            f"must have as many. Put a Linear {inputs[0].shape[-1]} behind the memory.",
            (Fix("Remove TransformerDecoderLayer", "remove"),),
        )
