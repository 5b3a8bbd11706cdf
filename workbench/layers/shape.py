"""The same values in another shape."""

import math
from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers.base import Call, DType, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.dims import axis_of, missing_dim
from workbench.layers.fields import Dim, Side


class _Shape(Layer):
    """What takes values of any kind, in any shape."""

    group: ClassVar[Group] = "shape"
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")


class Flatten(_Shape):
    """Lays all dimensions of a sample out in one row."""

    words: ClassVar[tuple[str, ...]] = ("flatten", "flat")

    start_dim: Dim = Field(default=1, description="First dimension that is laid out, the batch being 0.")
    end_dim: Dim = Field(default=-1, description="Last dimension that is laid out; -1 is the last.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Flatten", (), self.changed("start_dim", "end_dim"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found, spec = super().misfit(*inputs), inputs[0]
        first, last = (axis_of(dim, len(spec.shape)) for dim in (self.start_dim, self.end_dim))
        if found or (first is not None and last is not None and first <= last):
            return found
        what = f"goes from {self.start_dim} to {self.end_dim}, which {spec} doesn't have in that order"
        return Misfit(
            f"Flatten {what}; 0 is the batch. Lay all dimensions out.",
            (Fix("Flatten all", "set", params=(("start_dim", 1), ("end_dim", -1))),),
        )

    def summary(self) -> str:
        return "" if (self.start_dim, self.end_dim) == (1, -1) else f"{self.start_dim} to {self.end_dim}"


def _unfit(name: str, param: str, sides: tuple[int, ...], values: int) -> Misfit | None:
    """Sides that ``values`` values can't be laid out in."""
    known = math.prod(side for side in sides if side != -1)
    left = sides.count(-1)
    if 0 not in sides and left <= 1 and (values % known == 0 if left else values == known):
        return None
    fit = _nearest(sides, values)
    return Misfit(
        f"{name} can't lay {values} values out as {short(sides)}. Use {short(fit)}.",
        (
            Fix(f"Use {short(fit)}", "set", params=((param, fit),)),
            Fix(f"Remove {name}", "remove"),
        ),
    )


def _nearest(sides: tuple[int, ...], values: int) -> tuple[int, ...]:
    """As many of the sides as divide the values, from the first on, and -1 in place of the last."""
    fit: list[int] = []
    for side in sides[:-1]:
        good = side > 0 and values % (math.prod(fit) * side) == 0
        fit.append(side if good else 1)
    return (*fit, -1)


class Reshape(_Shape):
    """Lays the values of a sample out in another shape."""

    words: ClassVar[tuple[str, ...]] = ("reshape", "view")
    typed: ClassVar[tuple[str, ...]] = ("shape",)

    shape: Annotated[tuple[Side, ...], Field(min_length=1, max_length=6)] = Field(
        default=(-1,), description="Shape of a sample, without the batch; -1 is whatever is left."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Reshape", (self.shape,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        return found or _unfit("Reshape", "shape", self.shape, math.prod(inputs[0].shape))


class Unflatten(_Shape):
    """Splits a dimension into several."""

    words: ClassVar[tuple[str, ...]] = ("unflatten",)
    typed: ClassVar[tuple[str, ...]] = ("unflattened_size",)

    dim: Dim = Field(default=1, description="Dimension to split, the batch being 0.")
    unflattened_size: Annotated[tuple[Side, ...], Field(min_length=1, max_length=6)] = Field(
        default=(1, -1), description="What it is split into; -1 is whatever is left."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Unflatten", (self.dim, self.unflattened_size))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])
        if found:
            return found
        shape = inputs[0].shape
        side = shape[axis_of(self.dim, len(shape)) or 0]
        return _unfit("Unflatten", "unflattened_size", self.unflattened_size, side)


class Permute(_Shape):
    """Puts the dimensions of a sample in another order."""

    words: ClassVar[tuple[str, ...]] = ("permute",)
    typed: ClassVar[tuple[str, ...]] = ("dims",)

    dims: Annotated[tuple[Annotated[int, Field(ge=1, le=6)], ...], Field(min_length=1, max_length=6)] = Field(
        default=(2, 1), description="Order of the dimensions, the batch being 0: 2×3×1 puts the first last."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Permute", (self.dims,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        rank = len(inputs[0].shape)
        if found or sorted(self.dims) == list(range(1, rank + 1)):
            return found
        last = (*range(2, rank + 1), 1)
        return Misfit(
            f"{short(self.dims)} is no order of the {rank} dimensions of {inputs[0]}. Name each once.",
            (Fix("Put the first last", "set", params=(("dims", last),)), Fix("Remove Permute", "remove")),
        )


class Transpose(_Shape):
    """Swaps two dimensions."""

    words: ClassVar[tuple[str, ...]] = ("transpose", "swap")
    typed: ClassVar[tuple[str, ...]] = ("dim0", "dim1")

    dim0: Dim = Field(default=1, description="First dimension, the batch being 0.")
    dim1: Dim = Field(default=2, description="Second dimension, the batch being 0.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Transpose", (self.dim0, self.dim1))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        spec, remove = inputs[0], Fix("Remove Transpose", "remove")
        if found or all(axis_of(dim, len(spec.shape)) is not None for dim in (self.dim0, self.dim1)):
            return found
        if len(spec.shape) == 1:
            return Misfit(f"{spec} has no second dimension to swap with. Remove Transpose.", (remove,))
        swap = Fix("Swap the first two", "set", params=(("dim0", 1), ("dim1", 2)))
        return Misfit(
            f"{spec} has no dimensions {self.dim0} and {self.dim1} to swap; 0 is the batch. Use 1 and 2.",
            (swap, remove),
        )


class Squeeze(_Shape):
    """Takes a dimension of side 1 away."""

    words: ClassVar[tuple[str, ...]] = ("squeeze",)
    typed: ClassVar[tuple[str, ...]] = ("dim",)

    dim: Dim = Field(default=1, description="Dimension to take away, the batch being 0.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Squeeze", (self.dim,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        shape, remove = inputs[0].shape, Fix("Remove Squeeze", "remove")
        axis = axis_of(self.dim, len(shape))
        if found or (axis is not None and shape[axis] == 1 and len(shape) > 1):
            return found
        single = [number + 1 for number, side in enumerate(shape) if side == 1 and len(shape) > 1]
        fixes = [Fix(f"Squeeze dimension {dim}", "set", params=(("dim", dim),)) for dim in single]
        hint = f"Use dimension {single[0]}." if single else "Remove Squeeze."
        what = "is no dimension of side 1"
        if len(shape) == 1:
            what = "can't be taken away, because no other would be left"
        return Misfit(f"Dimension {self.dim} of {inputs[0]} {what}. {hint}", (*fixes, remove))


class Unsqueeze(_Shape):
    """Adds a dimension of side 1."""

    words: ClassVar[tuple[str, ...]] = ("unsqueeze", "expanddims")
    typed: ClassVar[tuple[str, ...]] = ("dim",)

    dim: Dim = Field(default=1, description="Where the new dimension stands, the batch being 0.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Unsqueeze", (self.dim,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0], extra=1)
