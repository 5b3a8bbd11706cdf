"""Words for ids: the tokens that a file of ids brings along, or that lie beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

FILES = ("vocabulary.txt", "vocab.txt")
"""Beside the file of ids, in UTF-8, a token a line: the first line is that of id 0, as BERT's vocab.txt."""
ARRAYS = ("vocabulary", "vocab")
"""Among the arrays of an .npz file, of text."""


class Vocabulary(NamedTuple):
    """``tokens``: that of id n is the n-th; none without a vocabulary. ``notes``: on how it was read."""

    tokens: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def vocabulary_of(arrays: Mapping[str, NDArray[Any]], path: Path, top: int) -> Vocabulary:
    """Return the words of ids from 0 to ``top``, from ``arrays`` or a text file beside ``path``.

    What is no vocabulary keeps nobody from training: ids stay numbers then, and a note says why.
    """
    name = next((name for name in arrays if name.lower() in ARRAYS), "")
    if name:
        return _told(_of_array(arrays[name], name), name, top)
    folder = path if path.is_dir() else path.parent
    file = next((folder / each for each in FILES if (folder / each).is_file()), None)
    return Vocabulary() if file is None else _told(_of_file(file), file.name, top)


def _of_array(array: NDArray[Any], name: str) -> Vocabulary:
    if array.dtype.kind not in "US" or array.ndim != 1:
        return Vocabulary(notes=(f"{name!r} is no list of texts, so ids are shown as numbers.",))
    texts = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in array.tolist())
    return Vocabulary(tuple(texts))


def _of_file(file: Path) -> Vocabulary:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return Vocabulary(notes=(f"{file.name} can't be read as UTF-8 text, so ids are shown as numbers.",))
    lines = text.split("\n")
    if lines[-1] == "":  # the end of the last line, not a token
        lines.pop()
    return Vocabulary(tuple(line.removesuffix("\r") for line in lines))


def _told(found: Vocabulary, name: str, top: int) -> Vocabulary:
    if found.notes:
        return found
    if not any(token.strip() for token in found.tokens):
        return Vocabulary(notes=(f"{name} is empty, so ids are shown as numbers.",))
    note = f"Words for ids: {len(found.tokens):,} tokens from {name}."
    if top >= len(found.tokens):
        note += f" Ids go up to {top:,}: those without a word are shown as numbers."
    return Vocabulary(found.tokens, (note,))
