"""Plain arithmetic on each value."""

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.dims import axis_of, missing_dim
from workbench.layers.fields import Dim, Epsilon

Number = Annotated[float, Field(ge=-1e9, le=1e9)]


class _Each(Layer):
    """A function of each value by itself."""

    group: ClassVar[Group] = "arithmetic"

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(self.type(), (), self.changed(*type(self).model_fields))


class Scale(_Each):
    """Multiplies by a factor and adds an offset."""

    words: ClassVar[tuple[str, ...]] = ("scale", "affine")
    typed: ClassVar[tuple[str, ...]] = ("factor", "offset")

    factor: Number = Field(default=1.0, description="What each value is multiplied by.")
    offset: Number = Field(default=0.0, description="What is then added to it.")
    learned: bool = Field(default=False, description="Learn one factor and one offset, from these values on.")


class LayerScale(Layer):
    """Multiplies each channel by a learned factor that starts small, before a residual Add.

    Touvron et al. 2021, "Going deeper with image transformers".
    """

    group: ClassVar[Group] = "arithmetic"
    words: ClassVar[tuple[str, ...]] = ("layerscale",)
    typed: ClassVar[tuple[str, ...]] = ("init_value",)

    init_value: float = Field(default=1e-5, ge=-1e3, le=1e3, description="Factor at the start.")
    dim: Dim = Field(
        default=1, description="Dimension of the channels, the batch being 0: 1 for images, -1 for sequences."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        shape = inputs[0].shape
        axis = axis_of(self.dim, len(shape))
        sides = tuple(side if at == axis else 1 for at, side in enumerate(shape))
        return Call("LayerScale", (sides, self.init_value))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])


class Clamp(_Each):
    """Cuts values to lie between two bounds."""

    words: ClassVar[tuple[str, ...]] = ("clamp", "clip")
    typed: ClassVar[tuple[str, ...]] = ("min", "max")

    min: Number = Field(default=0.0, description="Smallest value that comes out.")
    max: Number = Field(default=1.0, description="Largest value that comes out.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Clamp", (self.min, self.max))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or self.min < self.max:
            return found
        return Misfit(
            f"min {self.min:g} is not below max {self.max:g}, so that nothing of the input is left. "
            "Use other bounds.",
            (
                Fix("Swap the bounds", "set", params=(("min", self.max), ("max", self.min)))
                if self.min > self.max
                else Fix("Remove Clamp", "remove"),
            ),
        )


class Abs(_Each):
    """Drops the sign of each value."""

    words: ClassVar[tuple[str, ...]] = ("abs", "absolute")


class Neg(_Each):
    """Turns the sign of each value."""

    words: ClassVar[tuple[str, ...]] = ("neg", "negate")


class Exp(_Each):
    """Raises e to the power of each value."""

    words: ClassVar[tuple[str, ...]] = ("exp",)


class Log(_Each):
    """Natural logarithm of each value."""

    words: ClassVar[tuple[str, ...]] = ("log",)

    eps: Epsilon = Field(default=1e-6, description="Values below it count as it.")


class Sqrt(_Each):
    """Square root of each value."""

    words: ClassVar[tuple[str, ...]] = ("sqrt",)

    eps: Epsilon = Field(default=1e-12, description="Values below it count as it.")


class Pow(_Each):
    """Raises each value to a power; fractional ones need inputs of zero or more."""

    words: ClassVar[tuple[str, ...]] = ("pow", "power", "square")
    typed: ClassVar[tuple[str, ...]] = ("exponent",)

    exponent: float = Field(default=2.0, ge=-100, le=100, description="The power.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Pow", (self.exponent,))


class Reciprocal(_Each):
    """Divides one by each value."""

    words: ClassVar[tuple[str, ...]] = ("reciprocal", "inverse")
