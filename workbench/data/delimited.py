"""Delimited text as a table of strings: encoding, separator, header, and rows that are whole."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbench.errors import UserError

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
_SNIFFED = 50
_EXCEL = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Text(NamedTuple):
    """A delimited file, decoded, with what was found out about it. ``content`` ends lines with newlines."""

    content: str
    separator: str
    names: tuple[str, ...]
    has_header: bool
    notes: tuple[str, ...]
    skipped: int = 0
    """Lines above the table, which ``content`` lacks."""


class Table(NamedTuple):
    """A string column for each name; empty fields are null."""

    frame: pl.DataFrame
    separator: str
    notes: tuple[str, ...]


def open_text(path: Path) -> Text:
    """Decode a file and find its separator and column names. Raises `UserError` where it is no table."""
    content, notes = _decoded(path)
    content, skipped, told = _below_preamble(content, path)
    separator = told or _separator(content, path)
    first = next(_records(content, separator, path))[1]
    has_header = not _are_data(first)
    if not has_header:
        notes = (*notes, "The first line holds numbers, not names, so it was read as data.")
    names = _unique(first if has_header else [""] * len(first))
    return Text(content, separator, names, has_header, notes, skipped)


def read_table(path: Path) -> Table:
    """Read a whole file. Raises `UserError`, naming the line, where a row has too many or too few fields."""
    import polars as pl

    text = open_text(path)
    rows = -1 if text.has_header else 0
    for line, record in _records(text.content, text.separator, path):
        if len(record) != len(text.names):
            number, found = line + text.skipped, _fields(len(record))
            raise UserError(
                f"line {number} has {found}, but the first has {len(text.names)}.",
                place=str(path),
                remedy="Mend that line; text that holds the separator needs quotes around it.",
            )
        rows += 1
    if rows < 1:
        raise UserError(
            "there is a header, but no row below it.",
            place=str(path),
            remedy="Choose a file that holds data.",
        )
    try:
        frame = pl.read_csv(
            io.BytesIO(text.content.encode()),
            separator=text.separator,
            has_header=text.has_header,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError as error:
        raise _unreadable(path, str(error).splitlines()[0]) from error
    frame.columns = list(text.names)
    frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    if frame.height > rows:
        raise _unreadable(path, "its quotes don't pair up")
    return Table(frame, text.separator, text.notes)


def _decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    if path.is_dir():
        raise UserError(
            "this is a folder, but a table is one file.", place=str(path), remedy="Choose a file in it."
        )
    raw = path.read_bytes()
    notes: tuple[str, ...] = ()
    try:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            content = raw.decode("utf-16")
        else:
            content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("latin-1")
        notes = ("The file is not UTF-8, so it was read as Latin-1.",)
    content = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    if not content.strip():
        raise UserError("the file is empty.", place=str(path), remedy="Choose a file that holds data.")
    if "\0" in content or len(_CONTROL.findall(content)) > len(content) / 1000:
        raise UserError(
            "this is not text, so it is no table.", place=str(path), remedy="Export the table as CSV first."
        )
    return content, notes


def _below_preamble(content: str, path: Path) -> tuple[str, int, str]:
    """Cut off what comes before a table: Excel's line ``sep=;``, and comments that start with #.

    Returns the table, the number of lines cut off, and the separator that was told, or "".
    """
    told, skipped = "", 0
    line, _, below = content.partition("\n")
    excel = _EXCEL.fullmatch(line)
    if excel:
        told, content, skipped = excel[1] if excel[1] in SEPARATORS else "", below, 1
    while content.startswith(("#", "\n")):
        line, _, below = content.partition("\n")
        if not below.strip() or _is_header(line, below, told, path):
            break
        content, skipped = below, skipped + 1
    if not content.strip():
        raise UserError("the file holds no table.", place=str(path), remedy="Choose a file that holds data.")
    return content, skipped, told


def _is_header(line: str, below: str, told: str, path: Path) -> bool:
    """Whether a line with # names columns: one is called just that, or it names the data right below it."""
    for separator in [told] if told else SEPARATORS:
        cells = line.split(separator)
        if len(cells) > 1 and cells[0].strip() == "#":
            return True
        if len(cells) > 1 and not below.startswith("#"):
            first = next(_records(below, separator, path), (0, [""]))[1]
            if len(first) == len(cells) and _are_data(first):
                return True
    return False


def _separator(content: str, path: Path) -> str:
    """Return what cuts the first rows into equally many fields; of several, what gives most fields."""
    found = []
    for separator in SEPARATORS:
        counts = [
            len(r) for _, (_, r) in zip(range(_SNIFFED), _records(content, separator, path), strict=False)
        ]
        if counts and counts[0] > 1:
            found.append((sum(n == counts[0] for n in counts) / len(counts), counts[0], separator))
    if not found:
        raise UserError(
            "the table has one column only; there must be a target and something to predict it from.",
            place=str(path),
            remedy=f"Separate the columns with {', '.join(SEPARATORS.values())}.",
        )
    return max(found, key=lambda item: item[:2])[2]


def _records(content: str, separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each ends on; blank lines are passed over."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    try:
        for record in reader:
            if any(record) or len(record) > 1:
                yield reader.line_num, record
    except csv.Error as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> UserError:
    return UserError(
        f"can't be read as a table ({why}).",
        place=str(path),
        remedy="Look for a quotation mark without its partner, or export the table anew.",
    )


def _are_data(cells: list[str]) -> bool:
    """Whether a first row holds mostly numbers; but numbers that count the columns are names."""
    numbers = [number for number in map(_number, cells) if number is not None]
    counts = [first + n for first in (0, 1) for n in range(len(numbers))]
    counting = len(numbers) > 1 and numbers in (counts[: len(numbers)], counts[len(numbers) :])
    return len(numbers) > len(cells) / 2 and not counting


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def _unique(names: list[str]) -> tuple[str, ...]:
    unique: dict[str, None] = {}
    for position, raw in enumerate(names, 1):
        name = base = raw.strip() or f"column {position}"
        number = 2
        while name in unique:
            name = f"{base} ({number})"
            number += 1
        unique[name] = None
    return tuple(unique)


def _fields(count: int) -> str:
    return f"{count} field{'' if count == 1 else 's'}"
