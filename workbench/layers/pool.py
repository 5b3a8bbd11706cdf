"""Pooling: fewer positions, the same channels."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Misfit, TensorSpec, short
from workbench.layers.fields import NotNegative, Padding2d, Padding3d, Sides, Size2d, Size3d, Whole
from workbench.layers.window import IMAGE, SEQUENCE, VOLUME, Window


class _Pool(Window):
    """What pools with a padded window share."""

    kernel_size: Sides
    stride: Sides | None
    padding: Sides
    ceil_mode: bool = Field(
        default=False, description="Keep the last window where it reaches over the edge, too."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = [name for name in type(self).model_fields if name != "kernel_size"]
        if not self.ceil_adds(inputs[0].shape[1:]):
            options.remove("ceil_mode")  # ONNX would count a window that torch leaves out
        return Call(f"nn.{self.type()}", (self.kernel_size,), self.changed(*options))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or self.too_large(inputs[0]) or self._too_wide()

    def _too_wide(self) -> Misfit | None:
        kernel, padding = self.per_direction("kernel_size"), self.per_direction("padding")
        if all(2 * pad <= size for size, pad in zip(kernel, padding, strict=True)):
            return None
        most = tuple(min(pad, size // 2) for size, pad in zip(kernel, padding, strict=True))
        less = most[0] if len(set(most)) == 1 else most
        return Misfit(
            f"Padding {short(self.padding)} is more than half of the window {short(self.kernel_size)}. "
            f"Use {short(less)}.",
            (Fix(f"Set padding to {short(less)}", "set", params=(("padding", less),)),),
        )


class _Pool1d(_Pool):
    """A window along a sequence."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE

    kernel_size: Whole = Field(default=2, description="Length of the window.")
    stride: Whole | None = Field(default=None, description="Step of the window; empty is its length.")
    padding: NotNegative = Field(default=0, description="Positions added at both ends.")


class _Pool2d(_Pool):
    """A window over an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE

    kernel_size: Size2d = Field(default=2, description="Height and width of the window, in pixels.")
    stride: Size2d | None = Field(
        default=None, description="Step of the window, in pixels; empty is its size."
    )
    padding: Padding2d = Field(default=0, description="Pixels added around the image.")


class _Pool3d(_Pool):
    """A window through a volume."""

    ranks: ClassVar[tuple[int, ...]] = (4,)
    expects: ClassVar[str] = VOLUME

    kernel_size: Size3d = Field(default=2, description="Depth, height and width of the window, in voxels.")
    stride: Size3d | None = Field(
        default=None, description="Step of the window, in voxels; empty is its size."
    )
    padding: Padding3d = Field(default=0, description="Voxels added around the volume.")


class MaxPool2d(_Pool2d):
    """Keeps the largest value of each window of an image."""

    words: ClassVar[tuple[str, ...]] = ("pool", "maxpool", "maxpool2d")

    dilation: Size2d = Field(default=1, description="Distance between the window's pixels.")


class MaxPool1d(_Pool1d):
    """Keeps the largest value of each window along a sequence."""

    words: ClassVar[tuple[str, ...]] = ("maxpool1d", "pool1d")

    dilation: Whole = Field(default=1, description="Distance between the window's positions.")


class MaxPool3d(_Pool3d):
    """Keeps the largest value of each window of a volume."""

    words: ClassVar[tuple[str, ...]] = ("maxpool3d", "pool3d")

    dilation: Size3d = Field(default=1, description="Distance between the window's voxels.")


_COUNTED = "Count what was padded as zeros; else average over the rest of the window."


class AvgPool2d(_Pool2d):
    """Averages each window of an image."""

    words: ClassVar[tuple[str, ...]] = ("avgpool", "avgpool2d")

    count_include_pad: bool = Field(default=True, description=_COUNTED)


class AvgPool1d(_Pool1d):
    """Averages each window along a sequence."""

    words: ClassVar[tuple[str, ...]] = ("avgpool1d",)

    count_include_pad: bool = Field(default=True, description=_COUNTED)


class AvgPool3d(_Pool3d):
    """Averages each window of a volume."""

    words: ClassVar[tuple[str, ...]] = ("avgpool3d",)

    count_include_pad: bool = Field(default=True, description=_COUNTED)

    def room(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        return sides  # torch wants the volume itself to hold the window, padding or not
