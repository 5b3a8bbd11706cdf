"""Activations made of straight pieces: they cut off, shrink or replace what is beyond a threshold."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Fix, Group, Misfit, TensorSpec
from workbench.layers.plain import Plain


class _Activation(Plain):
    """What activations share."""

    group: ClassVar[Group] = "activation"


class Hardswish(_Activation):
    """SiLU made of cheap pieces; usual in small networks for phones."""

    words: ClassVar[tuple[str, ...]] = ("hardswish", "hswish")


class Hardsigmoid(_Activation):
    """Sigmoid made of three straight pieces."""

    words: ClassVar[tuple[str, ...]] = ("hardsigmoid", "hsigmoid")


class Hardtanh(_Activation):
    """Keeps values between two bounds and cuts off the rest; also called clamp or clip."""

    words: ClassVar[tuple[str, ...]] = ("hardtanh",)
    typed: ClassVar[tuple[str, ...]] = ("min_val", "max_val")

    min_val: float = Field(default=-1.0, ge=-1e6, le=1e6, description="Smallest value that is kept.")
    max_val: float = Field(default=1.0, ge=-1e6, le=1e6, description="Largest value that is kept.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or self.min_val < self.max_val:
            return found
        return Misfit(
            f"The smallest value {self.min_val:g} must be below the largest, {self.max_val:g}. Use -1 and 1.",
            (Fix("Use -1 and 1", "set", params=(("min_val", -1.0), ("max_val", 1.0))),),
        )


class Hardshrink(_Activation):
    """Sets values near zero to zero and keeps the rest."""

    words: ClassVar[tuple[str, ...]] = ("hardshrink",)
    typed: ClassVar[tuple[str, ...]] = ("lambd",)

    lambd: float = Field(default=0.5, ge=0, le=1e6, description="How far from zero values are set to zero.")


class Softshrink(_Activation):
    """Moves values towards zero by a fixed step, and those nearer to zero."""

    words: ClassVar[tuple[str, ...]] = ("softshrink",)
    typed: ClassVar[tuple[str, ...]] = ("lambd",)

    lambd: float = Field(default=0.5, ge=0, le=1e6, description="How far values move towards zero.")


class Threshold(_Activation):
    """Keeps values above a threshold and replaces the rest by a fixed value."""

    words: ClassVar[tuple[str, ...]] = ("threshold",)
    typed: ClassVar[tuple[str, ...]] = ("threshold", "value")

    threshold: float = Field(default=0.0, ge=-1e6, le=1e6, description="Values above it are kept.")
    value: float = Field(default=0.0, ge=-1e6, le=1e6, description="What the others become.")
