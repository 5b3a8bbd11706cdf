"""Residual networks."""

from __future__ import annotations

from typing import ClassVar

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import MaxPool2d
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.blocks.residual import Bottleneck, Residual
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter


class _ResNet(Template):
    """A stem, four stages of residual blocks, and a dense layer over their averages."""

    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition"
    depths: ClassVar[tuple[int, int, int, int]]
    """Residual blocks of each stage."""

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _block(self, width: int, stride: int) -> Residual | Bottleneck:
        return Residual(out_channels=width, stride=stride)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        at_stem, at_pool, *at_stages = halvings(facts.sample, 5)
        side = 7 if at_stem else 3  # small images get the small stem of the paper's CIFAR networks
        with stack.block("stem", "Stem"):
            stack.chain(
                Conv2d(
                    out_channels=64,
                    kernel_size=side,
                    stride=2 if at_stem else 1,
                    padding=side // 2,
                    bias=False,
                ),
                BatchNorm2d(),
                ReLU(),
            )
            if at_pool:
                stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1))
        channels = 64
        for number, depth in enumerate(self.depths):
            with stack.block(f"stage{number + 1}", f"Stage {number + 1}"):
                channels = self._stage(stack, channels, depth, 64 << number, [False, *at_stages][number])
        stack.add(AdaptiveAvgPool2d(output_size=1), "pool")
        stack.add(Flatten(), "flatten")
        stack.add(Linear(out_features=outputs(facts)), "scores")

    def _stage(self, stack: StackWriter, channels: int, depth: int, width: int, halved: bool) -> int:
        """Write a stage for this many input channels; return its output channels. Its first block differs."""
        for number in range(1, depth + 1):
            block = self._block(width, 2 if halved and number == 1 else 1)
            title = f"{block.name}, first" if number == 1 and not _plain(block, channels) else ""
            block.within(stack, f"{block.words[0]}{number}", TensorSpec((channels, 1, 1)), title)
            channels = _out(block)
        return channels


def _out(block: Residual | Bottleneck) -> int:
    return block.out_channels if isinstance(block, Residual) else block.width * block.expansion


def _plain(block: Residual | Bottleneck, channels: int) -> bool:
    """Whether what goes in is added as it is."""
    return block.stride == 1 and channels == _out(block)


class ResNet18(_ResNet):
    """Eight residual blocks of two 3×3 convolutions: the usual first choice for images."""

    name: ClassVar[str] = "resnet-18"
    title: ClassVar[str] = "ResNet-18"
    depths: ClassVar[tuple[int, int, int, int]] = (2, 2, 2, 2)


class ResNet34(_ResNet):
    """Sixteen residual blocks of two 3×3 convolutions."""

    name: ClassVar[str] = "resnet-34"
    title: ClassVar[str] = "ResNet-34"
    depths: ClassVar[tuple[int, int, int, int]] = (3, 4, 6, 3)


class ResNet50(_ResNet):
    """Sixteen bottleneck blocks, with the stride on their 3×3 convolution."""

    name: ClassVar[str] = "resnet-50"
    title: ClassVar[str] = "ResNet-50"
    depths: ClassVar[tuple[int, int, int, int]] = (3, 4, 6, 3)

    def _block(self, width: int, stride: int) -> Residual | Bottleneck:
        return Bottleneck(width=width, stride=stride)
