"""Activation functions, applied element by element."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Misfit, TensorSpec
from workbench.layers.plain import Plain


class _Activation(Plain):
    """What activations share."""

    group: ClassVar[Group] = "activation"


class ReLU(_Activation):
    """Keeps positive values and sets negative ones to zero."""

    words: ClassVar[tuple[str, ...]] = ("relu",)


class LeakyReLU(_Activation):
    """Keeps positive values and lets a small share of negative ones through."""

    words: ClassVar[tuple[str, ...]] = ("leakyrelu", "leaky", "lrelu")
    typed: ClassVar[tuple[str, ...]] = ("negative_slope",)

    negative_slope: float = Field(default=0.01, ge=0, le=10, description="Slope below zero.")


class PReLU(_Activation):
    """LeakyReLU whose slope below zero is learned."""

    words: ClassVar[tuple[str, ...]] = ("prelu",)

    per_channel: bool = Field(default=False, description="Learn a slope for each channel, not one for all.")
    init: float = Field(default=0.25, ge=-10, le=10, description="Slope that learning starts from.")

    def call(self, *inputs: TensorSpec) -> Call:
        slopes = (inputs[0].shape[0],) if self.per_channel else ()
        return Call("nn.PReLU", slopes, self.changed("init"))


class RReLU(_Activation):
    """LeakyReLU with a random slope while training, and the mean slope afterwards."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("rrelu",)
    typed: ClassVar[tuple[str, ...]] = ("lower", "upper")

    lower: float = Field(default=0.125, ge=0, le=10, description="Smallest slope below zero.")
    upper: float = Field(default=1 / 3, ge=0, le=10, description="Largest slope below zero.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or self.lower <= self.upper:
            return found
        return Misfit(
            f"The smallest slope {self.lower:g} is larger than the largest, {self.upper:g}. Swap them.",
            (Fix("Swap them", "set", params=(("lower", self.upper), ("upper", self.lower))),),
        )


class ReLU6(_Activation):
    """Keeps values between 0 and 6 and cuts off the rest; usual in small networks for phones."""

    words: ClassVar[tuple[str, ...]] = ("relu6",)


class GELU(_Activation):
    """Weighs each value by how likely a normal variable lies below it; usual in transformers."""

    words: ClassVar[tuple[str, ...]] = ("gelu",)

    approximate: Literal["none", "tanh"] = Field(
        default="none", description="tanh is a faster approximation."
    )


class SiLU(_Activation):
    """Multiplies each value by its sigmoid; smooth, also called swish."""

    words: ClassVar[tuple[str, ...]] = ("silu", "swish")


class Mish(_Activation):
    """Multiplies each value by the tanh of its softplus; smooth, as SiLU."""

    words: ClassVar[tuple[str, ...]] = ("mish",)


class ELU(_Activation):
    """Keeps positive values and bends negative ones smoothly towards -alpha."""

    words: ClassVar[tuple[str, ...]] = ("elu",)
    typed: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = Field(default=1.0, gt=0, le=100, description="How far negative values reach.")


class SELU(_Activation):
    """ELU scaled so that mean 0 and deviation 1 are kept from layer to layer."""

    words: ClassVar[tuple[str, ...]] = ("selu",)


class CELU(_Activation):
    """ELU whose slope has no jump at zero, whatever alpha is."""

    words: ClassVar[tuple[str, ...]] = ("celu",)
    typed: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = Field(default=1.0, gt=0, le=100, description="How far negative values reach.")


class Tanh(_Activation):
    """Squeezes values into -1 to 1."""

    words: ClassVar[tuple[str, ...]] = ("tanh",)


class Sigmoid(_Activation):
    """Squeezes values into 0 to 1, as a probability."""

    words: ClassVar[tuple[str, ...]] = ("sigmoid",)


class LogSigmoid(_Activation):
    """The logarithm of the sigmoid, without loss of precision."""

    words: ClassVar[tuple[str, ...]] = ("logsigmoid",)


class Softplus(_Activation):
    """A smooth ReLU: always positive."""

    words: ClassVar[tuple[str, ...]] = ("softplus",)

    beta: float = Field(default=1.0, gt=0, le=1000, description="How sharp the bend at zero is.")
    threshold: float = Field(
        default=20.0, ge=0, le=1000, description="Values that times beta are above it are handed on as are."
    )


class Softsign(_Activation):
    """Squeezes values into -1 to 1 more gently than Tanh: x / (1 + |x|)."""

    words: ClassVar[tuple[str, ...]] = ("softsign",)


class Tanhshrink(_Activation):
    """What Tanh takes away: x - tanh(x)."""

    words: ClassVar[tuple[str, ...]] = ("tanhshrink",)
