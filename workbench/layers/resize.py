"""Layers that trade size for channels, or make more pixels of few."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Fix, Group, Layer, Misfit, TensorSpec, short
from workbench.layers.fields import Size2d, Whole
from workbench.layers.plain import Plain
from workbench.layers.window import IMAGE, each

_BY_RANK = {"linear": 2, "bilinear": 3, "bicubic": 3, "trilinear": 4}


class Upsample(Layer):
    """Enlarges a sequence, an image or a volume without learning anything."""

    group: ClassVar[Group] = "shape"
    ranks: ClassVar[tuple[int, ...]] = (2, 3, 4)
    expects: ClassVar[str] = "channels first, such as an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("up", "upsample", "upsampling", "resize", "interpolate")
    typed: ClassVar[tuple[str, ...]] = ("scale_factor",)

    scale_factor: float = Field(default=2.0, gt=0, le=64, description="How many times larger each side gets.")
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact"] = Field(
        default="nearest",
        description="How values in between are found: linear is for sequences, bilinear and bicubic "
        "for images, trilinear for volumes.",
    )
    align_corners: bool = Field(
        default=False, description="Let the corners' centres coincide; not for the nearest modes."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        options = self.changed("mode", "align_corners")
        return Call("nn.Upsample", (), (("scale_factor", self.scale_factor), *options))

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        if found:
            return found
        rank = len(inputs[0].shape)
        if rank != _BY_RANK.get(self.mode, rank):
            fit = {2: "linear", 3: "bilinear", 4: "trilinear"}[rank]
            return Misfit(
                f"The mode {self.mode} doesn't suit {inputs[0]}. Use {fit}.",
                (Fix(f"Use {fit}", "set", params=(("mode", fit),)),),
            )
        if self.align_corners and self.mode not in _BY_RANK:
            return Misfit(
                f"The mode {self.mode} has no corners to align. Switch align_corners off.",
                (Fix("Switch align_corners off", "set", params=(("align_corners", False),)),),
            )
        return None

    def summary(self) -> str:
        return f"×{short(self.scale_factor)} {self.mode}"


class _Image(Plain):
    """What takes an image."""

    group: ClassVar[Group] = "shape"
    ranks: ClassVar[tuple[int, ...]] = (3,)
    expects: ClassVar[str] = IMAGE


class PixelShuffle(_Image):
    """Makes an image larger by laying channels out as pixels (sub-pixel convolution)."""

    words: ClassVar[tuple[str, ...]] = ("pixelshuffle", "depthtospace")
    typed: ClassVar[tuple[str, ...]] = ("upscale_factor",)

    upscale_factor: int = Field(default=2, ge=1, le=64, description="How many times larger each side gets.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        channels = inputs[0].shape[0]
        if found or channels % self.upscale_factor**2 == 0:
            return found
        best = max(f for f in range(1, self.upscale_factor) if channels % f**2 == 0)
        return Misfit(
            f"PixelShuffle by {self.upscale_factor} needs a multiple of {self.upscale_factor**2} channels, "
            f"but gets {channels}. Make it {best}, or change the channels above.",
            (
                Fix(f"Shuffle by {best}", "set", params=(("upscale_factor", best),)),
                Fix("Remove PixelShuffle", "remove"),
            ),
        )


class PixelUnshuffle(_Image):
    """Makes an image smaller by laying pixels out as channels: nothing is lost."""

    words: ClassVar[tuple[str, ...]] = ("pixelunshuffle", "spacetodepth")
    typed: ClassVar[tuple[str, ...]] = ("downscale_factor",)

    downscale_factor: int = Field(
        default=2, ge=1, le=64, description="How many times smaller each side gets."
    )

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        sides = inputs[0].shape[1:]
        if found or all(side % self.downscale_factor == 0 for side in sides):
            return found
        best = max(f for f in range(1, self.downscale_factor) if all(side % f == 0 for side in sides))
        return Misfit(
            f"{self.downscale_factor} doesn't divide {short(sides)} evenly. "
            f"Make it {best}, or crop or pad the image above.",
            (
                Fix(f"Unshuffle by {best}", "set", params=(("downscale_factor", best),)),
                Fix("Remove PixelUnshuffle", "remove"),
            ),
        )


class ChannelShuffle(Plain):
    """Mixes groups of channels: the first of each group, then the second of each (ShuffleNet)."""

    group: ClassVar[Group] = "shape"
    ranks: ClassVar[tuple[int, ...]] = (2, 3, 4)
    expects: ClassVar[str] = "channels first, such as an image (channels × height × width)"
    words: ClassVar[tuple[str, ...]] = ("channelshuffle", "shuffle")
    typed: ClassVar[tuple[str, ...]] = ("groups",)

    groups: Whole = Field(default=2, description="Number of groups that the channels come in.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        channels = inputs[0].shape[0]
        if found or channels % self.groups == 0:
            return found
        best = max(g for g in range(1, min(self.groups, channels) + 1) if channels % g == 0)
        return Misfit(
            f"{self.groups} groups don't divide {channels} channels. Use {best}.",
            (
                Fix(f"Use {best} groups", "set", params=(("groups", best),)),
                Fix("Remove ChannelShuffle", "remove"),
            ),
        )


class Crop2d(_Image):
    """Keeps the centre of an image."""

    home: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ("crop", "crop2d", "centercrop", "centrecrop")
    typed: ClassVar[tuple[str, ...]] = ("size",)

    size: Size2d = Field(default=2, description="Height and width that are kept, in pixels.")

    def misfit(self, *inputs: TensorSpec) -> Misfit | None:
        found = super().misfit(*inputs)
        sides, kept = inputs[0].shape[1:], each(self.size, 2)
        if found or all(k <= side for k, side in zip(kept, sides, strict=True)):
            return found
        most = tuple(min(pair) for pair in zip(kept, sides, strict=True))
        return Misfit(
            f"{short(kept)} can't be cut out of {short(sides)}. Keep {short(most)}.",
            (
                Fix(f"Keep {short(most)}", "set", params=(("size", most),)),
                Fix("Remove Crop2d", "remove"),
            ),
        )

    def summary(self) -> str:
        return short(each(self.size, 2))
