"""U-Net."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.conv import Conv2d
from workbench.layers.fields import Width
from workbench.templates.base import Answers, Template, outputs
from workbench.templates.blocks.unet import Levels
from workbench.templates.blocks.unet import UNet as UNetBlock
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class UNet(Template):
    """Scores every pixel of an image: down to a coarse view and up again, with skip connections."""

    name: ClassVar[str] = "u-net"
    title: ClassVar[str] = "U-Net"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    answers: ClassVar[Answers] = "each pixel"
    source: ClassVar[str] = "Ronneberger, Fischer, Brox 2015, U-Net"

    width: Width = Field(default=64, description="Channels of the first level; each level has twice as many.")
    depth: Levels = Field(default=4, description="How often the image is halved; fewer where it can't be.")
    batch_norm: bool = Field(
        default=False, description="Normalise after every convolution; the paper has none."
    )

    @property
    def published(self) -> Facts:
        """Grey images of 572×572 pixels, and two classes."""
        return Facts(TensorSpec((1, 572, 572)), "classification", 2)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        # Images of the published size shrink as published; others are padded to keep theirs.
        block = UNetBlock(
            width=self.width,
            depth=self.depth,
            batch_norm=self.batch_norm,
            padded=facts.sample != self.published.sample,
        )
        block.build(stack, facts.sample)
        stack.add(Conv2d(out_channels=outputs(facts), kernel_size=1), "scores")
