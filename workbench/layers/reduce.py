"""Reductions over a dimension."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Group, Layer, Misfit, TensorSpec
from workbench.layers.dims import missing_dim
from workbench.layers.fields import Dim


class _Over(Layer):
    """What reductions share. A vector's only dimension stays with length 1, so that a sample has a shape."""

    group: ClassVar[Group] = "arithmetic"
    typed: ClassVar[tuple[str, ...]] = ("dim",)

    dim: Dim = Field(
        default=-1, description="Dimension to join, the batch being 0: 1 is channels, or time; -1 the last."
    )
    keepdim: bool = Field(
        default=False, description="Keep the dimension, with length 1; a vector's always stays."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        keep = self.keepdim or len(inputs[0].shape) == 1
        return Call(self.type(), (self.dim,), (("keepdim", True),) if keep else ())

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])

    def summary(self) -> str:
        return f"dim {self.dim}{' kept' if self.keepdim else ''}"


class MeanOver(_Over):
    """Averages over a dimension."""

    words: ClassVar[tuple[str, ...]] = ("mean", "reducemean")


class SumOver(_Over):
    """Adds up over a dimension."""

    words: ClassVar[tuple[str, ...]] = ("sumover", "reducesum")


class MaxOver(_Over):
    """Keeps the largest value over a dimension."""

    words: ClassVar[tuple[str, ...]] = ("amax", "reducemax")


class MinOver(_Over):
    """Keeps the smallest value over a dimension."""

    words: ClassVar[tuple[str, ...]] = ("amin", "reducemin")


class ArgMax(_Over):
    """Says where along a dimension the largest value is, as an id; no gradient passes it."""

    words: ClassVar[tuple[str, ...]] = ("argmax",)
