"""Layers that compare or multiply two inputs as vectors or matrices."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Epsilon


class MatMul(Layer):
    """Multiplies two matrices, such as attention weights and values."""

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, 2)
    ranks: ClassVar[tuple[int, ...]] = (2, 3)
    expects: ClassVar[str] = "two matrices (rows × columns), or stacks of them"
    words: ClassVar[tuple[str, ...]] = ("matmul", "bmm")

    transpose_b: bool = Field(default=False, description="Swap rows and columns of the second input first.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("MatMul", (), self.changed("transpose_b"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found:
            return found
        first, second = (spec.shape for spec in inputs)
        remove = Fix("Remove MatMul", "remove")
        if first[:-2] != second[:-2]:
            return Misfit(
                f"MatMul needs two matrices, or stacks of as many, but gets {inputs[0]} and {inputs[1]}. "
                "Choose other inputs.",
                (remove,),
            )
        columns, rows = first[-1], second[-1 if self.transpose_b else -2]
        if columns == rows:
            return None
        what = (
            f"MatMul needs as many rows in the second matrix as the first has columns ({columns}), "
            f"but it has {rows}{' once swapped' if self.transpose_b else ''}."
        )
        if columns != second[-2 if self.transpose_b else -1]:
            return Misfit(f"{what} Choose other inputs.", (remove,))
        swap = Fix("Swap rows and columns", "set", params=(("transpose_b", not self.transpose_b),))
        return Misfit(f"{what} Swap rows and columns of the second input.", (swap, remove))

    def summary(self) -> str:
        return "second swapped" if self.transpose_b else ""


class _Similarity(Layer):
    """Compares two inputs of one shape, vector by vector."""

    group: ClassVar[Group] = "merge"
    arity: ClassVar[tuple[int, int | None]] = (2, 2)

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(self.type(), (), self.changed(*type(self).model_fields))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or inputs[0].shape == inputs[1].shape:
            return found
        name = self.type()
        return Misfit(
            f"{name} compares two inputs of one shape, but gets {inputs[0]} and {inputs[1]}. "
            "Choose other inputs.",
            (Fix(f"Remove {name}", "remove"),),
        )


class DotProduct(_Similarity):
    """Multiplies two vectors and adds up: one number, large where they agree."""

    words: ClassVar[tuple[str, ...]] = ("dotproduct", "dot")


class CosineSimilarity(_Similarity):
    """Compares the directions of two vectors: one number, 1 where they are the same, -1 opposite."""

    words: ClassVar[tuple[str, ...]] = ("cosinesimilarity", "cosine")

    eps: Epsilon = Field(default=1e-8, description="Smallest length that is divided by.")
