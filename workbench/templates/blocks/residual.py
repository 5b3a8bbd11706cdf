"""Residual blocks: what comes in is added to what the layers make of it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Whole, Width
from workbench.layers.merge import Add
from workbench.layers.norm import BatchNorm2d
from workbench.templates.blocks.base import LayerBlock, channels
from workbench.templates.writer import StackWriter


class Residual(LayerBlock):
    """Two 3×3 convolutions with a skip connection over them: the basic block of ResNet-18 and 34."""

    title: ClassVar[str] = "Residual"
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("res", "residual", "resblock", "basicblock")
    typed: ClassVar[tuple[str, ...]] = ("out_channels", "stride")

    out_channels: Width = Field(default=64, description="Number of output channels.")
    stride: Whole = Field(
        default=1, description="Step of the first convolution, in pixels; 2 halves the image."
    )

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the layers; the skip is projected where channels or size change."""
        entrance = stack.last
        stack.chain(
            Conv2d(out_channels=self.out_channels, kernel_size=3, stride=self.stride, padding=1, bias=False),
            BatchNorm2d(),
            ReLU(),
            Conv2d(out_channels=self.out_channels, kernel_size=3, padding=1, bias=False),
            BatchNorm2d(),
        )
        _join(stack, entrance, spec, self.out_channels, self.stride)


class Bottleneck(LayerBlock):
    """A 3×3 convolution between 1×1 ones that narrow and widen, with a skip: the block of ResNet-50."""

    title: ClassVar[str] = "Bottleneck"
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("bottleneck",)
    typed: ClassVar[tuple[str, ...]] = ("width", "stride")

    width: Width = Field(default=64, description="Channels of the 3×3 convolution.")
    stride: Whole = Field(
        default=1, description="Step of the 3×3 convolution, in pixels; 2 halves the image."
    )
    expansion: Whole = Field(default=4, description="How many times more channels come out than its width.")

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the layers; the skip is projected where channels or size change."""
        entrance, out = stack.last, self.width * self.expansion
        stack.chain(
            Conv2d(out_channels=self.width, kernel_size=1, bias=False),
            BatchNorm2d(),
            ReLU(),
            Conv2d(out_channels=self.width, kernel_size=3, stride=self.stride, padding=1, bias=False),
            BatchNorm2d(),
            ReLU(),
            Conv2d(out_channels=out, kernel_size=1, bias=False),
            BatchNorm2d(),
        )
        _join(stack, entrance, spec, out, self.stride)


def _join(stack: StackWriter, entrance: str, spec: TensorSpec | None, out: int, stride: int) -> None:
    """Add what came in, projected where its shape differs, and rectify."""
    trunk, skip = stack.last, entrance
    if stride > 1 or channels(spec, out) != out:
        skip_conv = Conv2d(out_channels=out, kernel_size=1, stride=stride, bias=False)
        stack.add(skip_conv, "skip_conv", reads=entrance)
        skip = stack.add(BatchNorm2d(), "skip_norm")
    stack.add(Add(), reads=(trunk, skip))
    stack.add(ReLU())
