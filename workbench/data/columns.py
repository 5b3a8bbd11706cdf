"""Columns of strings as features: numbers, yes or no, and text with few values; the rest is left out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.texts import words

if TYPE_CHECKING:
    import polars as pl

MOST_VALUES = 50
"""Text with more different values than that is left out."""

MISSING = ("", "na", "n/a", "nan", "null", "?", "-", "#n/a", "#na", "<na>")
"""What stands for a missing value, in lower case."""

FEW_TEXTS = 0.05
"""Up to that share of text among numbers is taken for missing values."""

PROSE = 2.0
"""Words that the values of a column have on average at least, if they are texts."""
_LOOKED_AT = 1_000

_YES, _NO = ["true", "yes", "y", "t"], ["false", "no", "n", "f"]
_DATE = r"^(\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?|\d{1,2}:\d{2}(:\d{2}.*)?)$"
_ID_NAME = re.compile(r"(?i:^(id|idx|index|row|rownames|nr|no|#|unnamed: 0|column 1)$|[_ -]id$)|[a-z]ID$")

Named = dict[str, NDArray[np.float32]]


class Features(NamedTuple):
    """A float32 matrix (rows, features), the features' names, and what was done to get there.

    ``numbers_rows``: whether they do no more than number the rows.
    """

    matrix: NDArray[np.float32]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    numbers_rows: bool = False


@dataclass
class _Log:
    """What is told afterwards: columns left out by reason, missing values, and text among numbers."""

    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    filled: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def notes(self) -> tuple[str, ...]:
        out = [f"Left out, because it {why}: {listed(names)}." for why, names in self.left_out.items()]
        if self.filled:
            out.append(f"Missing values were filled in: {listed(self.filled)}.")
        if self.unread:
            out.append(f"Text among the numbers was taken for missing values: {listed(self.unread)}.")
        return tuple(out)


def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip all strings, and set those that stand for a missing value to null."""
    import polars as pl

    stripped = pl.all().str.strip_chars()
    missing = stripped.str.to_lowercase().is_in(list(MISSING))
    return frame.with_columns(pl.when(~missing).then(stripped).name.keep())


def numbers(column: pl.Series, separator: str) -> pl.Series:
    """Return a column of strings as Float64; what is no number is null, infinity stays.

    Where commas don't separate the fields, they may be decimal marks.
    """
    import polars as pl

    if separator != ",":
        column = column.str.replace(r"^([+-]?\d*),(\d+)$", "${1}.${2}")
    return column.cast(pl.Float64, strict=False)


def finite(values: pl.Series) -> pl.Series:
    """Set to null what float32 can't hold: infinity, NaN, and numbers beyond its range."""
    import polars as pl

    fits = values.cast(pl.Float32).is_finite().fill_null(False)
    return values.zip_with(fits, pl.Series([None] * len(values), dtype=pl.Float64))


def features_of(frame: pl.DataFrame, separator: str) -> Features:
    """Turn `cleaned` columns into features: none at all where nothing fits."""
    log = _Log()
    found: Named = {}
    counters: Named = {}
    for column in frame.iter_columns():
        arrays = _arrays(column, separator, log)
        numbers_rows = column.name in arrays and _numbers_rows(column.name, arrays[column.name])
        (counters if numbers_rows else found).update(arrays)
    if found and counters:
        log.left_out["only numbers the rows"] += [f"'{name}'" for name in counters]
    chosen = found or counters
    matrix = np.column_stack(list(chosen.values())) if chosen else np.empty((frame.height, 0), np.float32)
    return Features(matrix, tuple(chosen), log.notes(), numbers_rows=bool(counters) and not found)


def prose_of(frame: pl.DataFrame, separator: str) -> str:
    """Return the column of `cleaned` ones that holds texts, that of most words; "" where none does."""
    most, chosen = 0.0, ""
    for column in frame.iter_columns():
        present = column.drop_nulls()
        some = present.head(_LOOKED_AT)
        if not len(some) or numbers(some, separator).null_count() == 0:
            continue  # first, for tables may have thousands of columns of numbers
        length = sum(len(words(text)) for text in some.to_list()) / len(some)
        if length >= max(PROSE, most) and _hardly_repeats(present) and not _are_dates(present):
            most, chosen = length, column.name
    return chosen


def listed(items: list[str], most: int = 6) -> str:
    """'a, b and c', and of many only the first: 'a, b and 7 more'."""
    shown = items if len(items) <= most else [*items[: most - 1], f"{len(items) - most + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _arrays(column: pl.Series, separator: str, log: _Log) -> Named:
    """The features that a column makes: none, itself, or one for each of its values."""
    present = column.drop_nulls()
    distinct = present.n_unique()
    if distinct < 2:
        log.left_out["holds no values" if distinct == 0 else "holds one value only"].append(
            f"'{column.name}'"
        )
        return {}
    values = numbers(column, separator)
    text = values.null_count() - column.null_count()
    if text == 0 or (text <= FEW_TEXTS * len(present) and distinct > MOST_VALUES):
        return _numeric(column, values, log)
    if present.str.to_lowercase().is_in(_YES + _NO).all():
        return _boolean(column, log)
    if _are_dates(present):
        log.left_out["holds dates or times"].append(f"'{column.name}'")
    elif _hardly_repeats(present):
        log.left_out["holds text that hardly repeats"].append(f"'{column.name}'")
    else:
        return {f"{column.name}={value}": _flags(column == value) for value in sorted(present.unique())}
    return {}


def _numeric(column: pl.Series, read: pl.Series, log: _Log) -> Named:
    values = finite(read)
    if values.drop_nulls().n_unique() < 2:
        log.left_out["holds one value only"].append(f"'{column.name}'")
        return {}
    median = values.median()
    assert isinstance(median, float)
    unread = column.filter(read.is_null() & column.is_not_null())
    if len(unread):
        log.unread.append(f"{unread[0]!r} in '{column.name}'")
    if values.null_count():
        log.filled.append(f"{values.null_count():,} in '{column.name}' with its median, {median:g}")
    return {column.name: values.fill_null(median).to_numpy().astype(np.float32)}


def _boolean(column: pl.Series, log: _Log) -> Named:
    lower = column.str.to_lowercase()
    if lower.drop_nulls().is_in(_YES).n_unique() < 2:
        log.left_out["holds one value only"].append(f"'{column.name}'")
        return {}
    if column.null_count():
        log.filled.append(f"{column.null_count():,} in '{column.name}' with no")
    return {column.name: _flags(lower.is_in(_YES))}


def _are_dates(present: pl.Series) -> bool:
    return bool(present.str.contains(_DATE).sum() >= (1 - FEW_TEXTS) * len(present))


def _hardly_repeats(present: pl.Series) -> bool:
    distinct = present.n_unique()
    return distinct > MOST_VALUES or distinct > len(present) / 2


def _flags(series: pl.Series) -> NDArray[np.float32]:
    return series.fill_null(False).to_numpy().astype(np.float32)


def _numbers_rows(name: str, values: NDArray[np.float32]) -> bool:
    """Whether a feature is a row number: it counts from 0 or 1, or is called an id and hardly repeats."""
    if not np.array_equal(values, np.floor(values)):
        return False
    if values[0] in (0, 1) and np.array_equal(values, values[0] + np.arange(len(values), dtype=np.float32)):
        return True
    return bool(_ID_NAME.search(name)) and len(np.unique(values)) > len(values) / 2
