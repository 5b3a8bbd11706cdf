"""Pooling: fewer positions, the same channels."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.conv import _each, _too_large
from workbench.layers.fields import NotNegative, Padding2d, Size2d, Whole


class _Pool(Layer):
    """What pools with a window share."""

    group: ClassVar[Group] = "pooling"
    typed: ClassVar[tuple[str, ...]] = ("kernel_size",)

    def call(self, *inputs: TensorSpec) -> Call:
        kernel: object = getattr(self, "kernel_size")  # noqa: B009
        return Call(f"nn.{self.__class__.__name__}", (kernel,), self.changed("stride", "padding"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs) or _too_large(self, inputs[0])
        if found:
            return found
        kernel, padding = getattr(self, "kernel_size"), getattr(self, "padding")  # noqa: B009
        sides = tuple(zip(_each(kernel, 2), _each(padding, 2), strict=True))
        if all(2 * pad <= size for size, pad in sides):
            return None
        most = tuple(min(pad, size // 2) for size, pad in sides)
        less = most if isinstance(kernel, tuple) or isinstance(padding, tuple) else most[0]
        return Misfit(
            f"Padding {short(padding)} is more than half of the window {short(kernel)}. Use {short(less)}.",
            (Fix(f"Set padding to {short(less)}", "set", params=(("padding", less),)),),
        )

    def summary(self) -> str:
        kernel = getattr(self, "kernel_size")  # noqa: B009
        sides = kernel if isinstance(kernel, tuple) else (kernel,) * (2 if self.ranks == (3,) else 1)
        return short(sides)


class _Pool1d(_Pool):
    """A window along a sequence."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (channels × length)"

    kernel_size: Whole = Field(default=2, description="Length of the window.")
    stride: Whole | None = Field(default=None, description="Step of the window; empty is its length.")
    padding: NotNegative = Field(default=0, description="Positions added at both ends.")


class _Pool2d(_Pool):
    """A window over an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = "an image (channels × height × width)"

    kernel_size: Size2d = Field(default=2, description="Height and width of the window, in pixels.")
    stride: Size2d | None = Field(
        default=None, description="Step of the window, in pixels; empty is its size."
    )
    padding: Padding2d = Field(default=0, description="Pixels added around the image.")


class MaxPool1d(_Pool1d):
    """Keeps the largest value of each window along a sequence."""

    words: ClassVar[tuple[str, ...]] = ("maxpool1d", "pool1d")


class MaxPool2d(_Pool2d):
    """Keeps the largest value of each window of an image."""

    words: ClassVar[tuple[str, ...]] = ("pool", "maxpool", "maxpool2d")


class AvgPool1d(_Pool1d):
    """Averages each window along a sequence."""

    words: ClassVar[tuple[str, ...]] = ("avgpool1d",)


class AvgPool2d(_Pool2d):
    """Averages each window of an image."""

    words: ClassVar[tuple[str, ...]] = ("avgpool", "avgpool2d")


class AdaptiveAvgPool2d(Layer):
    """Averages an image down to a given size, whatever its own; 1 is global average pooling."""

    group: ClassVar[Group] = "pooling"
    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = "an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("gap", "globalpool", "adaptiveavgpool2d")
    typed: ClassVar[tuple[str, ...]] = ("output_size",)

    output_size: Size2d = Field(default=1, description="Height and width of the output, in pixels.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.AdaptiveAvgPool2d", (self.output_size,))

    def summary(self) -> str:
        sides = self.output_size if isinstance(self.output_size, tuple) else (self.output_size,) * 2
        return f"to {short(sides)}"
