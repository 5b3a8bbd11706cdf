"""Normalisation of each channel of each sample by itself."""

import math
from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Epsilon
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME


class _InstanceNorm(Layer):
    """What instance norms share."""

    group: ClassVar[Group] = "normalisation"

    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    momentum: float = Field(
        default=0.1, ge=0, le=1, description="Weight of the newest batch in the averages, where kept."
    )
    affine: bool = Field(default=False, description="Learn a scale and an offset a channel.")
    track_running_stats: bool = Field(
        default=False, description="Keep averages for use after training; else use each sample's own."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("eps", "momentum", "affine", "track_running_stats")
        return Call(f"nn.{self.type()}", (inputs[0].shape[0],), options)

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found or math.prod(inputs[0].shape[1:]) > 1:
            return found
        name = self.type()
        return Misfit(
            f"{name} gets a single position a channel ({inputs[0]}), so nothing is left of it. "
            "Remove it, or pool less above.",
            (Fix(f"Remove {name}", "remove"),),
        )


class InstanceNorm2d(_InstanceNorm):
    """Normalises each channel of each image by itself; usual in style transfer."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("instancenorm", "in2d", "instancenorm2d")


class InstanceNorm1d(_InstanceNorm):
    """Normalises each channel of each sequence by itself."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE
    words: ClassVar[tuple[str, ...]] = ("instancenorm1d", "in1d")


class InstanceNorm3d(_InstanceNorm):
    """Normalises each channel of each volume by itself."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("instancenorm3d", "in3d")
