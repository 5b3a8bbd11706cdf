"""DnCNN."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Width
from workbench.layers.merge import Subtract
from workbench.layers.norm import BatchNorm2d
from workbench.templates.base import Answers, Template
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class DnCNN(Template):
    """Takes the noise out of an image: convolutions predict the noise, which is subtracted."""

    name: ClassVar[str] = "dncnn"
    title: ClassVar[str] = "DnCNN-17"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    answers: ClassVar[Answers] = "the sample"
    source: ClassVar[str] = "Zhang, Zuo, Chen, Meng, Zhang 2017, Beyond a Gaussian denoiser"

    width: Width = Field(default=64, description="Filters of each hidden convolution.")
    depth: Annotated[int, Field(ge=3, le=200)] = Field(
        default=17, description="Number of convolutions; 17 for known noise, 20 for unknown."
    )

    @property
    def published(self) -> Facts:
        """Grey patches of 40×40 pixels."""
        return Facts(TensorSpec((1, 40, 40)), "regression")

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        noisy = stack.last
        stack.add(Conv2d(out_channels=self.width, kernel_size=3, padding=1), "conv1")
        stack.add(ReLU(), "relu1")
        for number in range(2, self.depth):
            with stack.block(f"layer{number}", f"Denoising layer {self.width}"):
                conv = Conv2d(out_channels=self.width, kernel_size=3, padding=1, bias=False)
                stack.chain(conv, BatchNorm2d(eps=1e-4, momentum=0.95), ReLU())  # as the authors' code
        last = Conv2d(out_channels=facts.sample.shape[0], kernel_size=3, padding=1, bias=False)
        noise = stack.add(last, "noise")
        stack.add(Subtract(), "clean", reads=(noisy, noise))
