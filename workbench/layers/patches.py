"""Images as sequences of patches."""

from typing import ClassVar

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import Padding2d, Size2d, Width
from workbench.layers.window import IMAGE, Window, each


class PatchEmbed(Layer):
    """Cuts an image into patches and learns a vector for each: a sequence for transformers."""

    group: ClassVar[Group] = "shape"
    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("patchembed", "patches", "patch")
    typed: ClassVar[tuple[str, ...]] = ("embed_dim", "patch_size")

    embed_dim: Width = Field(default=64, description="Length of each patch's vector.")
    patch_size: Size2d = Field(default=4, description="Height and width of a patch, in pixels.")
    bias: bool = Field(default=True, description="Add a learned offset to each output.")

    def call(self, *inputs: TensorSpec) -> Call:
        sizes = (inputs[0].shape[0], self.embed_dim, self.patch_size)
        return Call("PatchEmbed", sizes, self.changed("bias"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        sides, patch = inputs[0].shape[1:], each(self.patch_size, 2)
        if found or all(side % p == 0 for side, p in zip(sides, patch, strict=True)):
            return found
        best = tuple(
            max(d for d in range(1, min(p, side) + 1) if side % d == 0)
            for side, p in zip(sides, patch, strict=True)
        )
        return Misfit(
            f"Patches of {short(patch)} don't divide {short(sides)} evenly. Use {short(best)}.",
            (Fix(f"Use patches of {short(best)}", "set", params=(("patch_size", best),)),),
        )

    def summary(self) -> str:
        return f"{self.embed_dim} · {short(each(self.patch_size, 2))}"


class Unfold(Window):
    """Lays each window of an image out in a column: channels × window by positions."""

    group: ClassVar[Group] = "shape"
    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE
    words: ClassVar[tuple[str, ...]] = ("unfold", "im2col")

    kernel_size: Size2d = Field(default=3, description="Height and width of the window, in pixels.")
    dilation: Size2d = Field(default=1, description="Distance between the window's pixels.")
    padding: Padding2d = Field(default=0, description="Pixels of zeros added around the image.")
    stride: Size2d = Field(default=1, description="Step between windows, in pixels.")

    def call(self, *inputs: TensorSpec) -> Call:
        return Call("nn.Unfold", (self.kernel_size,), self.changed("dilation", "padding", "stride"))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        return super().misfit(*inputs) or self.too_large(inputs[0])
