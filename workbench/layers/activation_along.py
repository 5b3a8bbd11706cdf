"""Activations that look along a dimension: shares of a whole, and gates."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.dims import axis_of, missing_dim
from workbench.layers.fields import Dim


class _Along(Layer):
    """An activation along a dimension."""

    group: ClassVar[Group] = "activation"

    dim: Dim = Field(default=-1, description="Dimension to look along, the batch being 0; -1 is the last.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(f"nn.{self.type()}", (), (("dim", self.dim),))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])

    def summary(self) -> str:
        return "" if self.dim == -1 else f"dim {self.dim}"


class Softmax(_Along):
    """Turns scores into probabilities that add up to 1, over the last dimension or another."""

    words: ClassVar[tuple[str, ...]] = ("softmax",)


class LogSoftmax(_Along):
    """The logarithm of Softmax, without loss of precision."""

    words: ClassVar[tuple[str, ...]] = ("logsoftmax",)


class Softmin(_Along):
    """Softmax of the negated values: the smallest score gets the largest share."""

    words: ClassVar[tuple[str, ...]] = ("softmin",)


class GLU(_Along):
    """Halves the input along a dimension and gates one half with the sigmoid of the other."""

    words: ClassVar[tuple[str, ...]] = ("glu", "gatedlinear")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        shape = inputs[0].shape
        if found or shape[axis_of(self.dim, len(shape)) or 0] % 2 == 0:
            return found
        even = [number + 1 for number, side in enumerate(shape) if side % 2 == 0]
        fixes = [Fix(f"Use dimension {dim}", "set", params=(("dim", dim),)) for dim in even]
        hint = f"Use dimension {even[0]}." if even else "Make its width even above."
        return Misfit(
            f"GLU halves dimension {self.dim}, which has an odd side in {inputs[0]}. {hint}",
            (*fixes, Fix("Remove GLU", "remove")),
        )
