"""Normalisation within each sample, indifferent to the batch."""

import math
from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec
from workbench.layers.dims import missing_dim
from workbench.layers.fields import Dim, Epsilon, Whole


class _LastDims(Layer):
    """Normalises over the last dimensions."""

    group: ClassVar[Group] = "normalisation"

    dims: int = Field(
        default=1, ge=1, le=6, description="How many of the last dimensions are normalised together."
    )

    def normalized_shape(self, spec: TensorSpec) -> int | tuple[int, ...]:
        """What torch calls so: the sides of the last dimensions."""
        return spec.shape[-1] if self.dims == 1 else spec.shape[-self.dims :]

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        rank = len(inputs[0].shape)
        if found or self.dims <= rank:
            return found
        return Misfit(
            f"{self.type()} normalises the last {self.dims} dimensions, but {inputs[0]} has {rank}. "
            f"Use {rank}.",
            (Fix(f"Use the last {rank}", "set", params=(("dims", rank),)),),
        )

    def summary(self) -> str:
        return "" if self.dims == 1 else f"last {self.dims}"


class LayerNorm(_LastDims):
    """Normalises each sample over its last dimension, or over several."""

    words: ClassVar[tuple[str, ...]] = ("layernorm", "ln")

    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    elementwise_affine: bool = Field(default=True, description="Learn a scale and an offset.")
    bias: bool = Field(default=True, description="Learn the offset, too, where there is a scale.")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("eps", "elementwise_affine", "bias")
        return Call("nn.LayerNorm", (self.normalized_shape(inputs[0]),), options)


class RMSNorm(_LastDims):
    """Divides each sample by its root mean square over the last dimensions; usual in language models."""

    words: ClassVar[tuple[str, ...]] = ("rmsnorm", "rms")

    eps: Epsilon | None = Field(
        default=None, description="Added to the mean square, for stability; empty is the smallest step."
    )
    elementwise_affine: bool = Field(default=True, description="Learn a scale.")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("eps", "elementwise_affine")
        return Call("nn.RMSNorm", (self.normalized_shape(inputs[0]),), options)


class GroupNorm(Layer):
    """Normalises groups of channels of each sample; indifferent to the batch size."""

    group: ClassVar[Group] = "normalisation"
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3, 4)
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


class LocalResponseNorm(Layer):
    """Damps each value by its neighbours in other channels, as AlexNet did."""

    group: ClassVar[Group] = "normalisation"
    ranks: ClassVar[tuple[int, ...]] = (2, 3, 4)
    expects: ClassVar[str] = "channels first, such as an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("lrn", "localresponsenorm")
    typed: ClassVar[tuple[str, ...]] = ("size",)

    size: Whole = Field(default=5, description="How many neighbouring channels are summed over.")
    alpha: float = Field(default=1e-4, ge=0, le=1000, description="Weight of the neighbours.")
    beta: float = Field(default=0.75, ge=0, le=100, description="Power of the damping.")
    k: float = Field(default=1.0, gt=0, le=1000, description="Added to the weighed neighbours.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.LocalResponseNorm", (self.size,), self.changed("alpha", "beta", "k"))


class Normalize(Layer):
    """Scales vectors along a dimension to length 1, for comparing directions."""

    group: ClassVar[Group] = "normalisation"
    words: ClassVar[tuple[str, ...]] = ("normalize", "normalise", "l2norm", "unitnorm")

    order: float = Field(
        default=2.0, ge=1, le=100, description="Which length: 2 is Euclidean, 1 the sum of absolute values."
    )
    dim: Dim = Field(default=1, description="Dimension the vectors lie along, the batch being 0.")
    eps: Epsilon = Field(default=1e-12, description="Smallest length that is divided by.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("Normalize", (), self.changed("order", "dim", "eps"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or missing_dim(self, "dim", inputs[0])
