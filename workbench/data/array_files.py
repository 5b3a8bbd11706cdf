"""NumPy's files: reading .npz and .npy safely, and telling inputs from targets by their names."""

from __future__ import annotations

import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError

Part = Literal["", "train", "validation", "test"]
"""Which split an array's name says it is for; "" is none."""

INPUTS = ("x", "data", "images", "image", "features", "inputs", "input", "samples", "arr_0")
IDS = ("ids", "input_ids", "tokens", "token_ids")
TARGETS = ("y", "labels", "label", "target", "targets", "classes", "arr_1")
_PARTS: Mapping[str, Part] = {
    "train": "train", "training": "train", "tr": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
    "test": "test", "testing": "test", "te": "test",
}  # fmt: skip

# What NumPy raises for headers that are none, or of an array that no memory holds, and for cut-off files.
_DAMAGED = (
    *(ValueError, TypeError, OverflowError, MemoryError, tokenize.TokenError),
    *(EOFError, zipfile.BadZipFile),
)

Arrays = Mapping[str, NDArray[Any]]


class Pair(NamedTuple):
    """Names of the arrays that hold inputs and targets of a part."""

    part: Part
    inputs: str
    targets: str
    ids: bool
    """Whether the inputs are whole-number ids, of tokens say."""


def pairs_of(names: Iterable[str]) -> tuple[Pair, ...]:
    """Pair inputs with targets: one pair without a part, or one a part; none where nothing pairs up."""
    roles: dict[tuple[Part, str], str] = {}
    for name in names:
        part, rest = _split_name(name)
        role = "x" if rest in INPUTS else "ids" if rest in IDS else "y" if rest in TARGETS else ""
        roles.setdefault((part, role), name)
    found = []
    parts: tuple[Part, ...] = ("", "train", "validation", "test")
    for part in parts:
        inputs = roles.get((part, "x")) or roles.get((part, "ids"))
        if inputs and (part, "y") in roles:
            found.append(Pair(part, inputs, roles[part, "y"], inputs == roles.get((part, "ids"))))
    if found and found[0].part == "":
        return (found[0],)
    return tuple(found) if any(pair.part == "train" for pair in found) else ()


def _split_name(name: str) -> tuple[Part, str]:
    """'X_train' is ('train', 'x'); 'test-images' is ('test', 'images')."""
    lower = name.lower().strip()
    words = [word for word in re.split(r"[_\-. ]+", lower) if word]
    for position in (-1, 0):
        if len(words) > 1 and words[position] in _PARTS:
            part = _PARTS[words[position]]
            del words[position]
            return part, "_".join(words)
    return "", lower


def read_npz(path: Path) -> Arrays:
    """Read all arrays of an .npz file. Raises `UserError` for a damaged file and for pickled objects."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in archive.files}
    except (
        *(*_DAMAGED, KeyError, AttributeError, zlib.error),
        *(RuntimeError, NotImplementedError),  # an encrypted file, or an unknown kind of compression
    ) as error:
        raise _damaged(path, ".npz", error) from error


def read_npy(path: Path) -> NDArray[Any]:
    """Read the array of an .npy file. Raises `UserError` for a damaged file and for pickled objects."""
    try:
        with path.open("rb") as file:
            found = np.load(file, allow_pickle=False)
    except _DAMAGED as error:
        raise _damaged(path, ".npy", error) from error
    if not isinstance(found, np.ndarray):
        raise UserError(
            "this is an archive of arrays.", place=str(path), remedy="Call it .npz instead of .npy."
        )
    return found


def _damaged(path: Path, suffix: str, error: Exception) -> UserError:
    if "allow_pickle" in str(error) or "pickled" in str(error):
        what = "holds Python objects, or is no NumPy file; objects are never read, as they could run code."
        return UserError(what, place=str(path), remedy="Save plain arrays of numbers with numpy.savez.")
    if isinstance(error, MemoryError):
        return UserError(
            "says of an array that it is larger than what memory is free.",
            place=str(path),
            remedy="Save fewer samples in it, or copy it anew if it is damaged.",
        )
    return UserError(
        f"is damaged or no {suffix} file.",
        place=str(path),
        remedy="Save it again with NumPy, or copy it anew.",
    )
