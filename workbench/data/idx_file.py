"""One IDX file: two zero bytes, a type, the number of dimensions, each one's size, then the values."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: Path) -> NDArray[np.generic]:
    """Read an IDX file, packed with gzip or not, in the shape and type that it declares.

    Raises `UserError` where the start is not IDX, or the size not what it says.
    """
    content = _content(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES or not 1 <= content[3] <= 8:
        raise UserError(
            f"is no IDX file: it starts with {content[:4].hex(' ') or 'nothing'}.",
            place=str(path),
            remedy="Copy it again; such files start with 00 00 08.",
        )
    dtype = np.dtype(_TYPES[content[2]])
    start = 4 + 4 * content[3]
    shape = tuple(np.frombuffer(content[4:start], ">u4").tolist()) if len(content) >= start else ()
    wanted = start + math.prod(shape) * dtype.itemsize
    if not shape or len(content) != wanted:
        size = "too short" if not shape or len(content) < wanted else "too long"
        raise UserError(
            f"is {size}: {len(content):,} bytes, where its own start promises {wanted:,}.",
            place=str(path),
            remedy="Copy or download it again.",
        )
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _content(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(
            "is cut off, damaged or not packed with gzip.",
            place=str(path),
            remedy="Copy or download it again.",
        ) from error
