"""The inverted residual block: wide inside, narrow at both ends."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU6
from workbench.layers.conv import Conv2d
from workbench.layers.conv_depthwise import DepthwiseConv2d
from workbench.layers.fields import Whole, Width
from workbench.layers.merge import Add
from workbench.layers.norm import BatchNorm2d
from workbench.templates.blocks.base import LayerBlock, channels
from workbench.templates.writer import StackWriter


class InvertedResidual(LayerBlock):
    """Widens, filters each channel by itself, and narrows again: the block of MobileNetV2."""

    title: ClassVar[str] = "Inverted residual"
    source: ClassVar[str] = "Sandler, Howard, Zhu, Zhmoginov, Chen 2018, MobileNetV2"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("mbconv", "inverted", "invertedresidual", "linearbottleneck")
    typed: ClassVar[tuple[str, ...]] = ("out_channels", "stride", "expand_ratio")

    out_channels: Width = Field(default=32, description="Number of output channels.")
    stride: Whole = Field(default=1, description="Step of the depthwise convolution; 2 halves the image.")
    expand_ratio: Whole = Field(
        default=6, description="How many times wider it is inside than what comes in."
    )

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the layers; what came in is added where it has the shape of what comes out."""
        entrance, width = stack.last, channels(spec, self.out_channels)
        if self.expand_ratio > 1:
            widened = Conv2d(out_channels=width * self.expand_ratio, kernel_size=1, bias=False)
            stack.chain(widened, BatchNorm2d(), ReLU6())
        trunk = stack.chain(
            DepthwiseConv2d(kernel_size=3, stride=self.stride, padding=1, bias=False),
            BatchNorm2d(),
            ReLU6(),
            Conv2d(out_channels=self.out_channels, kernel_size=1, bias=False),
            BatchNorm2d(),
        )
        if self.adds(width):
            stack.add(Add(), reads=(trunk, entrance))

    def adds(self, width: int) -> bool:
        """Whether it has a skip connection, for this many input channels."""
        return self.stride == 1 and width == self.out_channels
