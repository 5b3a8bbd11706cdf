"""LeNet-5."""

from __future__ import annotations

from typing import ClassVar

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import Tanh
from workbench.layers.conv import Conv2d
from workbench.layers.core import Linear
from workbench.layers.pool import AvgPool2d
from workbench.layers.shape import Flatten
from workbench.templates.base import Template, outputs
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class LeNet5(Template):
    """Two convolutions, each averaged down, and three dense layers: the first CNN that read post codes."""

    name: ClassVar[str] = "lenet-5"
    title: ClassVar[str] = "LeNet-5"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning"

    @property
    def published(self) -> Facts:
        """Digits of 28×28 pixels in a frame of 32×32."""
        return Facts(TensorSpec((1, 32, 32)), "classification", 10)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        side = min(facts.sample.shape[1:])
        for number, filters in enumerate((6, 16), 1):
            # As published, filters stay within the image; where that leaves too little, they are padded.
            tight = side >= (32 if number == 1 else 14)
            stack.add(Conv2d(out_channels=filters, kernel_size=5, padding=0 if tight else 2), f"conv{number}")
            stack.add(Tanh(), f"tanh{number}")
            side -= 4 if tight else 0
            if side >= 2:
                stack.add(AvgPool2d(kernel_size=2), f"pool{number}")
                side //= 2
        stack.add(Flatten(), "flatten")
        for number, width in enumerate((120, 84), 3):
            stack.add(Linear(out_features=width), f"linear{number}")
            stack.add(Tanh(), f"tanh{number}")
        stack.add(Linear(out_features=outputs(facts)), "scores")
