"""Convolutions."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import NotNegative, Padding2d, Size2d, Whole, Width


class _Conv(Layer):
    """What all convolutions share."""

    group: ClassVar[Group] = "convolution"
    typed: ClassVar[tuple[str, ...]] = ("out_channels", "kernel_size")

    out_channels: Width = Field(default=32, description="Number of learned filters, and of output channels.")

    def call(self, *inputs: TensorSpec) -> Call:
        first = (inputs[0].shape[0], *(getattr(self, name) for name in self.typed))
        options = [n for n in type(self).model_fields if n not in self.typed]
        return Call(f"nn.{self.__class__.__name__}", first, self.changed(*options))

    def summary(self) -> str:
        size = getattr(self, "kernel_size", 1)
        sides = size if isinstance(size, tuple) else (size,) * (2 if self.ranks == (3,) else 1)
        stride = getattr(self, "stride", 1)
        return f"{self.out_channels} · {short(sides)}" + (f" /{short(stride)}" if stride != 1 else "")


def _too_large(layer: Layer, spec: TensorSpec) -> Misfit | None:
    """Kernel larger than the padded input: the commonest way to run a network out of pixels."""
    padding = getattr(layer, "padding", 0)
    if padding == "same":
        return None
    padding = 0 if padding == "valid" else padding
    sides = spec.shape[1:]
    kernel = _each(getattr(layer, "kernel_size"), len(sides))  # noqa: B009
    dilation = _each(getattr(layer, "dilation", 1), len(sides))
    pads = _each(padding, len(sides))
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    if all(r <= s + 2 * p for r, s, p in zip(reach, sides, pads, strict=True)):
        return None
    name = layer.__class__.__name__
    fixes = [Fix(f"Remove {name}", "remove")]
    if name.startswith("Conv"):
        fixes.insert(0, Fix("Pad to the same size", "set", params=(("padding", "same"), ("stride", 1))))
    return Misfit(
        f"The {short(reach)} kernel is larger than the {short(sides)} that reach it. "
        "Make it smaller, pad, or pool less above.",
        tuple(fixes),
    )


def _each(value: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,) * count


def _uneven_groups(layer: Layer, spec: TensorSpec) -> Misfit | None:
    groups, out = layer.groups, layer.out_channels  # type: ignore[attr-defined]
    if spec.shape[0] % groups == 0 and out % groups == 0:
        return None
    return Misfit(
        f"{groups} groups don't divide {spec.shape[0]} input and {out} output channels evenly. Use 1 group.",
        (Fix("Use 1 group", "set", params=(("groups", 1),)),),
    )


class Conv1d(_Conv):
    """Slides learned filters along a sequence."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (channels × length)"
    words: ClassVar[tuple[str, ...]] = ("conv1d", "conv1")

    kernel_size: Whole = Field(default=3, description="Length of each filter.")
    stride: Whole = Field(default=1, description="Step between positions.")
    padding: NotNegative | Literal["same", "valid"] = Field(
        default=0, description="Zeros added at both ends."
    )
    dilation: Whole = Field(default=1, description="Distance between a filter's taps.")
    groups: Whole = Field(default=1, description="Groups of channels that are convolved apart.")
    bias: bool = Field(default=True, description="Add a learned offset to each channel.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return (
            super().misfit(*inputs)
            or _same_needs_stride_1(self)
            or _uneven_groups(self, inputs[0])
            or _too_large(self, inputs[0])
        )


class Conv2d(_Conv):
    """Slides learned filters over an image."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = "an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("conv", "conv2d", "conv2")

    kernel_size: Size2d = Field(default=3, description="Height and width of each filter, in pixels.")
    stride: Size2d = Field(default=1, description="Step between positions, in pixels.")
    padding: Padding2d | Literal["same", "valid"] = Field(
        default=0, description="Pixels of zeros added around the image; same keeps its size."
    )
    dilation: Size2d = Field(default=1, description="Distance between a filter's taps, in pixels.")
    groups: Whole = Field(default=1, description="Groups of channels that are convolved apart.")
    bias: bool = Field(default=True, description="Add a learned offset to each channel.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return (
            super().misfit(*inputs)
            or _same_needs_stride_1(self)
            or _uneven_groups(self, inputs[0])
            or _too_large(self, inputs[0])
        )


def _same_needs_stride_1(layer: Layer) -> Misfit | None:
    stride = layer.stride  # type: ignore[attr-defined]
    if layer.padding != "same" or set(_each(stride, 1)) == {1}:  # type: ignore[attr-defined]
        return None
    return Misfit(
        "Padding 'same' works with stride 1 only. Set the stride to 1, or give the padding in pixels.",
        (Fix("Set stride to 1", "set", params=(("stride", 1),)),),
    )


class ConvTranspose2d(_Conv):
    """Enlarges an image with learned filters: a convolution run backwards."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = "an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("convtranspose", "deconv", "convtranspose2d")

    kernel_size: Size2d = Field(default=2, description="Height and width of each filter, in pixels.")
    stride: Size2d = Field(default=1, description="How many times larger the output gets.")
    padding: Padding2d = Field(default=0, description="Pixels cut from each side of the output.")
    output_padding: Padding2d = Field(default=0, description="Pixels added at one side of the output.")
    bias: bool = Field(default=True, description="Add a learned offset to each channel.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or self._uneven_output() or self._cut_away(inputs[0])

    def _uneven_output(self) -> Misfit | None:
        pairs = zip(_each(self.output_padding, 2), _each(self.stride, 2), strict=True)
        if all(extra < stride for extra, stride in pairs):
            return None
        return Misfit(
            f"Output padding {short(self.output_padding)} must be smaller than the stride "
            f"{short(self.stride)}. Set it to 0.",
            (Fix("Set output padding to 0", "set", params=(("output_padding", 0),)),),
        )

    def _cut_away(self, spec: TensorSpec) -> Misfit | None:
        sides = zip(
            *(
                _each(value, 2)
                for value in (self.kernel_size, self.stride, self.padding, self.output_padding)
            ),
            spec.shape[1:],
            strict=True,
        )
        if all((size - 1) * step - 2 * cut + kernel + extra > 0 for kernel, step, cut, extra, size in sides):
            return None
        return Misfit(
            f"Padding {short(self.padding)} cuts away the whole output. Set it to 0.",
            (Fix("Set padding to 0", "set", params=(("padding", 0),)),),
        )
