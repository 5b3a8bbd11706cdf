"""Squeeze and excitation: channels weighed by what the whole image shows."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU, Sigmoid
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Whole, Width
from workbench.layers.merge import Multiply
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.templates.blocks.base import LayerBlock, channels
from workbench.templates.writer import StackWriter


class SqueezeExcitation(LayerBlock):
    """Weighs each channel by a gate that is worked out from the averages of all channels."""

    title: ClassVar[str] = "Squeeze and excitation"
    source: ClassVar[str] = "Hu, Shen, Sun 2018, Squeeze-and-excitation networks"
    group: ClassVar[Group] = "attention"
    words: ClassVar[tuple[str, ...]] = ("se", "squeeze", "squeezeandexcitation")
    typed: ClassVar[tuple[str, ...]] = ("reduction",)

    reduction: Whole = Field(default=16, description="How many times fewer channels the gate passes through.")
    channels: Width = Field(default=64, description="Channels to weigh, where the layer above doesn't say.")

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the gate and the product; 1×1 convolutions stand for the paper's dense layers."""
        entrance, width = stack.last, channels(spec, self.channels)
        stack.chain(
            AdaptiveAvgPool2d(output_size=1),
            Conv2d(out_channels=max(1, width // self.reduction), kernel_size=1),
            ReLU(),
            Conv2d(out_channels=width, kernel_size=1),
        )
        gate = stack.add(Sigmoid(), "gate")
        stack.add(Multiply(), reads=(entrance, gate))
