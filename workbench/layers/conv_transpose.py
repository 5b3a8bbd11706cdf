"""Transposed convolutions: from fewer positions to more."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Misfit, TensorSpec, short
from workbench.layers.fields import (
    NotNegative,
    Padding2d,
    Padding3d,
    Sides,
    Size2d,
    Size3d,
    Whole,
    Width,
)
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME, Grouped


class _ConvTranspose(Grouped):
    """What transposed convolutions share."""

    out_channels: Width = Field(default=32, description="Number of learned filters, and of output channels.")
    kernel_size: Sides
    stride: Sides
    padding: Sides
    output_padding: Sides
    dilation: Sides
    groups: Whole = Field(default=1, description="Groups of channels that are convolved apart.")
    bias: bool = Field(default=True, description="Add a learned offset to each channel.")

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("stride", "padding", "output_padding", "groups", "bias", "dilation")
        return Call(f"nn.{self.type()}", (inputs[0].shape[0], self.out_channels, self.kernel_size), options)

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return (
            super().misfit(*inputs)
            or self.uneven_groups(inputs[0])
            or self._uneven_output()
            or self._cut_away(inputs[0])
        )

    def _uneven_output(self) -> Misfit | None:
        pairs = zip(self.per_direction("output_padding"), self.per_direction("stride"), strict=True)
        # torch would also take one below the dilation, but no ONNX runtime does.
        if all(extra < stride for extra, stride in pairs):
            return None
        return Misfit(
            f"Output padding {short(self.output_padding)} must be smaller than the stride "
            f"{short(self.stride)}. Set it to 0.",
            (Fix("Set output padding to 0", "set", params=(("output_padding", 0),)),),
        )

    def _cut_away(self, spec: TensorSpec) -> Misfit | None:
        names = ("stride", "padding", "output_padding")
        sides = zip(spec.shape[1:], self.reach(), *map(self.per_direction, names), strict=True)
        if all((size - 1) * step - 2 * cut + reach + extra > 0 for size, reach, step, cut, extra in sides):
            return None
        return Misfit(
            f"Padding {short(self.padding)} cuts away the whole output. Set it to 0.",
            (Fix("Set padding to 0", "set", params=(("padding", 0),)),),
        )


class ConvTranspose2d(_ConvTranspose):
    """Enlarges an image with learned filters: a convolution run backwards."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("convtranspose", "deconv", "convtranspose2d", "deconv2d")

    kernel_size: Size2d = Field(default=2, description="Height and width of each filter, in pixels.")
    stride: Size2d = Field(default=1, description="How many times larger the output gets.")
    padding: Padding2d = Field(default=0, description="Pixels cut from each side of the output.")
    output_padding: Padding2d = Field(default=0, description="Pixels added at one side of the output.")
    dilation: Size2d = Field(default=1, description="Distance between a filter's taps, in pixels.")


class ConvTranspose1d(_ConvTranspose):
    """Lengthens a sequence with learned filters: a convolution run backwards."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE
    words: ClassVar[tuple[str, ...]] = ("convtranspose1d", "deconv1d")

    kernel_size: Whole = Field(default=2, description="Length of each filter.")
    stride: Whole = Field(default=1, description="How many times longer the output gets.")
    padding: NotNegative = Field(default=0, description="Positions cut from both ends of the output.")
    output_padding: NotNegative = Field(default=0, description="Positions added at the end of the output.")
    dilation: Whole = Field(default=1, description="Distance between a filter's taps.")


class ConvTranspose3d(_ConvTranspose):
    """Enlarges a volume with learned filters: a convolution run backwards."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("convtranspose3d", "deconv3d")

    kernel_size: Size3d = Field(default=2, description="Depth, height and width of each filter, in voxels.")
    stride: Size3d = Field(default=1, description="How many times larger the output gets.")
    padding: Padding3d = Field(default=0, description="Voxels cut from each side of the output.")
    output_padding: Padding3d = Field(default=0, description="Voxels added at one side of the output.")
    dilation: Size3d = Field(default=1, description="Distance between a filter's taps, in voxels.")
