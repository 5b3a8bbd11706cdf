"""Changes of shape, and parts of what comes in. Dimensions count the batch as 0."""

from __future__ import annotations

from torch import Tensor, nn


class Reshape(nn.Module):
    """Each sample in another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        """(batch, *any) to (batch, *shape)."""
        return x.reshape(x.shape[0], *self.shape)


class Permute(nn.Module):
    """Dimensions in another order; ``dims`` leaves the batch out."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        """(batch, *any) to (batch, *the same in the order of dims)."""
        return x.permute(0, *self.dims)


class Transpose(nn.Module):
    """Two dimensions swapped."""

    def __init__(self, dim0: int, dim1: int) -> None:
        super().__init__()
        self.dim0 = dim0
        self.dim1 = dim1

    def forward(self, x: Tensor) -> Tensor:
        """Return x with dim0 and dim1 swapped."""
        return x.transpose(self.dim0, self.dim1)


class Squeeze(nn.Module):
    """A dimension of side 1 taken away."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return x without dim."""
        return x.squeeze(self.dim)


class Unsqueeze(nn.Module):
    """A dimension of side 1 added."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return x with one more dimension, at dim."""
        return x.unsqueeze(self.dim)


class Select(nn.Module):
    """One index along a dimension, which goes."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim = dim
        self.index = index

    def forward(self, x: Tensor) -> Tensor:
        """Return x without dim."""
        return x.select(self.dim, self.index)


class Slice(nn.Module):
    """A range along a dimension, as Python slices."""

    def __init__(self, start: int, dim: int = 1, stop: int | None = None, step: int = 1) -> None:
        super().__init__()
        self.range = slice(start, stop, step)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return x, shorter along dim."""
        before = self.dim if self.dim > 0 else x.dim() + self.dim
        return x[(slice(None),) * before + (self.range,)]


class Repeat(nn.Module):
    """Copies, one behind the other along a dimension."""

    def __init__(self, repeats: int, dim: int = 1) -> None:
        super().__init__()
        self.repeats = repeats
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Return x, ``repeats`` times as long along dim."""
        times = [1] * x.dim()
        times[self.dim] = self.repeats
        return x.repeat(times)


class Crop2d(nn.Module):
    """The centre of an image; where it can't lie in the middle, a pixel nearer to the top or left."""

    def __init__(self, size: int | tuple[int, int]) -> None:
        super().__init__()
        self.size = (size, size) if isinstance(size, int) else size

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, channels, *size)."""
        height, width = self.size
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width]
