"""A sample that is typed in words: looked up in the vocabulary of the data, and padded as these are."""

from __future__ import annotations

import re
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.data.typed_sample import SHOWN, largest_id, require_known, there_are
from workbench.errors import UserError

Array = NDArray[np.generic]

_PARTS = re.compile(r"\w+|[^\w\s]")
_ID = re.compile(r"#(\d{1,18})")
_PADDINGS = ("pad", "padding")
_UNKNOWNS = ("unk", "unknown", "oov")
MEASURED = 2_000
"""Samples by which it is found out where padding stands."""


class Words:
    """Reads and writes samples of ids as their words, for data with a vocabulary.

    Words stand between spaces. One that the vocabulary lacks is tried in lower case, then apart from the
    punctuation in it, whose marks are tokens or left out. #17 is the id 17, whatever its word. In a
    vocabulary of single characters each character is a token, spaces too. Short samples are padded, if there
    is a token for it, on the side on which the data are; of samples of several rows, a line is a row.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._tokens, self._shape = dataset.vocabulary, dataset.sample_shape
        self._tokenizer = dataset.tokenizer
        self._top = largest_id(dataset) or 0
        # of a token that stands twice the first id; quick, for this is done where people wait
        self._ids = dict(zip(reversed(self._tokens), reversed(range(len(self._tokens))), strict=True))
        self._ids.pop("", None)
        marked = {token: _plain(token) for token in self._ids if token[0] in "<[_" and _plain(token) != token}
        one_row = len(self._shape) == 1 and self._tokenizer is None
        self._characters = one_row and all(len(token) == 1 or token in marked for token in self._ids)
        self._special = {plain.lower(): self._ids[token] for token, plain in marked.items()}
        padding = self._first(_PADDINGS)
        self.padding = None if padding is None or padding > self._top else padding
        """The id that short samples are filled up with, None where the data have none for it."""
        self.in_front = self.padding is not None and _in_front(dataset, self.padding)
        """Whether padding stands before what is said, not behind it."""

    def read(self, text: str) -> Array:
        """Return text as a sample, int64. Raises `UserError` for unknown words, and for too many.

        Where the data are texts it is read as they were: unknown words are <unk>, and too many are cut off.
        """
        if self._tokenizer is not None:
            return self._tokenizer.ids(text)
        width = self._shape[-1]
        rows = [text] if len(self._shape) == 1 else [line for line in text.splitlines() if line.strip()]
        count = int(np.prod(self._shape[:-1]))
        if len(rows) != count:
            raise UserError(f"{there_are(len(rows), 'line')}, and a sample has {count:,}.", place="sample")
        found = [self._row(row, width) for row in rows]
        return np.array(found, np.int64).reshape(self._shape)

    def write(self, sample: Array) -> str:
        """Return a sample as it may be typed, without its padding: `read` gives the same ids again."""
        rows = sample.reshape(-1, self._shape[-1]).tolist()
        return "\n".join(self._written(row) for row in rows)

    def _row(self, text: str, width: int) -> list[int]:
        pieces = text if self._characters else text.split()
        found = list(chain.from_iterable(self._looked_up(piece) for piece in pieces))
        require_known(found, self._top, "sample")
        missing = width - len(found)
        if missing < 0 or (missing and self.padding is None):
            raise UserError(
                f"{there_are(len(found), 'token')}, and a sample has {width:,}.",
                place="sample",
                remedy="" if missing < 0 else "The data have no token for padding, such as <pad>.",
            )
        padding = [self.padding or 0] * missing
        return padding + found if self.in_front else found + padding

    def _looked_up(self, piece: str) -> list[int]:
        number = _ID.fullmatch(piece)
        if number is not None:
            return [int(number[1])]
        whole = self._known(piece)
        if whole is not None:
            return [whole]
        parts = _PARTS.findall(piece)
        found = [(self._known(part), part) for part in parts]
        strange = next((part for number, part in found if number is None and part[0].isalnum()), "")
        known = [number for number, _ in found if number is not None]
        if strange or not known:
            raise self._unknown(strange or piece)
        return known

    def _known(self, word: str) -> int | None:
        number = self._ids.get(word)
        return self._ids.get(word.lower()) if number is None else number

    def _unknown(self, piece: str) -> UserError:
        number = self._first(_UNKNOWNS)
        shown = piece if len(piece) <= SHOWN else f"{piece[:SHOWN]}…"
        instead = "Use another word" if number is None else f"Write {self._tokens[number]} in its place"
        return UserError(
            f"“{shown}” isn't in the vocabulary.",
            place="sample",
            remedy=f"{instead}." if self._characters else f"{instead}, or an id as #17.",
        )

    def _written(self, row: list[int]) -> str:
        ids = row
        if self.padding is not None:
            said = [place for place, number in enumerate(row) if number != self.padding]
            first, last = (said[0], said[-1] + 1) if said else (0, 0)
            ids = row[first:] if self.in_front else row[:last]
            if not said:  # a line for it, where lines are rows
                ids = row[:1] if len(self._shape) > 1 else []
        return ("" if self._characters else " ").join(map(self._word, ids))

    def _word(self, number: int) -> str:
        """A token that is read as this id; else the id itself."""
        token = self._tokens[number] if number < len(self._tokens) else ""
        if self._characters:
            return token if len(token) == 1 else "\N{REPLACEMENT CHARACTER}"
        alone = token.split() == [token] and not _ID.fullmatch(token)
        return token if alone and self._ids[token] == number else f"#{number}"

    def _first(self, names: tuple[str, ...]) -> int | None:
        """The id of a token such as <pad>, [PAD] or __pad__."""
        return next((self._special[name] for name in names if name in self._special), None)


def _plain(token: str) -> str:
    """A token without the brackets or underscores that mark it as no word."""
    for start, end in (("<", ">"), ("[", "]"), ("__", "__")):
        if len(token) > len(start + end) and token.startswith(start) and token.endswith(end):
            return token[len(start) : -len(end)]
    return token


def _in_front(dataset: Dataset, padding: int) -> bool:
    some = dataset.inputs[:MEASURED]
    return bool((some[..., 0] == padding).sum() > (some[..., -1] == padding).sum())
