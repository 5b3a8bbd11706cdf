"""Power-average pooling."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Misfit, TensorSpec
from workbench.layers.fields import Sides, Size2d, Whole
from workbench.layers.window import IMAGE, SEQUENCE, Window


class _LPPool(Window):
    """What both share."""

    kernel_size: Sides
    stride: Sides | None
    norm_type: int = Field(
        default=2,
        ge=1,
        le=2,
        description="Power: 1 is the sum of the window, 2 the square root of its sum of squares.",
    )
    ceil_mode: bool = Field(
        default=False, description="Keep the last window where it reaches over the edge, too."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        # Where it adds no window it is left out: ONNX would count one that torch leaves out.
        names = ("stride", "ceil_mode") if self.ceil_adds(inputs[0].shape[1:]) else ("stride",)
        return Call(f"nn.{self.type()}", (self.norm_type, self.kernel_size), self.changed(*names))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or self.too_large(inputs[0])


class LPPool2d(_LPPool):
    """Takes the power average of each window of an image: between average and maximum."""

    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("lppool", "lppool2d")

    kernel_size: Size2d = Field(default=2, description="Height and width of the window, in pixels.")
    stride: Size2d | None = Field(
        default=None, description="Step of the window, in pixels; empty is its size."
    )


class LPPool1d(_LPPool):
    """Takes the power average of each window along a sequence: between average and maximum."""

    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = SEQUENCE
    words: ClassVar[tuple[str, ...]] = ("lppool1d",)

    kernel_size: Whole = Field(default=2, description="Length of the window.")
    stride: Whole | None = Field(default=None, description="Step of the window; empty is its length.")
