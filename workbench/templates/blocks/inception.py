"""The Inception block: filters of several sizes side by side."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Width
from workbench.layers.joins import Concat
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import MaxPool2d
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.writer import StackWriter


class Inception(LayerBlock):
    """Convolutions of 1×1, 3×3 and 5×5 and a pooling side by side, joined as channels."""

    title: ClassVar[str] = "Inception"
    source: ClassVar[str] = "Szegedy et al. 2014, Going deeper with convolutions"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("inception",)
    typed: ClassVar[tuple[str, ...]] = ("ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")

    ch1x1: Width = Field(default=64, description="Channels of the 1×1 branch.")
    ch3x3red: Width = Field(default=96, description="Channels that the 3×3 branch is reduced to first.")
    ch3x3: Width = Field(default=128, description="Channels of the 3×3 branch.")
    ch5x5red: Width = Field(default=16, description="Channels that the 5×5 branch is reduced to first.")
    ch5x5: Width = Field(default=32, description="Channels of the 5×5 branch.")
    pool_proj: Width = Field(default=32, description="Channels of the pooled branch.")
    batch_norm: bool = Field(
        default=True, description="Normalise after every convolution; the paper has none."
    )

    @property
    def name(self) -> str:
        """What the block is called in a stack, by its output channels: "Inception 256"."""
        return f"{self.title} {self.out_channels}"

    @property
    def out_channels(self) -> int:
        """Channels of all branches together."""
        return self.ch1x1 + self.ch3x3 + self.ch5x5 + self.pool_proj

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the four branches, each from what comes in, and join them."""
        entrance = stack.last
        one = self._conv(stack, "one", self.ch1x1, 1, entrance)
        self._conv(stack, "three_reduce", self.ch3x3red, 1, entrance)
        three = self._conv(stack, "three", self.ch3x3, 3, stack.last)
        self._conv(stack, "five_reduce", self.ch5x5red, 1, entrance)
        five = self._conv(stack, "five", self.ch5x5, 5, stack.last)
        stack.add(MaxPool2d(kernel_size=3, stride=1, padding=1), "pool", reads=entrance)
        pooled = self._conv(stack, "pool_proj", self.pool_proj, 1, stack.last)
        stack.add(Concat(), reads=(one, three, five, pooled))

    def _conv(self, stack: StackWriter, name: str, width: int, side: int, reads: str) -> str:
        conv = Conv2d(out_channels=width, kernel_size=side, padding=side // 2, bias=not self.batch_norm)
        stack.add(conv, name, reads=reads)
        if self.batch_norm:
            stack.add(BatchNorm2d(), f"{name}_norm")
        return stack.add(ReLU(), f"{name}_relu")
