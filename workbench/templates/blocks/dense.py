"""The dense block: every layer reads all that came before it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Whole, Width
from workbench.layers.joins import Concat
from workbench.layers.norm import BatchNorm2d
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.writer import StackWriter


class DenseBlock(LayerBlock):
    """Convolutions that each add a few channels to all that came before: the block of DenseNet."""

    title: ClassVar[str] = "Dense block"
    source: ClassVar[str] = "Huang, Liu, van der Maaten, Weinberger 2017, Densely connected networks"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("denseblock", "densenet")
    typed: ClassVar[tuple[str, ...]] = ("growth_rate", "num_layers")

    growth_rate: Width = Field(default=32, description="Channels that each layer adds.")
    num_layers: Annotated[int, Field(ge=1, le=64)] = Field(default=4, description="Number of layers.")
    bn_size: Whole = Field(default=4, description="Width of the 1×1 convolution, in growth rates.")

    @property
    def name(self) -> str:
        """What the block is called in a stack: "Dense block 32 ×6"."""
        return f"{self.title} {self.growth_rate} ×{self.num_layers}"

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the layers, each an inner block: it adds its channels to what comes in."""
        for number in range(1, self.num_layers + 1):
            with stack.block(f"layer{number}", f"Dense layer {self.growth_rate}"):
                entrance = stack.last
                new = stack.chain(
                    BatchNorm2d(),
                    ReLU(),
                    Conv2d(out_channels=self.bn_size * self.growth_rate, kernel_size=1, bias=False),
                    BatchNorm2d(),
                    ReLU(),
                    Conv2d(out_channels=self.growth_rate, kernel_size=3, padding=1, bias=False),
                )
                stack.add(Concat(), reads=(entrance, new))
