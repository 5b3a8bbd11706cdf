"""Convolutions made of several."""

from __future__ import annotations

from torch import Tensor, nn


class SeparableConv2d(nn.Sequential):
    """Depthwise separable convolution: a filter a channel, then all channels mixed at each pixel.

    From Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions" (2017). As in Keras, only
    the mixing has a bias.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, dilation, in_channels, bias=False
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)


class PatchEmbed(nn.Module):
    """Image to a sequence of patch vectors, row by row.

    From Dosovitskiy et al., "An Image is Worth 16×16 Words" (2021).
    """

    def __init__(
        self, in_channels: int, embed_dim: int, patch_size: int | tuple[int, int], bias: bool = True
    ) -> None:
        super().__init__()
        self.proj = nn.Conv2d(in_channels, embed_dim, patch_size, patch_size, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, patches, embed_dim)."""
        vectors: Tensor = self.proj(x)
        return vectors.flatten(2).transpose(1, 2)
