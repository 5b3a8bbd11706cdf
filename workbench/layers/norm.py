"""Normalisation over the batch."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Group, Layer, TensorSpec
from workbench.layers.fields import Epsilon
from workbench.layers.window import IMAGE, VOLUME


class _BatchNorm(Layer):
    """What batch norms share."""

    group: ClassVar[Group] = "normalisation"

    eps: Epsilon = Field(default=1e-5, description="Added to the variance, for stability.")
    momentum: float = Field(
        default=0.1, ge=0, le=1, description="Weight of the newest batch in the averages."
    )
    affine: bool = Field(default=True, description="Learn a scale and an offset a channel.")
    track_running_stats: bool = Field(
        default=True, description="Keep averages for use after training; else always use the batch's own."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("eps", "momentum", "affine", "track_running_stats")
        return Call(f"nn.{self.type()}", (inputs[0].shape[0],), options)


class BatchNorm2d(_BatchNorm):
    """Normalises each channel of an image over the batch."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("norm", "bn", "batchnorm", "batchnorm2d")


class BatchNorm1d(_BatchNorm):
    """Normalises each feature, or each channel of a sequence, over the batch."""

    ranks: ClassVar[tuple[int, ...]] = (1, 2)
    expects: ClassVar[str] = "a vector, or a sequence (channels × length)"
    words: ClassVar[tuple[str, ...]] = ("bn1d", "batchnorm1d", "norm1d")


class BatchNorm3d(_BatchNorm):
    """Normalises each channel of a volume over the batch."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("bn3d", "batchnorm3d", "norm3d")
