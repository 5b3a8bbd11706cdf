"""Pooling down to a given size, or to a single value a channel, whatever the size of the input."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Group, Layer, TensorSpec, short
from workbench.layers.fields import Sides, Size2d, Size3d, Whole
from workbench.layers.plain import Plain
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME, each


class _Global(Layer):
    """One value a channel."""

    group: ClassVar[Group] = "pooling"
    ranks: ClassVar[tuple[int, ...]] = (2, 3, 4)
    expects: ClassVar[str] = "channels first, such as an image (channels × height × width)"

    def call(self, *inputs: TensorSpec) -> Call:
        return Call(self.type())


class GlobalAvgPool(_Global):
    """Averages each channel over all its positions: a vector, one value a channel."""

    words: ClassVar[tuple[str, ...]] = ("gap", "globalpool", "globalavgpool")


class GlobalMaxPool(_Global):
    """Keeps the largest value of each channel: a vector, one value a channel."""

    words: ClassVar[tuple[str, ...]] = ("gmp", "globalmaxpool")


class _Adaptive(Plain):
    """What pools down to a given size share."""

    group: ClassVar[Group] = "pooling"
    typed: ClassVar[tuple[str, ...]] = ("output_size",)

    output_size: Sides

    def summary(self) -> str:
        return f"to {short(each(self.output_size, self.ranks[0] - 1))}"


class _Adaptive1d(_Adaptive):
    """Down to a given length."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE

    output_size: Whole = Field(default=1, description="Length of the output.")


class _Adaptive2d(_Adaptive):
    """Down to a given size of an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE

    output_size: Size2d = Field(default=1, description="Height and width of the output, in pixels.")


class AdaptiveAvgPool2d(_Adaptive2d):
    """Averages an image down to a given size, whatever its own."""

    words: ClassVar[tuple[str, ...]] = ("adaptiveavgpool", "adaptivepool", "adaptiveavgpool2d")


class AdaptiveAvgPool1d(_Adaptive1d):
    """Averages a sequence down to a given length, whatever its own."""

    words: ClassVar[tuple[str, ...]] = ("adaptiveavgpool1d",)


class AdaptiveAvgPool3d(_Adaptive):
    """Averages a volume down to a given size, whatever its own."""

    home: ClassVar[str] = ""
    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("adaptiveavgpool3d",)

    output_size: Size3d = Field(default=1, description="Depth, height and width of the output, in voxels.")


class AdaptiveMaxPool2d(_Adaptive2d):
    """Keeps the largest values of an image, down to a given size, whatever its own."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("adaptivemaxpool", "adaptivemaxpool2d")


class AdaptiveMaxPool1d(_Adaptive1d):
    """Keeps the largest values of a sequence, down to a given length, whatever its own."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("adaptivemaxpool1d",)


class AdaptiveMaxPool3d(_Adaptive):
    """Keeps the largest values of a volume, down to a given size, whatever its own."""

    home: ClassVar[str] = ""
    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("adaptivemaxpool3d",)

    output_size: Size3d = Field(default=1, description="Depth, height and width of the output, in voxels.")
