"""Layers that act while training only, against overfitting."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Group
from workbench.layers.fields import Probability
from workbench.layers.plain import Plain
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME


class _Regulariser(Plain):
    """What they share."""

    group: ClassVar[Group] = "regularisation"


class Dropout(_Regulariser):
    """Sets random features to zero while training, against overfitting."""

    words: ClassVar[tuple[str, ...]] = ("dropout", "drop")
    typed: ClassVar[tuple[str, ...]] = ("p",)

    p: Probability = Field(default=0.5, description="Chance that a feature is dropped.")


class _ChannelDropout(_Regulariser):
    """Drops whole channels."""

    typed: ClassVar[tuple[str, ...]] = ("p",)

    p: Probability = Field(default=0.5, description="Chance that a channel is dropped.")


class Dropout2d(_ChannelDropout):
    """Sets whole random channels of an image to zero while training."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("dropout2d", "drop2d")


class Dropout1d(_ChannelDropout):
    """Sets whole random channels of a sequence to zero while training."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE
    words: ClassVar[tuple[str, ...]] = ("dropout1d", "drop1d")


class Dropout3d(_ChannelDropout):
    """Sets whole random channels of a volume to zero while training."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("dropout3d", "drop3d")


class DropPath(_Regulariser):
    """Sets whole random samples to zero while training: before an Add it skips a branch."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("droppath", "stochasticdepth")
    typed: ClassVar[tuple[str, ...]] = ("p",)

    p: Probability = Field(default=0.1, description="Chance that the branch is skipped for a sample.")


class AlphaDropout(_Regulariser):
    """Dropout that keeps mean 0 and deviation 1: for networks of SELU."""

    words: ClassVar[tuple[str, ...]] = ("alphadropout", "alphadrop")
    typed: ClassVar[tuple[str, ...]] = ("p",)

    p: Probability = Field(default=0.5, description="Chance that a feature is dropped.")


class FeatureAlphaDropout(_ChannelDropout):
    """AlphaDropout of whole channels."""

    ranks: ClassVar[tuple[int, ...]] = (2, 3, 4)
    expects: ClassVar[str] = "channels first, such as an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("featurealphadropout", "featuredropout")


class GaussianNoise(_Regulariser):
    """Adds normal noise while training."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("noise", "gaussiannoise")
    typed: ClassVar[tuple[str, ...]] = ("std",)

    std: float = Field(
        default=0.1, ge=0, le=1000, description="Standard deviation of the noise, in the input's units."
    )
