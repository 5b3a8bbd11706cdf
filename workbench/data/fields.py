"""What a person fills in to make up a sample of a table: a number a feature, or one of a column's values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset

MOST_ROWS, MOST_SORTED = 20_000, 2_000
"""Of more training samples than that, some at even distances are measured; medians take longer."""


@dataclass(frozen=True)
class Field:
    """A feature, or the features that a column of text became, one for each of its values.

    ``columns``: their places in a sample. ``low``, ``high``, ``median``: of the training samples, in the
    unit in which the network gets them. ``choices``: what the column may hold, a choice a feature, none for
    a number; ``usual`` is the place of the most frequent. ``may_be_empty``: whether a sample may hold none.
    """

    name: str
    columns: tuple[int, ...]
    low: float = 0.0
    high: float = 1.0
    median: float = 0.0
    choices: tuple[str, ...] = ()
    usual: int = 0
    may_be_empty: bool = False


def fields_of(dataset: Dataset) -> tuple[Field, ...]:
    """Return the fields of a table's samples, of shape (features,), in their order.

    Features called ``column=value`` that are 0 or 1, of which a sample has at most one, are one field.
    """
    rows = _measured(dataset)
    names = dataset.features or tuple(f"[{n}]" for n in range(rows.shape[1]))
    low, high = rows.min(0), rows.max(0)
    median = np.median(rows[:: -(-len(rows) // MOST_SORTED)], axis=0)
    found: list[Field] = []
    for column, grouped in groupby(range(len(names)), lambda n: names[n].partition("=")[0]):
        places = list(grouped)
        values = rows[:, places]
        choices = tuple(names[n].partition("=")[2] for n in places)
        if all(choices) and len(places) > 1 and _one_of(values):
            usual, empty = int(values.sum(0).argmax()), bool((values.sum(1) == 0).any())
            found.append(Field(column, tuple(places), choices=choices, usual=usual, may_be_empty=empty))
        else:
            found += [Field(names[n], (n,), float(low[n]), float(high[n]), float(median[n])) for n in places]
    return tuple(found)


def typical(fields: tuple[Field, ...]) -> NDArray[np.float32]:
    """Return a sample to begin with, (features,): medians, and of a column's values the most frequent."""
    sample = np.zeros(sum(len(field.columns) for field in fields), np.float32)
    for field in fields:
        sample[field.columns[field.usual]] = 1.0 if field.choices else field.median
    return sample


def _measured(dataset: Dataset) -> NDArray[np.float32]:
    chosen = dataset.splits.get("train")
    if chosen is None or not len(chosen):
        chosen = np.arange(len(dataset))
    if len(chosen) > MOST_ROWS:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_ROWS).astype(np.int64)]
    return np.asarray(dataset.batch(chosen), np.float32)


def _one_of(flags: NDArray[np.float32]) -> bool:
    return bool(np.isin(flags, (0, 1)).all() and (flags.sum(1) <= 1).all())
