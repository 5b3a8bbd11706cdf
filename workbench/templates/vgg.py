"""AlexNet and VGG: convolutions, pooled, and three large dense layers."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.fields import Probability, Width
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import MaxPool2d
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter


class _DenselyTopped(Template):
    """What ends in three dense layers."""

    takes: ClassVar[tuple[Takes, ...]] = ("image",)

    width: Width = Field(default=4096, description="Units of the two hidden dense layers.")
    dropout: Probability = Field(default=0.5, description="Chance that a hidden unit is dropped in training.")

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _pooled(self, stack: StackWriter, sides: tuple[int, int], most: int) -> None:
        """Bring what is larger than ``most`` pixels a side down to that, as the dense layers read it."""
        smaller = (min(sides[0], most), min(sides[1], most))
        if smaller != sides:
            stack.add(AdaptiveAvgPool2d(output_size=smaller), "pool")
        stack.add(Flatten(), "flatten")


class AlexNet(_DenselyTopped):
    """Five convolutions and three dense layers: the network that won ImageNet in 2012, in one column."""

    name: ClassVar[str] = "alexnet"
    title: ClassVar[str] = "AlexNet"
    source: ClassVar[str] = "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks"

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        sides = facts.sample.shape[1:]
        # The first convolution's stride of 4 halves twice, the three poolings once each.
        first, second, *pools = halvings(facts.sample, 5)
        stride = (2 if first else 1) * (2 if second else 1)
        stem = {1: (3, 1, 1), 2: (5, 2, 2), 4: (11, 4, 2)}[stride]
        sides = _after(sides, *stem)
        self._conv(stack, 1, 64, *stem)
        for number, filters, side in ((2, 192, 5), (3, 384, 3), (4, 256, 3), (5, 256, 3)):
            if number in (2, 3):
                sides = self._pool(stack, number - 1, sides, pools[number - 2])
            self._conv(stack, number, filters, side, 1, side // 2)
        sides = self._pool(stack, 5, sides, pools[2])
        self._pooled(stack, (sides[0], sides[1]), 6)
        for number in (6, 7):
            stack.add(Dropout(p=self.dropout), f"drop{number}")
            stack.add(Linear(out_features=self.width), f"linear{number}")
            stack.add(ReLU(), f"relu{number}")
        stack.add(Linear(out_features=outputs(facts)), "scores")

    def _conv(
        self, stack: StackWriter, number: int, filters: int, side: int, stride: int, padding: int
    ) -> None:
        conv = Conv2d(out_channels=filters, kernel_size=side, stride=stride, padding=padding)
        stack.add(conv, f"conv{number}")
        stack.add(ReLU(), f"relu{number}")

    def _pool(self, stack: StackWriter, number: int, sides: tuple[int, ...], kept: bool) -> tuple[int, ...]:
        if not kept:
            return sides
        stack.add(MaxPool2d(kernel_size=3, stride=2), f"pool{number}")
        return _after(sides, 3, 2, 0)


def _after(sides: tuple[int, ...], kernel: int, stride: int, padding: int) -> tuple[int, ...]:
    """Sides of an image behind a convolution or pooling."""
    return tuple((side + 2 * padding - kernel) // stride + 1 for side in sides)


class _VGG(_DenselyTopped):
    """3×3 convolutions in five stages, each pooled."""

    source: ClassVar[str] = "Simonyan, Zisserman 2014, Very deep convolutional networks"
    stages: ClassVar[tuple[tuple[int, int], ...]]
    """Convolutions and filters of each."""

    batch_norm: bool = Field(
        default=False, description="Normalise after every convolution; the paper has none."
    )

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        sides = facts.sample.shape[1:]
        pools = halvings(facts.sample, 5)
        for number, (depth, filters) in enumerate(self.stages):
            with stack.block(f"stage{number + 1}", f"Stage {number + 1}"):
                for _ in range(depth):
                    stack.add(Conv2d(out_channels=filters, kernel_size=3, padding=1))
                    if self.batch_norm:
                        stack.add(BatchNorm2d())
                    stack.add(ReLU())
                if pools[number]:
                    stack.add(MaxPool2d(kernel_size=2))
                    sides = tuple(side // 2 for side in sides)
        self._pooled(stack, (sides[0], sides[1]), 7)
        for number in (1, 2):
            stack.add(Linear(out_features=self.width), f"linear{number}")
            stack.add(ReLU(), f"relu{number}")
            stack.add(Dropout(p=self.dropout), f"drop{number}")
        stack.add(Linear(out_features=outputs(facts)), "scores")


class VGG11(_VGG):
    """Eight 3×3 convolutions in five pooled stages, and three dense layers."""

    name: ClassVar[str] = "vgg-11"
    title: ClassVar[str] = "VGG-11"
    stages: ClassVar[tuple[tuple[int, int], ...]] = ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))


class VGG16(_VGG):
    """Thirteen 3×3 convolutions in five pooled stages, and three dense layers."""

    name: ClassVar[str] = "vgg-16"
    title: ClassVar[str] = "VGG-16"
    stages: ClassVar[tuple[tuple[int, int], ...]] = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
