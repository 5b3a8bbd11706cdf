"""Layers that turn what data hold into what other layers read."""

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers.base import Call, DType, Group, Layer, Misfit, TensorSpec
from workbench.layers.ids import wants_ids


class Cast(Layer):
    """Turns decimal numbers into whole-number ids, or back; decimals are cut off."""

    group: ClassVar[Group] = "data"
    dtypes: ClassVar[tuple[DType, ...]] = ("float32", "int64")
    words: ClassVar[tuple[str, ...]] = ("cast",)

    dtype: DType = Field(default="int64", description="int64 for ids, float32 for decimal numbers.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Cast", (self.dtype,))

    def summary(self) -> str:
        return f"to {self.dtype}"


class OneHot(Layer):
    """Turns each id into a vector of zeros with a one at the id's place."""

    group: ClassVar[Group] = "data"
    dtypes: ClassVar[tuple[DType, ...]] = ("int64",)
    words: ClassVar[tuple[str, ...]] = ("onehot",)
    typed: ClassVar[tuple[str, ...]] = ("num_classes",)

    num_classes: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=10, description="Number of different ids; one that is larger gives zeros only."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("OneHot", (self.num_classes,))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return wants_ids(self, inputs[0]) or super().misfit(*inputs)
