"""Convolutions that take each channel by itself: far fewer parameters than a full one."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import Padding2d, Size2d, Whole, Width
from workbench.layers.window import IMAGE, Window, same_needs_stride_1


class _Depthwise(Window):
    """What both share."""

    group: ClassVar[Group] = "convolution"
    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE

    kernel_size: Size2d = Field(default=3, description="Height and width of each filter, in pixels.")
    stride: Size2d = Field(default=1, description="Step between positions, in pixels.")
    padding: Padding2d | Literal["same", "valid"] = Field(
        default=0, description="Pixels of zeros added around the image; same keeps its size."
    )
    dilation: Size2d = Field(default=1, description="Distance between a filter's taps, in pixels.")
    bias: bool = Field(default=True, description="Add a learned offset to each output channel.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        pad = Fix("Pad to the same size", "set", params=(("padding", "same"), ("stride", 1)))
        return (
            super().misfit(*inputs)
            or same_needs_stride_1(self.padding, self.stride)
            or self.too_large(inputs[0], pad)
        )


class DepthwiseConv2d(_Depthwise):
    """Slides filters over each channel of an image by itself: Conv2d with a group a channel."""

    words: ClassVar[tuple[str, ...]] = ("depthwise", "dwconv", "depthwiseconv")

    multiplier: Whole = Field(default=1, description="Filters, and so output channels, for each channel.")

    def call(self, *inputs: TensorSpec) -> Call:
        channels = inputs[0].shape[0]
        options = self.changed("stride", "padding", "dilation")
        sizes = (channels, channels * self.multiplier, self.kernel_size)
        return Call("nn.Conv2d", sizes, (*options, ("groups", channels), *self.changed("bias")))


class _Wide(Layer):
    """Comes second among the bases, so that its param comes first in the form."""

    out_channels: Width = Field(default=32, description="Number of output channels.")


class SeparableConv2d(_Depthwise, _Wide):
    """Filters each channel by itself, then mixes the channels at each pixel (Chollet 2017)."""

    words: ClassVar[tuple[str, ...]] = ("separable", "sepconv", "separableconv")
    typed: ClassVar[tuple[str, ...]] = ("out_channels", "kernel_size")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("stride", "padding", "dilation", "bias")
        return Call(self.type(), (inputs[0].shape[0], self.out_channels, self.kernel_size), options)

    def summary(self) -> str:
        stride = "" if self.stride == 1 else f" /{short(self.stride)}"
        return f"{self.out_channels} · {short(self.per_direction('kernel_size'))}{stride}"
