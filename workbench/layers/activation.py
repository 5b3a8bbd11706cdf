"""Activation functions, applied element by element (Softmax: over the last dimension)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Group, Layer, TensorSpec


class _Activation(Layer):
    """An activation without params."""

    group: ClassVar[Group] = "activation"

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(f"nn.{self.__class__.__name__}")


class ReLU(_Activation):
    """Keeps positive values and sets negative ones to zero."""

    words: ClassVar[tuple[str, ...]] = ("relu",)


class LeakyReLU(_Activation):
    """Keeps positive values and lets a small share of negative ones through."""

    words: ClassVar[tuple[str, ...]] = ("leakyrelu", "leaky", "lrelu")
    typed: ClassVar[tuple[str, ...]] = ("negative_slope",)

    negative_slope: float = Field(default=0.01, ge=0, le=10, description="Slope below zero.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.LeakyReLU", (self.negative_slope,))


class GELU(_Activation):
    """Weighs each value by how likely a normal variable lies below it; usual in transformers."""

    words: ClassVar[tuple[str, ...]] = ("gelu",)

    approximate: Literal["none", "tanh"] = Field(
        default="none", description="tanh is a faster approximation."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.GELU", (), self.changed("approximate"))


class SiLU(_Activation):
    """Multiplies each value by its sigmoid; smooth, also called swish."""

    words: ClassVar[tuple[str, ...]] = ("silu", "swish")


class ELU(_Activation):
    """Keeps positive values and bends negative ones smoothly towards -alpha."""

    words: ClassVar[tuple[str, ...]] = ("elu",)
    typed: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = Field(default=1.0, gt=0, le=100, description="How far negative values reach.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.ELU", (self.alpha,))


class Tanh(_Activation):
    """Squeezes values into -1 to 1."""

    words: ClassVar[tuple[str, ...]] = ("tanh",)


class Sigmoid(_Activation):
    """Squeezes values into 0 to 1, as a probability."""

    words: ClassVar[tuple[str, ...]] = ("sigmoid",)


class Softmax(_Activation):
    """Turns scores into probabilities that add up to 1, over the last dimension."""

    words: ClassVar[tuple[str, ...]] = ("softmax",)

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Softmax", (), (("dim", -1),))
