"""Image files of any size and mode as one array of pixels."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 64
"""Pixels of the longer side at most: what a small network on a small machine can learn from."""

LARGEST = 40_000_000
"""Pixels of a picture that are decoded at most, four bytes each. JPEG is read at an eighth of its sides."""

# What Pillow raises for files that are damaged, or of no format that it knows.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError, RuntimeError)

Size = tuple[int, int]


class Decoded(NamedTuple):
    """Pixels (N, 1 or 3, height, width) uint8, which of the files they come from, and what was done."""

    pixels: NDArray[np.uint8]
    kept: NDArray[np.int64]
    notes: tuple[str, ...]


def decode(files: Sequence[Path], place: Path) -> Decoded:
    """Read images in the size most of them have, at most 64 pixels on the longer side.

    They are grey (1 channel) if all are, else RGB; transparent ones are laid on white. Files that can't be
    read, or are too large to be, are left out. Raises `UserError` if none can.
    """
    with _own_bound(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        sizes = list(pool.map(_size, files))
        counts = Counter(size for size in sizes if size)
        if not counts:
            raise _none(place)
        usual = max(counts, key=lambda size: (counts[size], size))
        size = _capped(usual)
        known = [file for file, own in zip(files, sizes, strict=True) if own]
        read = dict(zip(known, pool.map(partial(_pixels, size=size), known), strict=True))
    images = [read.get(file) for file in files]
    kept = np.array([n for n, image in enumerate(images) if image is not None], dtype=np.int64)
    if not len(kept):
        raise _none(place)
    pixels = np.stack([image for image in images if image is not None])
    if (pixels == pixels[..., :1]).all():
        pixels = pixels[..., :1]
    broken = [file for file, image in zip(files, images, strict=True) if image is None]
    notes = (*_size_notes(counts, usual, size), *_broken_notes(broken, place))
    return Decoded(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), kept, notes)


def decode_one(file: Path, size: Size, *, grey: bool) -> tuple[NDArray[np.uint8], Size]:
    """Read one image as `decode` does for data of this size (width, height); and the size that it had.

    Pixels are (height, width, 1 or 3): colours become grey by their luma (ITU-R BT.601). Raises `UserError`.
    """
    from PIL import Image

    try:
        with _own_bound():
            own = _header(file)
            image = _pixels(file, size)
    except Image.DecompressionBombError as error:
        raise UserError(
            "this picture has too many pixels to be read.",
            place=file.name,
            remedy=f"Scale it down to at most {LARGEST:,}.",
        ) from error
    except _BROKEN:
        image = None
    if image is None:
        raise UserError(
            "this can't be read as a picture.",
            place=file.name,
            remedy="Check that it opens in an image viewer.",
        )
    pixels = np.asarray(Image.fromarray(image).convert("L"))[..., None] if grey else image
    return pixels, own


def _none(place: Path) -> UserError:
    return UserError(
        "none of the images can be read.", place=str(place), remedy="Check that they open in an image viewer."
    )


@contextmanager
def _own_bound() -> Iterator[None]:
    """Without Pillow's warning of large pictures: `LARGEST` is lower, and told."""
    from PIL.Image import DecompressionBombWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DecompressionBombWarning)
        yield


def _size(file: Path) -> Size | None:
    """Width and height as shown; None for a file that can't be read, or is too large to be."""
    from PIL import Image

    try:
        return _header(file)
    except (*_BROKEN, Image.DecompressionBombError):
        return None


def _header(file: Path) -> Size:
    """Width and height as shown. Raises `DecompressionBombError` for a large one, with nothing decoded."""
    from PIL import Image

    with Image.open(file) as image:
        size = image.size
        image.draft("RGB", (LONGEST, LONGEST))
        if image.width * image.height > LARGEST:
            raise Image.DecompressionBombError
        # last, as it decodes some PNG files: their EXIF may stand at the end
        turned = image.getexif().get(_ORIENTATION, 1) >= 5
    return (size[1], size[0]) if turned else size


_ORIENTATION = 0x0112


def _pixels(file: Path, size: Size) -> NDArray[np.uint8] | None:
    """One image, (height, width, 3)."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            opened.draft("RGB", size)
            ImageOps.exif_transpose(opened, in_place=True)
            image = _rgb(opened)
            if image.size != size:
                image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
            return np.asarray(image)
    except (*_BROKEN, Image.DecompressionBombError):
        return None


def _rgb(image: Image) -> Image:
    from PIL.Image import alpha_composite, fromarray, new

    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float64)
        values = values / 257 if values.max(initial=0) > 255 else values
        return fromarray(values.clip(0, 255).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        layer = image.convert("RGBA")
        return alpha_composite(new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _capped(size: Size) -> Size:
    longer = max(size)
    if longer <= LONGEST:
        return size
    width, height = (max(1, round(side * LONGEST / longer)) for side in size)
    return width, height


def _size_notes(counts: Counter[Size], usual: Size, size: Size) -> list[str]:
    notes = []
    if size != usual:
        notes.append(
            f"Images were scaled down to {_by(size)} pixels, as {LONGEST} is the most that is read "
            f"(most are {_by(usual)})."
        )
    others = sum(counts.values()) - counts[usual]
    if others:
        what = "One image of another size was" if others == 1 else f"{others:,} images of other sizes were"
        notes.append(f"{what} stretched to {_by(size)} pixels.")
    return notes


def _broken_notes(broken: list[Path], place: Path) -> list[str]:
    if not broken:
        return []
    first = broken[0].relative_to(place).as_posix()
    if len(broken) == 1:
        return [f"One image can't be read or is too large, and was left out: {first}."]
    return [
        f"{len(broken):,} images can't be read or are too large, and were left out; the first is {first}."
    ]


def _by(size: Size) -> str:
    return f"{size[0]}×{size[1]}"
