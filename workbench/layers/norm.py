"""Normalisation."""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.fields import Epsilon, Whole


class _BatchNorm(Layer):
    """What batch norms share."""

    group: ClassVar[Group] = "normalisation"

    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    momentum: float = Field(
        default=0.1, ge=0, le=1, description="Weight of the newest batch in the averages."
    )
    affine: bool = Field(default=True, description="Learn a scale and an offset a channel.")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("eps", "momentum", "affine")
        return Call(f"nn.{self.__class__.__name__}", (inputs[0].shape[0],), options)


class BatchNorm1d(_BatchNorm):
    """Normalises each feature, or each channel of a sequence, over the batch."""

    ranks: ClassVar[tuple[int, ...]] = (1, 2)
    expects: ClassVar[str] = "a vector, or a sequence (channels × length)"
    words: ClassVar[tuple[str, ...]] = ("bn1d", "batchnorm1d", "norm1d")


class BatchNorm2d(_BatchNorm):
    """Normalises each channel of an image over the batch."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = "an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("norm", "bn", "batchnorm", "batchnorm2d")


class LayerNorm(Layer):
    """Normalises each sample over its last dimension."""

    group: ClassVar[Group] = "normalisation"
    words: ClassVar[tuple[str, ...]] = ("layernorm", "ln")

    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    elementwise_affine: bool = Field(default=True, description="Learn a scale and an offset.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.LayerNorm", (inputs[0].shape[-1],), self.changed("eps", "elementwise_affine"))


class GroupNorm(Layer):
    """Normalises groups of channels of each sample; indifferent to the batch size."""

    group: ClassVar[Group] = "normalisation"
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)
    expects: ClassVar[str] = "channels first"
    words: ClassVar[tuple[str, ...]] = ("groupnorm", "gn")
    typed: ClassVar[tuple[str, ...]] = ("num_groups",)

    num_groups: Whole = Field(default=8, description="Number of groups that the channels are split into.")
    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    affine: bool = Field(default=True, description="Learn a scale and an offset a channel.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.GroupNorm", (self.num_groups, inputs[0].shape[0]), self.changed("eps", "affine"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found:
            return found
        channels = inputs[0].shape[0]
        if channels % self.num_groups == 0:
            return self._single(inputs[0])
        best = max(g for g in range(1, min(self.num_groups, channels) + 1) if channels % g == 0)
        return Misfit(
            f"{self.num_groups} groups don't divide {channels} channels. Use {best}.",
            (Fix(f"Use {best} groups", "set", params=(("num_groups", best),)),),
        )

    def _single(self, spec: TensorSpec) -> Misfit | None:
        """A group of one value: less its own mean, it is nothing."""
        if math.prod(spec.shape) > self.num_groups:
            return None
        fixes = [Fix("Remove GroupNorm", "remove")]
        if self.num_groups > 1:
            fixes.insert(0, Fix("Use 1 group", "set", params=(("num_groups", 1),)))
        return Misfit(
            "Each group holds a single value, so nothing is left of it. Use fewer groups.", tuple(fixes)
        )
