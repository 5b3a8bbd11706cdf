"""GoogLeNet, and a small network of the same blocks."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.fields import Probability
from workbench.layers.norm import BatchNorm2d
from workbench.layers.pool import MaxPool2d
from workbench.layers.pool_to import AdaptiveAvgPool2d
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.blocks.inception import Inception
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter

_SOURCE = "Szegedy et al. 2014, Going deeper with convolutions"
_STAGES = {
    "3": {"a": (64, 96, 128, 16, 32, 32), "b": (128, 128, 192, 32, 96, 64)},
    "4": {
        "a": (192, 96, 208, 16, 48, 64),
        "b": (160, 112, 224, 24, 64, 64),
        "c": (128, 128, 256, 24, 64, 64),
        "d": (112, 144, 288, 32, 64, 64),
        "e": (256, 160, 320, 32, 128, 128),
    },
    "5": {"a": (256, 160, 320, 32, 128, 128), "b": (384, 192, 384, 48, 128, 128)},
}
"""Widths of the blocks' branches, as in the paper's table 1."""


class _Inceptions(Template):
    """What both share."""

    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = _SOURCE

    dropout: Probability = Field(
        default=0.4, description="Chance that a feature is dropped before the scores."
    )

    def _blocks(self, stack: StackWriter, number: str, letters: str, batch_norm: bool) -> None:
        for letter in letters:
            widths = dict(zip(Inception.typed, _STAGES[number][letter], strict=True))
            block = Inception.model_validate({**widths, "batch_norm": batch_norm})
            block.within(stack, f"inception{number}{letter}", title=f"Inception {number}{letter}")

    def _scores(self, stack: StackWriter, facts: Facts) -> None:
        stack.add(AdaptiveAvgPool2d(output_size=1), "pool")
        stack.add(Flatten(), "flatten")
        stack.add(Dropout(p=self.dropout), "drop")
        stack.add(Linear(out_features=outputs(facts)), "scores")


class SmallInception(_Inceptions):
    """A convolution and three Inception blocks with batch norm: quick to train on small images."""

    name: ClassVar[str] = "inception"
    title: ClassVar[str] = "Inception, small"

    @property
    def published(self) -> Facts:
        """Images of 32×32 pixels, ten classes, as of CIFAR-10."""
        return Facts(TensorSpec((3, 32, 32)), "classification", 10)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        pools = halvings(facts.sample, 2)
        with stack.block("stem", "Stem"):
            conv = Conv2d(out_channels=64, kernel_size=3, padding=1, bias=False)
            stack.chain(conv, BatchNorm2d(), ReLU())
        if pools[0]:
            stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1), "pool2")
        self._blocks(stack, "3", "ab", batch_norm=True)
        if pools[1]:
            stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1), "pool3")
        self._blocks(stack, "4", "a", batch_norm=True)
        self._scores(stack, facts)


class GoogLeNet(_Inceptions):
    """Nine Inception blocks over three convolutions, without the paper's auxiliary classifiers."""

    name: ClassVar[str] = "googlenet"
    title: ClassVar[str] = "GoogLeNet"

    batch_norm: bool = Field(default=False, description="Normalise in the blocks; the paper has none.")

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        kept = halvings(facts.sample, 5)
        with stack.block("stem", "Stem"):
            self._stem(stack, *kept[:3])
        for number, letters, pooled in (("3", "ab", kept[3]), ("4", "abcde", kept[4]), ("5", "ab", False)):
            self._blocks(stack, number, letters, self.batch_norm)
            if pooled:
                stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1), f"pool{number}")
        self._scores(stack, facts)

    def _stem(self, stack: StackWriter, strided: bool, pooled1: bool, pooled2: bool) -> None:
        side = 7 if strided else 3
        stack.chain(
            Conv2d(out_channels=64, kernel_size=side, stride=2 if strided else 1, padding=side // 2), ReLU()
        )
        if pooled1:
            stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1))
        stack.chain(
            Conv2d(out_channels=64, kernel_size=1),
            ReLU(),
            Conv2d(out_channels=192, kernel_size=3, padding=1),
            ReLU(),
        )
        if pooled2:
            stack.add(MaxPool2d(kernel_size=3, stride=2, padding=1))
