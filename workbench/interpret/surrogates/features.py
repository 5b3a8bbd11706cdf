"""What of a sample counts as a feature: a column, a category, a pixel or a square of them, a time step."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.errors import UserError

Array = NDArray[Any]
MOST = 4096
"""Features beyond which neither a tree nor a person finds their way."""
_CATEGORY = re.compile(r"(.+?)=(.*)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Feature:
    """``places``: where it stands in the flattened sample, int64. ``values``: a category's, one a place."""

    name: str
    places: NDArray[np.int64]
    values: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """How many columns of the matrix it takes."""
        return len(self.values) or 1


@dataclass(frozen=True, eq=False)
class Features:
    """All features of a sample. Rows, columns, channels and steps are counted from 0 in names.

    ``grid``: into how many rows and columns an image was cut, None for what is no image. Numbers stand in the
    data's own units, before any scaling; a square of pixels is their mean.
    """

    items: tuple[Feature, ...]
    grid: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def names(self) -> tuple[str, ...]:
        """Each feature's name."""
        return tuple(item.name for item in self.items)

    @property
    def owners(self) -> NDArray[np.int64]:
        """Each matrix column's feature, int64 (columns,)."""
        return np.repeat(np.arange(len(self.items)), [item.columns for item in self.items])

    def column(self, number: int) -> tuple[Feature, str]:
        """Return a matrix column's feature, and of a category the value that it is for."""
        owner = int(self.owners[number])
        feature = self.items[owner]
        first = int(np.flatnonzero(self.owners == owner)[0])
        return feature, feature.values[number - first] if feature.values else ""

    def matrix(self, samples: Array) -> NDArray[np.float64]:
        """Return samples, (n, *sample shape), as a column a number and one a value of a category."""
        flat = samples.reshape(len(samples), -1)
        parts = [
            flat[:, item.places].astype(np.float64)
            if item.values or len(item.places) == 1
            else flat[:, item.places].mean(1, dtype=np.float64, keepdims=True)
            for item in self.items
        ]
        return np.concatenate(parts, 1)

    def values(self, samples: Array, number: int) -> NDArray[np.float64]:
        """Return a feature's value in each sample, (n,): its number, or which of its values, -1 for none."""
        item = self.items[number]
        part = samples.reshape(len(samples), -1)[:, item.places].astype(np.float64)
        if not item.values:
            found: NDArray[np.float64] = part.mean(1)
            return found
        return np.where(part.max(1) > 0.5, part.argmax(1), -1).astype(np.float64)

    def placed(self, samples: Array, number: int, value: float) -> NDArray[np.float32]:
        """Return copies of samples in which a feature has a value, or is the ``value``-th of its values."""
        item = self.items[number]
        made = np.array(samples, np.float32)
        flat = made.reshape(len(made), -1)  # a view: what was just copied lies in one piece
        if item.values:
            flat[:, item.places] = 0
            flat[:, item.places[int(value)]] = 1
        else:
            flat[:, item.places] = value
        return made

    def find(self, name: str) -> int:
        """Return a feature's place by its name. Raises `UserError`."""
        if name in self.names:
            return self.names.index(name)
        shown = ", ".join(self.names[:12]) + (", …" if len(self) > 12 else "")
        raise UserError(
            f"there is no feature {name!r}.", place="feature", remedy=f"The features are {shown}."
        )


def features_of(dataset: Dataset, pool: int = 0, most: int = 256, *, by_channel: bool = True) -> Features:
    """Return a dataset's features.

    Columns that a table's category was spread over, ``colour=red`` and ``colour=blue``, are one feature.
    Images are cut into squares of ``pool`` pixels' side; 0 takes the smallest of which there are at most
    ``most``. Channels are features of their own only with ``by_channel``. Raises `UserError` for sequences
    of whole-number ids, which can't be compared by size, and for samples of too many values.
    """
    if dataset.input_dtype == "int64":
        raise UserError(
            "samples are sequences of ids, and a larger id doesn't mean more, so they have no features.",
            place="data",
            remedy="Look at the attribution of single samples instead.",
        )
    shape = dataset.sample_shape
    if len(shape) == 3:
        found = _of_image(shape, pool, most, by_channel)
    elif len(shape) == 1 and len(dataset.features) == shape[0]:
        found = Features(_of_table(dataset))
    else:
        found = Features(_of_array(shape, dataset.features))
    if len(found) > MOST:
        raise UserError(
            f"a sample has {len(found)} values, more than the {MOST} that can be told apart.",
            place="data",
            remedy="Look at the attribution of single samples instead.",
        )
    return found


def squares(height: int, width: int, most: int) -> int:
    """Return the least side of squares of which at most ``most`` cover an image."""
    side = 1
    while -(-height // side) * -(-width // side) > most:
        side += 1
    return side


def _of_image(shape: tuple[int, ...], pool: int, most: int, by_channel: bool) -> Features:
    channels, height, width = shape
    side = min(pool or squares(height, width, most), max(height, width))
    rows, columns = -(-height // side), -(-width // side)
    places = np.arange(channels * height * width).reshape(shape)
    apart = by_channel and channels > 1
    found = []
    for row in range(rows):
        for column in range(columns):
            high, wide = slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side)
            name = f"{_span('row', high, height)}, {_span('column', wide, width)}"
            block = places[:, high, wide]
            if apart:
                found += [
                    Feature(f"{name}, {_channel(n, channels)}", block[n].ravel()) for n in range(channels)
                ]
            else:
                found.append(Feature(name, block.ravel()))
    return Features(tuple(found), (rows, columns))


def _span(word: str, part: slice, size: int) -> str:
    first, last = part.start, min(part.stop, size) - 1
    return f"{word} {first}" if first == last else f"{word}s {first}–{last}"


def _channel(number: int, channels: int) -> str:
    return ("red", "green", "blue")[number] if channels == 3 else f"channel {number}"


def _of_table(dataset: Dataset) -> tuple[Feature, ...]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(dataset.features):
        match = _CATEGORY.fullmatch(name)
        groups[match[1] if match else ""].append(number)
    spread = {
        base: places
        for base, places in groups.items()
        if base and len(places) > 1 and _one_hot(dataset.inputs[:, places])
    }
    owner = {place: base for base, places in spread.items() for place in places}
    found = []
    for number, name in enumerate(dataset.features):
        base = owner.get(number)
        if base is None:
            found.append(Feature(name, np.array([number])))
        elif spread[base][0] == number:
            values = tuple(dataset.features[place].removeprefix(f"{base}=") for place in spread[base])
            found.append(Feature(base, np.array(spread[base]), values))
    return tuple(found)


def _one_hot(columns: Array) -> bool:
    return bool(((columns == 0) | (columns == 1)).all() and (columns.sum(1) <= 1).all())


def _of_array(shape: tuple[int, ...], names: Sequence[str]) -> tuple[Feature, ...]:
    if len(shape) == 1:
        texts = [f"value {n}" for n in range(shape[0])]
    elif len(shape) == 2:
        inner = names if len(names) == shape[1] else [f"value {n}" for n in range(shape[1])]
        texts = [
            f"step {step}" if shape[1] == 1 else f"step {step}, {name}"
            for step in range(shape[0])
            for name in inner
        ]
    else:
        texts = [f"value {', '.join(map(str, place))}" for place in np.ndindex(*shape)]
    return tuple(Feature(text, np.array([n])) for n, text in enumerate(texts))
