"""Texts as ids: words by a pattern, a vocabulary of the training samples, padding in front."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Text

PATTERN = r"[\u3040-\u30ff\u3400-\u9fff]|(?:[^\W\u3040-\u30ff\u3400-\u9fff]|\b['’]\b)+"
"""A word of a text in lower case: letters and digits, with apostrophes inside. Chinese and Japanese, which
have no spaces between words, are read by characters, as BERT does."""

LONGEST = 200
"""Words of a text that are read at most, unless the project says how many."""

_WORD = re.compile(PATTERN)

PADDING, UNKNOWN = 0, 1
MARKS = ("<pad>", "<unk>")
"""Tokens of these two ids. The pattern finds no word that is written so."""


@dataclass(frozen=True)
class Tokenizer:
    """How a text becomes a sample: the ids of its first words, behind padding, (length,) int64.

    Padding stands in front, for a recurrent layer without a mask answers from its last step (Dwarampudi and
    Reddy 2019, Effects of padding on LSTMs and CNNs). ``vocabulary``: the n-th word has the id n.
    """

    column: str
    vocabulary: tuple[str, ...]
    length: int

    def ids(self, text: str) -> NDArray[np.int64]:
        """Return a text as a sample; words that the vocabulary lacks are the id of <unk>."""
        found = [self._ids.get(word, UNKNOWN) for word in words(text)[: self.length]]
        sample = np.full(self.length, PADDING, np.int64)
        if found:
            sample[-len(found) :] = found
        return sample

    def as_json(self) -> dict[str, str | int]:
        """Return what whoever reads texts elsewhere must know besides the vocabulary, which is kept apart.

        A text in lower case is searched for ``pattern``; of what is found, the ids of the first ``length``,
        with ``padding`` in front where they are fewer, and ``unknown`` for a word of no id.
        """
        return {
            "column": self.column,
            "lower_case": True,
            "pattern": PATTERN,
            "length": self.length,
            "padding": PADDING,
            "padded": "in front",
            "unknown": UNKNOWN,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the vocabulary in UTF-8, a word a line: with another one, ids mean other words."""
        return sha256("\n".join(self.vocabulary).encode()).hexdigest()

    @cached_property
    def _ids(self) -> Mapping[str, int]:
        return {word: number for number, word in enumerate(self.vocabulary)}


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case and without what stands between them."""
    return _WORD.findall(text.lower())


def unpadded(dataset: Dataset, sample: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return a sample, (n,), without the padding in front, if it is a text; others as they are."""
    return sample if dataset.tokenizer is None else sample[sample != PADDING]


def tokenized(dataset: Dataset, wanted: Text) -> Dataset:
    """Turn inputs of texts, (N,) str, into ids, (N, length).

    Vocabulary and length are those of the training samples alone: a word that only others hold is unknown, as
    it will be in texts to come. Raises `UserError` where no word is known.
    """
    texts: list[str] = dataset.inputs.tolist()
    counts: Counter[str] = Counter()
    train = dataset.splits["train"].tolist()
    lengths = []
    for number in train:
        found = words(texts[number])
        counts.update(found)
        lengths.append(len(found))
    length = wanted.length or max(1, min(LONGEST, max(lengths)))
    often = [word for word, count in counts.items() if count >= wanted.min_count]
    known = sorted(often, key=lambda word: (-counts[word], word))  # whatever the order of the rows
    if not known:
        raise UserError(
            f"no word stands {wanted.min_count:,} times in the training samples' {wanted.column!r}."
            if counts
            else f"the training samples' {wanted.column!r} holds no words.",
            place=dataset.name,
            remedy="Know words that stand once (data.text.min_count=1)."
            if counts
            else "Choose another column.",
        )
    tokenizer = Tokenizer(wanted.column, (*MARKS, *known[: wanted.max_words]), length)
    inputs = np.stack([tokenizer.ids(text) for text in texts])
    cut = sum(each > length for each in lengths)
    notes = tuple(_told(dataset, inputs, tokenizer, wanted.min_count, cut))
    return replace(
        dataset,
        inputs=inputs,
        features=(),
        vocabulary=tokenizer.vocabulary,
        tokenizer=tokenizer,
        notes=(*dataset.notes, *notes),
    )


def _told(
    dataset: Dataset, inputs: NDArray[np.int64], tokenizer: Tokenizer, least: int, cut: int
) -> Iterator[str]:
    known = len(tokenizer.vocabulary) - len(MARKS)
    often = f" that stand there {least:,} times or more" if least > 1 else ""
    yield f"Known are {known:,} words of the training samples{often}; others are <unk>."
    train = dataset.splits["train"]
    if cut:
        yield (
            f"Of {cut:,} training texts ({cut / len(train):.0%}) only the first {tokenizer.length:,} words "
            "are read."
        )
    others = np.concatenate([indices for name, indices in dataset.splits.items() if name != "train"])
    said = inputs[others][inputs[others] != PADDING]
    if len(said):
        yield f"Of the words in validation and test, {np.mean(said == UNKNOWN):.0%} are unknown."
    empty = int((inputs == PADDING).all(1).sum())
    if empty:
        yield f"{empty:,} {'text has' if empty == 1 else 'texts have'} no words."
