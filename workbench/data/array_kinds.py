"""What an array of inputs is: images, sequences, a table, or ids; laid out as `Source` wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Kind
from workbench.errors import UserError

CHANNELS = (1, 3, 4)
_RANGES = ((0, 1), (-1, 1), (0, 255))
"""In what range decimal numbers are taken for pixels."""


@dataclass(frozen=True)
class Samples:
    """Inputs (N, *sample shape) as uint8, float32 or int64, and what they are."""

    inputs: NDArray[np.generic]
    kind: Kind
    scale: float = 1.0
    features: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def samples_of(array: NDArray[Any], name: str, ids: bool, place: str) -> Samples:
    """Work out what an array of shape (N, ...) holds.

    (N, F) is a table. (N, H, W) of whole numbers, (N, H, W, C) and (N, C, H, W) with 1, 3 or 4 channels are
    images, given values as pixels have them; (N, T, F) of decimal numbers is sequences, except for squares
    of at least 8×8 that hold only values of 0 to 1 or 0 to 255. Raises `UserError` for what is no number.
    """
    if array.dtype.kind not in "biuf":
        raise UserError(
            f"{name!r} holds {array.dtype}, not numbers.", place=place, remedy="Save numbers as inputs."
        )
    if ids:
        return _ids(array, name, place)
    if array.dtype.kind == "f":
        array = _finite(array, name, place)
    low, high = array.min(), array.max()
    if array.ndim in (3, 4) and _are_pixels(array, float(low), float(high)):
        image = _channels_first(array)
        if image is not None:
            return _pixels(image, float(high))
    values = np.ascontiguousarray(array, dtype=np.float32)
    if array.ndim == 1:
        return Samples(values[:, None], "table", features=(name,))
    if array.ndim == 2:
        return Samples(values, "table", features=tuple(f"{name}{n}" for n in range(array.shape[1])))
    return Samples(values, "sequence" if array.ndim == 3 else "array")


def _ids(array: NDArray[Any], name: str, place: str) -> Samples:
    if array.dtype.kind not in "iu" or array.ndim < 2 or array.min() < 0:
        raise UserError(
            f"{name!r} should hold ids: rows of whole numbers from 0.",
            place=place,
            remedy="Save such rows, or call the array x if it holds measurements.",
        )
    return Samples(array.astype(np.int64), "array")


def _finite(array: NDArray[Any], name: str, place: str) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        values = array.astype(np.float32)
    bad = ~np.isfinite(values)
    if bad.any():
        first = int(np.argwhere(bad)[0][0])
        raise UserError(
            f"{name!r} holds {_counted(int(bad.sum()))} missing (NaN), infinite or beyond float32; "
            f"the first is in sample {first}.",
            place=place,
            remedy="Replace them, or leave those samples out.",
        )
    return values


def _are_pixels(array: NDArray[Any], low: float, high: float) -> bool:
    if array.dtype.kind == "b" or array.dtype == np.uint8:
        return True
    if array.dtype.kind in "iu":
        return low >= 0 and high <= 65535
    if array.ndim == 3:
        height, width = array.shape[1:]
        return height == width >= 8 and low >= 0 and high <= 255
    return any(bottom <= low and high <= top for bottom, top in _RANGES)


def _channels_first(array: NDArray[Any]) -> NDArray[Any] | None:
    """(N, C, H, W), or None where no dimension can be the channels."""
    if array.ndim == 3:
        return array[:, None]
    first, last = array.shape[1] in CHANNELS, array.shape[3] in CHANNELS
    if first and last:
        first = array.shape[2] == array.shape[3]
    if not first and not last:
        return None
    return array if first else array.transpose(0, 3, 1, 2)


def _pixels(image: NDArray[Any], high: float) -> Samples:
    """Whole pixels up to 255 are kept as uint8; the scale brings the brightest to about 1."""
    whole = image.dtype.kind in "biu"
    dtype = np.uint8 if whole and high <= 255 else np.float32
    top = 255.0 if 16 < high <= 255 else max(high, 1.0)
    note = f"Pixels were taken to go from 0 to {top:g}." if top not in (1.0, 255.0) else ""
    inputs = np.ascontiguousarray(image, dtype=dtype)
    return Samples(inputs, "image", scale=1 / top, notes=(note,) if note else ())


def _counted(values: int) -> str:
    return "1 value that is" if values == 1 else f"{values:,} values that are"
