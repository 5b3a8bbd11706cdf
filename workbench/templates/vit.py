"""The vision Transformer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.core import Linear
from workbench.layers.fields import Probability, Whole
from workbench.layers.norm_sample import LayerNorm
from workbench.layers.over_time import FirstStep
from workbench.layers.patches import PatchEmbed
from workbench.layers.positional import ClassToken, LearnedPositions
from workbench.layers.regularise import Dropout
from workbench.templates.base import Template, outputs
from workbench.templates.fields import Depth
from workbench.templates.samples import Takes
from workbench.templates.transformer import encoders
from workbench.templates.writer import StackWriter


class ViTTiny(Template):
    """Cuts an image into patches, which look at each other as the words of a sentence do."""

    name: ClassVar[str] = "vit-tiny"
    title: ClassVar[str] = "ViT-Tiny"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "Dosovitskiy et al. 2021 (ViT); Touvron et al. 2021 (DeiT-Ti)"

    patch_size: Whole = Field(default=16, description="Side of a patch in pixels; less on small images.")
    depth: Depth = Field(default=12, description="Number of encoder layers.")
    dropout: Probability = Field(default=0.0, description="Chance that a feature is dropped in training.")

    @property
    def published(self) -> Facts:
        """ImageNet: 224×224 pixels, 1000 classes."""
        return Facts(TensorSpec((3, 224, 224)), "classification", 1000)

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        side = _patch(facts.sample.shape[1:], self.patch_size)
        stack.add(PatchEmbed(embed_dim=192, patch_size=side), "patches")
        stack.add(ClassToken(), "class_token")
        stack.add(LearnedPositions(), "positions")
        stack.add(Dropout(p=self.dropout), "drop")
        encoders(stack, self.depth, 192, 3, self.dropout, "gelu", norm_first=True)
        stack.add(LayerNorm(eps=1e-6), "norm")
        stack.add(FirstStep(), "class_state")
        stack.add(Linear(out_features=outputs(facts)), "scores")


def _patch(sides: tuple[int, ...], most: int) -> int:
    """The largest side of a patch that tiles an image into seven or more a side, if that can be."""
    tiling = [side for side in range(1, min(sides) + 1) if all(each % side == 0 for each in sides)]
    return max(side for side in tiling if side <= min(most, max(2, min(sides) // 7)))
