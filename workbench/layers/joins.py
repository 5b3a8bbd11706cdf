"""Layers that put their inputs together along a dimension."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.dims import axis_of, missing_dim
from workbench.layers.fields import Dim


def joinable(inputs: tuple[TensorSpec, ...]) -> int | None:
    """The first dimension (the batch being 0) along which inputs can be put one behind the other."""
    rank = len(inputs[0].shape)
    if any(len(spec.shape) != rank for spec in inputs):
        return None
    for axis in range(rank):
        if len({spec.shape[:axis] + spec.shape[axis + 1 :] for spec in inputs}) == 1:
            return axis + 1
    return None


class Concat(Layer):
    """Puts its inputs one behind the other along a dimension."""

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, None)
    words: ClassVar[tuple[str, ...]] = ("concat", "cat")

    dim: int = Field(
        default=1, ge=-5, le=6, description="Dimension to join along, the batch being 0: 1 is channels."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Concat", (self.dim,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found:
            return found
        rank = len(inputs[0].shape)
        axis = axis_of(self.dim, rank)
        alike = all(len(spec.shape) == rank for spec in inputs)
        if axis is not None and alike and len({s.shape[:axis] + s.shape[axis + 1 :] for s in inputs}) == 1:
            return None
        got = " and ".join(map(str, inputs))
        remove = Fix("Remove Concat", "remove")
        if not alike:
            what = f"Concat joins inputs with as many dimensions each, but gets {got}."
            return Misfit(f"{what} Put a Flatten before the larger one.", (remove,))
        what = f"Concat needs inputs alike but for dimension {self.dim}, and gets {got}."
        if axis is None:
            what = f"Dimension {self.dim} is not one of the {rank} that the inputs have ({got})."
        dim = joinable(inputs)
        if dim is None:
            return Misfit(f"{what} Choose other inputs.", (remove,))
        fix = Fix(f"Join along dimension {dim}", "set", params=(("dim", dim),))
        return Misfit(f"{what} Join along dimension {dim}.", (fix, remove))

    def summary(self) -> str:
        return "" if self.dim == 1 else f"dim {self.dim}"


class Stack(Layer):
    """Puts its inputs side by side along a new dimension, such as images to a video."""

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, None)
    words: ClassVar[tuple[str, ...]] = ("stack",)

    dim: Dim = Field(default=1, description="Place of the new dimension, the batch being 0; -1 is the last.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Stack", (self.dim,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or len({spec.shape for spec in inputs}) == 1:
            return found or missing_dim(self, "dim", inputs[0], extra=1)
        got = " and ".join(map(str, inputs))
        fixes = [Fix("Remove Stack", "remove")]
        dim = joinable(inputs)
        if dim:
            fixes.insert(0, Fix("Use Concat", "replace", "Concat", (("dim", dim),)))
        hint = "Choose other inputs, or use Concat." if dim else "Choose other inputs."
        return Misfit(f"Stack joins inputs of one shape, but gets {got}. {hint}", tuple(fixes))

    def summary(self) -> str:
        return "" if self.dim == 1 else f"dim {self.dim}"
