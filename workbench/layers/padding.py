"""Padding as a layer: more pixels around what comes in."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Fix, Group, Misfit, TensorSpec, short
from workbench.layers.fields import Edges1d, Edges2d, Edges3d, Sides
from workbench.layers.plain import Plain
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME, each


class _Pad(Plain):
    """What paddings share."""

    group: ClassVar[Group] = "shape"
    typed: ClassVar[tuple[str, ...]] = ("padding",)
    spare: ClassVar[int | None] = None
    """How many more pixels than are padded each side must have; None where any number will do."""

    padding: Sides

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or self.spare is None:
            return found
        sides = tuple(reversed(inputs[0].shape[1:]))  # torch names the last direction first
        pads = each(self.padding, 2 * len(sides))
        most = [side - self.spare for side in sides for _ in range(2)]
        if all(pad <= limit for pad, limit in zip(pads, most, strict=True)):
            return None
        less = tuple(min(pad, limit) for pad, limit in zip(pads, most, strict=True))
        fits = less[0] if len(set(less)) == 1 else less
        return Misfit(
            f"{self.type()} takes what it adds from the input, and {short(inputs[0].shape[1:])} has too "
            f"little for {short(self.padding)}. Use {short(fits)}.",
            (Fix(f"Pad by {short(fits)}", "set", params=(("padding", fits),)),),
        )


class _Pad1d(_Pad):
    """At the ends of a sequence."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE

    padding: Edges1d = Field(default=1, description="Positions added at both ends, or at start × end.")


class _Pad2d(_Pad):
    """Around an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE

    padding: Edges2d = Field(
        default=1, description="Pixels added on all sides, or at left × right × top × bottom."
    )


class _Pad3d(_Pad):
    """Around a volume."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME

    padding: Edges3d = Field(
        default=1,
        description="Voxels added on all sides, or at left × right × top × bottom × front × back.",
    )


class ZeroPad2d(_Pad2d):
    """Adds zeros around an image."""

    words: ClassVar[tuple[str, ...]] = ("pad", "zeropad", "zeropad2d")


class ConstantPad2d(_Pad2d):
    """Adds pixels of a given value around an image."""

    words: ClassVar[tuple[str, ...]] = ("constantpad", "constantpad2d")
    typed: ClassVar[tuple[str, ...]] = ("padding", "value")

    value: float = Field(default=0.0, ge=-1e6, le=1e6, description="What the added pixels hold.")


class ReflectionPad2d(_Pad2d):
    """Adds the mirror image around an image, its edge not repeated."""

    spare: ClassVar[int | None] = 1
    words: ClassVar[tuple[str, ...]] = ("reflectionpad", "reflectpad", "reflectionpad2d")


class ReplicationPad2d(_Pad2d):
    """Repeats the edge pixels around an image."""

    words: ClassVar[tuple[str, ...]] = ("replicationpad", "edgepad", "replicationpad2d")


class CircularPad2d(_Pad2d):
    """Wraps an image around: each side continues with the opposite one."""

    spare: ClassVar[int | None] = 0
    words: ClassVar[tuple[str, ...]] = ("circularpad", "wrappad", "circularpad2d")


class ZeroPad1d(_Pad1d):
    """Adds zeros at the ends of a sequence."""

    words: ClassVar[tuple[str, ...]] = ("zeropad1d", "pad1d")


class ConstantPad1d(_Pad1d):
    """Adds positions of a given value at the ends of a sequence."""

    words: ClassVar[tuple[str, ...]] = ("constantpad1d",)
    typed: ClassVar[tuple[str, ...]] = ("padding", "value")

    value: float = Field(default=0.0, ge=-1e6, le=1e6, description="What the added positions hold.")


class ReflectionPad1d(_Pad1d):
    """Adds the mirror image at the ends of a sequence, the last value not repeated."""

    spare: ClassVar[int | None] = 1
    words: ClassVar[tuple[str, ...]] = ("reflectionpad1d", "reflectpad1d")


class ReplicationPad1d(_Pad1d):
    """Repeats the first and last value at the ends of a sequence."""

    words: ClassVar[tuple[str, ...]] = ("replicationpad1d", "edgepad1d")


class CircularPad1d(_Pad1d):
    """Wraps a sequence around: each end continues with the other one."""

    spare: ClassVar[int | None] = 0
    words: ClassVar[tuple[str, ...]] = ("circularpad1d", "wrappad1d")


class ZeroPad3d(_Pad3d):
    """Adds zeros around a volume."""

    words: ClassVar[tuple[str, ...]] = ("zeropad3d", "pad3d")


class ConstantPad3d(_Pad3d):
    """Adds voxels of a given value around a volume."""

    words: ClassVar[tuple[str, ...]] = ("constantpad3d",)
    typed: ClassVar[tuple[str, ...]] = ("padding", "value")

    value: float = Field(default=0.0, ge=-1e6, le=1e6, description="What the added voxels hold.")


class ReflectionPad3d(_Pad3d):
    """Adds the mirror image around a volume, its edge not repeated."""

    spare: ClassVar[int | None] = 1
    words: ClassVar[tuple[str, ...]] = ("reflectionpad3d", "reflectpad3d")


class ReplicationPad3d(_Pad3d):
    """Repeats the edge voxels around a volume."""

    words: ClassVar[tuple[str, ...]] = ("replicationpad3d", "edgepad3d")


class CircularPad3d(_Pad3d):
    """Wraps a volume around: each side continues with the opposite one."""

    spare: ClassVar[int | None] = 0
    words: ClassVar[tuple[str, ...]] = ("circularpad3d", "wrappad3d")
