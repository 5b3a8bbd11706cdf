"""MobileNetV2."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU6
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.fields import Probability
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.blocks.inverted import InvertedResidual
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter

_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, output channels, blocks and stride of each, as in the paper's table 2."""


class MobileNetV2(Template):
    """Seventeen inverted residual blocks: accurate for few parameters and little work."""

    name: ClassVar[str] = "mobilenet-v2"
    title: ClassVar[str] = "MobileNetV2"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "Sandler, Howard, Zhu, Zhmoginov, Chen 2018, MobileNetV2"

    dropout: Probability = Field(
        default=0.2, description="Chance that a feature is dropped before the scores."
    )

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        at_stem, *kept = halvings(facts.sample, 5)
        with stack.block("stem", "Stem"):
            stem = Conv2d(out_channels=32, kernel_size=3, stride=2 if at_stem else 1, padding=1, bias=False)
            stack.chain(stem, BatchNorm2d(), ReLU6())
        channels = 32
        for number, (expand, out, depth, stride) in enumerate(_STAGES, 1):
            first = stride if stride == 1 or kept.pop(0) else 1
            with stack.block(f"stage{number}", f"Stage {number}"):
                for place in range(1, depth + 1):
                    block = InvertedResidual(
                        out_channels=out, stride=first if place == 1 else 1, expand_ratio=expand
                    )
                    title = "" if block.adds(channels) else f"{block.name}, first"
                    block.within(stack, f"mbconv{place}", TensorSpec((channels, 1, 1)), title)
                    channels = out
        with stack.block("top", "Top"):
            stack.chain(Conv2d(out_channels=1280, kernel_size=1, bias=False), BatchNorm2d(), ReLU6())
        stack.add(AdaptiveAvgPool2d(output_size=1), "pool")
        stack.add(Flatten(), "flatten")
        stack.add(Dropout(p=self.dropout), "drop")
        stack.add(Linear(out_features=outputs(facts)), "scores")
