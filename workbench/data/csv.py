"""The format ``csv``: a table of text with a header."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from workbench.data.columns import FEW_TEXTS, cleaned, features_of, finite, listed, numbers
from workbench.data.dataset import Source
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
    """Tables: numbers, text with few values and booleans become features; one column is the target."""

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
        target = _target(section.target, frame, place)
        notes = list(table.notes)
        raw = _target_values(frame[target], table.separator, section.task)
        known = raw.is_not_null()
        if not known.all():
            notes += _left_out(frame[target], raw, table.separator)
            raw, frame = raw.filter(known), frame.filter(known)
        targets = encode(raw.to_numpy(), section.task, target, place)
        features = features_of(frame.drop(target), table.separator)
        if not features.names:
            raise UserError(
                f"no column beside the target {target!r} can be used. {' '.join(features.notes)}",
                place=place,
                remedy="Add columns with numbers, or with text that repeats.",
            )
        return Source(
            name=path.stem,
            kind="table",
            task=targets.task,
            inputs=features.matrix,
            targets=targets.values,
            classes=targets.classes,
            features=features.names,
            target=target,
            notes=(*notes, *features.notes),
        )


def no_such_column(name: str, columns: tuple[str, ...], place: str) -> UserError:
    """Return the error for a target that isn't there, with the columns that are."""
    close = difflib.get_close_matches(name, columns, 1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return UserError(
        f"there is no column called {name!r}.",
        place=place,
        remedy=f"{hint}The columns are {listed(list(columns), 20)}.",
    )


def _target(wanted: str | None, frame: pl.DataFrame, place: str) -> str:
    """The project's target, else a column with a usual name, else the last that holds anything."""
    columns = tuple(frame.columns)
    if wanted is not None:
        if wanted not in columns:
            raise no_such_column(wanted, columns, place)
        return wanted
    lower = {name.lower(): name for name in reversed(columns)}
    usual = [lower[name] for name in TARGET_NAMES if name in lower]
    filled = [name for name in columns if frame[name].null_count() < frame.height]
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
