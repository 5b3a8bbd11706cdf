"""The U: an image made small and large again, with skip connections between levels of one size."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.layers import Group, TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.conv_transpose import ConvTranspose2d
from workbench.layers.fields import Width
from workbench.layers.joins import Concat
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import MaxPool2d
from workbench.layers.resize import Crop2d
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.writer import StackWriter

Levels = Annotated[int, Field(ge=1, le=8)]


class UNet(LayerBlock):
    """Halves an image level by level and enlarges it again, joining what each level saw on the way down."""

    title: ClassVar[str] = "U-Net"
    source: ClassVar[str] = "Ronneberger, Fischer, Brox 2015, U-Net"
    group: ClassVar[Group] = "convolution"
    words: ClassVar[tuple[str, ...]] = ("unet",)
    typed: ClassVar[tuple[str, ...]] = ("width", "depth")

    width: Width = Field(default=64, description="Channels of the first level; each level has twice as many.")
    depth: Levels = Field(default=4, description="How often the image is halved; fewer where it can't be.")
    batch_norm: bool = Field(
        default=False, description="Normalise after every convolution; the paper has none."
    )

    padded: bool = Field(
        default=True, description="Pad convolutions, so that an image keeps its size; the paper's shrink it."
    )

    def build(self, stack: StackWriter, spec: TensorSpec | None = None) -> None:
        """Write the levels, each a block that holds the next; without the image's size, padded ones."""
        sides = spec.shape[1:] if spec is not None and len(spec.shape) == 3 else ()
        depths = range(self.depth, -1, -1)
        unpadded = next((depth for depth in depths if sides and all(shrunk(s, depth) for s in sides)), None)
        if self.padded or unpadded is None:
            self._level(stack, self.width, 1, min([self.depth, *map(halvings, sides)]), ())
        else:
            self._level(stack, self.width, 1, unpadded, sides)

    def _level(self, stack: StackWriter, width: int, number: int, below: int, sides: tuple[int, ...]) -> None:
        """Write a level and the levels below it. ``sides`` are the image's where convolutions shrink it."""
        self._convolutions(stack, width, bool(sides))
        if not below:
            return
        seen, inner = stack.last, tuple((side - 4) // 2 for side in sides)
        stack.add(MaxPool2d(kernel_size=2))
        with stack.block(f"level{number + 1}", f"U-Net level {2 * width}"):
            self._level(stack, 2 * width, number + 1, below - 1, inner)
        up = stack.add(ConvTranspose2d(out_channels=width, kernel_size=2, stride=2))
        if sides:
            rest = tuple(2 * shrunk(side, below - 1) for side in inner)
            seen = stack.add(Crop2d(size=(rest[0], rest[1])), reads=seen)
        stack.add(Concat(), reads=(seen, up))
        self._convolutions(stack, width, bool(sides))

    def _convolutions(self, stack: StackWriter, width: int, shrinking: bool) -> None:
        padding = 0 if shrinking else 1
        for _ in range(2):
            conv = Conv2d(out_channels=width, kernel_size=3, padding=padding, bias=not self.batch_norm)
            stack.chain(conv, *([BatchNorm2d()] if self.batch_norm else []), ReLU())


def halvings(side: int) -> int:
    """Return how often a side can be halved, without a rest and to no less than four pixels."""
    count = 0
    while side % 2 == 0 and side // 2 >= 4:
        side, count = side // 2, count + 1
    return count


def shrunk(side: int, depth: int) -> int:
    """Return what unpadded levels leave of a side that is halved ``depth`` times, 0 where that can't be."""
    side -= 4
    if not depth:
        return max(0, side)
    if side <= 0 or side % 2:
        return 0
    return max(0, 2 * shrunk(side // 2, depth - 1) - 4)
