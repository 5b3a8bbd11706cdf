"""The format ``csv``: a table of text with a header."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from numpy.typing import NDArray

from workbench.data.columns import FEW_TEXTS, cleaned, features_of, finite, listed, numbers, prose_of
from workbench.data.dataset import Kind, Source
from workbench.data.delimited import open_text, read_table
from workbench.data.formats import Format
from workbench.data.targets import FEW, encode
from workbench.errors import UserError
from workbench.graph.project import DataSection, Task

if TYPE_CHECKING:
    import polars as pl

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".txt")
TARGET_NAMES = (
    "target", "label", "labels", "class", "y", "species", "outcome", "diagnosis", "survived", "quality",
    "price", "default", "churn",
)  # fmt: skip
"""A column called one of these, in any case, is the target unless the project names another."""


class Csv(Format):
    """Tables: numbers, text with few values and booleans become features; one column is the target.

    Or one column of text is read instead, where the project says so or there is nothing else.
    """

    name: ClassVar[str] = "csv"
    help: ClassVar[str] = "a table of text with a header line (.csv, .tsv, .txt)"

    def recognises(self, path: Path) -> bool:
        """A file with a suffix that tables have."""
        return path.suffix.lower() in SUFFIXES and path.is_file()

    def columns(self, path: Path) -> tuple[str, ...]:
        """The header's names; of a file without one, made up."""
        return open_text(path).names

    def read(self, section: DataSection, path: Path) -> Source:
        """Read the table; rows without a value of the target are left out."""
        table = read_table(path)
        place = str(path)
        frame = cleaned(table.frame)
        target = _target(section.target, frame, table.separator, place)
        notes = list(table.notes)
        raw = _target_values(frame[target], table.separator, section.task)
        known = raw.is_not_null()
        if not known.all():
            notes += _left_out(frame[target], raw, table.separator)
            raw, frame = raw.filter(known), frame.filter(known)
        targets = encode(raw.to_numpy(), section.task, target, place)
        rest = frame.drop(target)
        read = (
            _text(section.text.column, target, rest, place) if section.text else _read(rest, table.separator)
        )
        if not read.features:
            raise UserError(
                f"no column beside the target {target!r} can be used. {' '.join(read.notes)}",
                place=place,
                remedy="Add columns with numbers, with text that repeats, or with texts of several words.",
            )
        return Source(
            name=path.stem,
            kind=read.kind,
            task=targets.task,
            inputs=read.inputs,
            targets=targets.values,
            classes=targets.classes,
            features=read.features,
            target=target,
            notes=(*notes, *read.notes),
        )


class _Inputs(NamedTuple):
    """A matrix of features, or texts as they stand, (N,) str, in the column that ``features`` names."""

    kind: Kind
    inputs: NDArray[Any]
    features: tuple[str, ...]
    notes: tuple[str, ...]


def _read(frame: pl.DataFrame, separator: str) -> _Inputs:
    """Features where columns make some; else the texts, if a column holds any."""
    found, column = features_of(frame, separator), prose_of(frame, separator)
    if not column or (found.names and not found.numbers_rows):
        told = (f"To learn from the words of '{column}' instead, choose it as the text.",) if column else ()
        return _Inputs("table", found.matrix, found.names, (*found.notes, *told))
    return _texts(column, frame)


def _text(column: str, target: str, frame: pl.DataFrame, place: str) -> _Inputs:
    if column == target:
        raise UserError(
            f"{column!r} is to be predicted, so it can't be the text to learn from.",
            place=place,
            remedy="Choose another target, or another text.",
        )
    if column not in frame.columns:
        raise no_such_column(column, tuple(frame.columns), place)
    return _texts(column, frame)


def _texts(column: str, frame: pl.DataFrame) -> _Inputs:
    others = [f"'{name}'" for name in frame.columns if name != column]
    notes = (f"Left out, because text is read alone: {listed(others)}.",) if others else ()
    return _Inputs("array", frame[column].fill_null("").to_numpy().astype(object), (column,), notes)


def no_such_column(name: str, columns: tuple[str, ...], place: str) -> UserError:
    """Return the error for a target that isn't there, with the columns that are."""
    close = difflib.get_close_matches(name, columns, 1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return UserError(
        f"there is no column called {name!r}.",
        place=place,
        remedy=f"{hint}The columns are {listed(list(columns), 20)}.",
    )


def _target(wanted: str | None, frame: pl.DataFrame, separator: str, place: str) -> str:
    """The project's target, else a column with a usual name, else the last that holds anything but texts."""
    columns = tuple(frame.columns)
    if wanted is not None:
        if wanted not in columns:
            raise no_such_column(wanted, columns, place)
        return wanted
    lower = {name.lower(): name for name in reversed(columns)}
    usual = [lower[name] for name in TARGET_NAMES if name in lower]
    filled = [name for name in columns if frame[name].null_count() < frame.height]
    text = prose_of(frame, separator)
    filled = [name for name in filled if name != text] or filled
    return (usual or filled or list(columns))[0 if usual else -1]


def _target_values(column: pl.Series, separator: str, task: Task | None) -> pl.Series:
    """Numbers where all values are numbers, or all but a few of many; else text. Infinity counts as missing.

    As with features, text among the numbers is taken for missing; not where it may be a class.
    """
    values = numbers(column, separator)
    text, present = values.null_count() - column.null_count(), len(column) - column.null_count()
    few = text <= FEW_TEXTS * present and column.drop_nulls().n_unique() > FEW
    mostly_numbers = text == 0 or (few and task != "classification")
    return finite(values) if present and mostly_numbers else column


def _left_out(column: pl.Series, values: pl.Series, separator: str) -> list[str]:
    """What is told of the rows whose target ``values`` are null: nothing there, infinity, or text."""
    unread = column.filter(numbers(column, separator).is_null() & column.is_not_null() & values.is_null())
    empty = values.null_count() - len(unread)
    notes = []
    if empty:
        notes.append(f"{empty:,} rows without a value of the target '{column.name}' were left out.")
    if len(unread):
        rows = "1 row" if len(unread) == 1 else f"{len(unread):,} rows"
        notes.append(
            f"{rows} whose target '{column.name}' is no number ({unread[0]!r}) "
            f"{'was' if len(unread) == 1 else 'were'} left out."
        )
    return notes
