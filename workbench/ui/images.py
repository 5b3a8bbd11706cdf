"""Arrays as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from workbench.ui import theme

# Nine stops of matplotlib's "magma" (Smith and van der Walt, 2015, CC0): perceptually even, dark to light.
_MAGMA = np.array(
    [
        (0, 0, 4), (28, 16, 68), (79, 18, 123), (129, 37, 129), (181, 54, 122),
        (229, 80, 100), (251, 135, 97), (254, 194, 135), (252, 253, 191),
    ],
    dtype=np.float32,
)  # fmt: skip
_BLUE_RED_LIGHT = np.array([(40, 110, 230), (248, 248, 248), (214, 60, 60)], dtype=np.float32)
_BLUE_RED_DARK = np.array([(110, 180, 255), (30, 33, 40), (255, 120, 110)], dtype=np.float32)


def _table(stops: NDArray[np.float32]) -> NDArray[np.uint8]:
    at = np.linspace(0, len(stops) - 1, 256)
    low = np.minimum(at.astype(int), len(stops) - 2)
    share = (at - low)[:, None]
    return np.asarray(stops[low] * (1 - share) + stops[low + 1] * share, dtype=np.uint8)


SEQUENTIAL = _table(_MAGMA)
DIVERGING = {"light": _table(_BLUE_RED_LIGHT), "dark": _table(_BLUE_RED_DARK)}


def heat(values: NDArray[Any], *, signed: bool = False, limit: float = 0.0) -> QImage:
    """Return a matrix as a heat map, in the colours of `shades`."""
    return _image(shades(values, signed=signed, limit=limit))


def heats(values: NDArray[Any], *, signed: bool, limit: float) -> list[QImage]:
    """Return matrices, (n, rows, columns), as heat maps on one scale: faster than one by one."""
    return [_image(colors) for colors in shades(values, signed=signed, limit=limit)]


def shades(values: NDArray[Any], *, signed: bool = False, limit: float = 0.0) -> NDArray[np.uint8]:
    """Return an array's colours, (..., 3); signed values put zero in the middle, in the theme's background.

    ``limit`` is the largest absolute value that the colours span, to compare several maps; 0 is the array's
    own. NaN and the infinities are grey.
    """
    numbers = np.asarray(values, dtype=np.float32)
    finite = np.isfinite(numbers)
    known = numbers[finite]
    top = limit or float(np.abs(known).max(initial=0)) or 1.0
    if signed:
        low, high = -top, top
    elif limit:
        low, high = 0.0, top
    else:
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    with np.errstate(over="ignore"):
        scaled = (np.where(finite, numbers, low) - np.float32(low)) * np.float32(255 / ((high - low) or 1.0))
    colors: NDArray[np.uint8] = (DIVERGING[theme.current().name] if signed else SEQUENTIAL)[
        np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)
    ]
    colors[~finite] = 128
    return colors


def picture(sample: NDArray[Any]) -> QImage:
    """Return a (channels, height, width) sample with values 0 to 1 as a picture: grey for 1 channel."""
    values = np.nan_to_num(np.asarray(sample, dtype=np.float32))
    if values.min(initial=0) < 0 or values.max(initial=0) > 1:
        low, high = float(values.min()), float(values.max())
        values = (values - low) / ((high - low) or 1.0)
    bytes_ = np.clip(values * 255, 0, 255).astype(np.uint8)
    plane = np.moveaxis(bytes_, 0, -1)
    if plane.shape[-1] == 3:
        return _image(plane)
    return _image(np.repeat(plane[..., :1], 3, axis=-1))


def pixmap(image: QImage) -> QPixmap:
    """Return an image for showing."""
    return QPixmap.fromImage(image)


def _image(colors: NDArray[np.uint8]) -> QImage:
    data = np.ascontiguousarray(colors)
    height, width, _ = data.shape
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
