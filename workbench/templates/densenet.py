"""DenseNet."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.fields import Width
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import AvgPool2d, MaxPool2d
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.blocks.dense import DenseBlock
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter


class DenseNet121(Template):
    """Four blocks of 6, 12, 24 and 16 layers that each read all layers before them."""

    name: ClassVar[str] = "densenet-121"
    title: ClassVar[str] = "DenseNet-121"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "Huang, Liu, van der Maaten, Weinberger 2017, Densely connected networks"

    growth_rate: Width = Field(default=32, description="Channels that each layer adds.")

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        at_stem, at_pool, *at_transitions = halvings(facts.sample, 5)
        channels, side = 2 * self.growth_rate, 7 if at_stem else 3
        stride = 2 if at_stem else 1
        stem = Conv2d(out_channels=channels, kernel_size=side, stride=stride, padding=side // 2, bias=False)
        with stack.block("stem", "Stem"):
            stack.chain(stem, BatchNorm2d(), ReLU())
            if at_pool:
                stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1))
        for number, depth in enumerate((6, 12, 24, 16), 1):
            DenseBlock(growth_rate=self.growth_rate, num_layers=depth).within(stack, f"dense{number}")
            channels += depth * self.growth_rate
            if number < 4:
                channels //= 2
                with stack.block(f"transition{number}", f"Transition {channels}"):
                    stack.chain(
                        BatchNorm2d(), ReLU(), Conv2d(out_channels=channels, kernel_size=1, bias=False)
                    )
                    if at_transitions[number - 1]:
                        stack.add(AvgPool2d(kernel_size=2))
        stack.add(BatchNorm2d(), "norm")
        stack.add(ReLU(), "relu")
        stack.add(AdaptiveAvgPool2d(output_size=1), "pool")
        stack.add(Flatten(), "flatten")
        stack.add(Linear(out_features=outputs(facts)), "scores")
