"""Convolutions."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Misfit, TensorSpec, short
from workbench.layers.fields import (
    NotNegative,
    Padding2d,
    Padding3d,
    PaddingMode,
    Sides,
    Size2d,
    Size3d,
    Whole,
    Width,
)
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME, Grouped, same_needs_stride_1


class _Conv(Grouped):
    """What convolutions share."""

    out_channels: Width = Field(default=32, description="Number of learned filters, and of output channels.")
    kernel_size: Sides
    stride: Sides
    padding: Sides | Literal["same", "valid"]
    dilation: Sides
    groups: Whole = Field(default=1, description="Groups of channels that are convolved apart.")
    bias: bool = Field(default=True, description="Add a learned offset to each channel.")
    padding_mode: PaddingMode = Field(
        default="zeros",
        description="What is padded with: zeros, the mirrored input, its edge, or its other end.",
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("stride", "padding", "dilation", "groups", "bias", "padding_mode")
        return Call(f"nn.{self.type()}", (inputs[0].shape[0], self.out_channels, self.kernel_size), options)

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        pad = Fix("Pad to the same size", "set", params=(("padding", "same"), ("stride", 1)))
        return (
            super().misfit(*inputs)
            or same_needs_stride_1(self.padding, self.stride)
            or self.uneven_groups(inputs[0])
            or self._too_little_to_pad_with(inputs[0])
            or self.too_large(inputs[0], pad)
        )

    def _too_little_to_pad_with(self, spec: TensorSpec) -> Misfit | None:
        """Mirroring needs more pixels than are padded, repeating from the other end as many."""
        spare = {"reflect": 1, "circular": 0}.get(self.padding_mode)
        if spare is None:
            return None
        pads = self.per_direction("padding") if self.padding != "same" else self._same()
        if all(pad + spare <= side for pad, side in zip(pads, spec.shape[1:], strict=True)):
            return None
        return Misfit(
            f"Padding {short(pads)} with mode {self.padding_mode} takes more than the "
            f"{short(spec.shape[1:])} that reach it have. Pad with zeros.",
            (Fix("Pad with zeros", "set", params=(("padding_mode", "zeros"),)),),
        )

    def _same(self) -> tuple[int, ...]:
        """How much "same" pads at the side where it pads more."""
        return tuple(reach // 2 for reach in self.reach())


class Conv1d(_Conv):
    """Slides learned filters along a sequence."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE
    words: ClassVar[tuple[str, ...]] = ("conv1d", "conv1")

    kernel_size: Whole = Field(default=3, description="Length of each filter.")
    stride: Whole = Field(default=1, description="Step between positions.")
    padding: NotNegative | Literal["same", "valid"] = Field(
        default=0, description="Positions added at both ends; same keeps the length."
    )
    dilation: Whole = Field(default=1, description="Distance between a filter's taps.")


class Conv2d(_Conv):
    """Slides learned filters over an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("conv", "conv2d", "conv2")

    kernel_size: Size2d = Field(default=3, description="Height and width of each filter, in pixels.")
    stride: Size2d = Field(default=1, description="Step between positions, in pixels.")
    padding: Padding2d | Literal["same", "valid"] = Field(
        default=0, description="Pixels added around the image; same keeps its size."
    )
    dilation: Size2d = Field(default=1, description="Distance between a filter's taps, in pixels.")


class Conv3d(_Conv):
    """Slides learned filters through a volume, or through a film of images."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME
    words: ClassVar[tuple[str, ...]] = ("conv3d", "conv3")

    kernel_size: Size3d = Field(default=3, description="Depth, height and width of each filter, in voxels.")
    stride: Size3d = Field(default=1, description="Step between positions, in voxels.")
    padding: Padding3d | Literal["same", "valid"] = Field(
        default=0, description="Voxels added around the volume; same keeps its size."
    )
    dilation: Size3d = Field(default=1, description="Distance between a filter's taps, in voxels.")
