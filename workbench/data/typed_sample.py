"""A sample that is typed: numbers in rows, as they come from a spreadsheet or a paper."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.errors import UserError

Array = NDArray[np.generic]

_BETWEEN = re.compile(r"[,;\s]+")
_BRACKETS = str.maketrans("[](){}", "      ")
SHOWN = 40
"""So much of what can't be read is told."""


def largest_id(dataset: Dataset) -> int | None:
    """Return the largest id in the data, None where they are no ids. An Embedding may know no larger one."""
    return int(dataset.inputs.max(initial=0)) if dataset.input_dtype == "int64" else None


def typed(text: str, shape: tuple[int, ...], top: int | None = None) -> Array:
    """Return what was typed as a sample of this shape: float32, or int64 ids from 0 to ``top``.

    Numbers stand in rows, with commas, semicolons, tabs or spaces between them; brackets count as spaces.
    Each line is a row of the last dimension, empty lines are passed over; all numbers may also stand in one
    line. Raises `UserError`.
    """
    ids = top is not None
    lines = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1)]
    rows = [(number, [_read(cell, number, ids) for cell in cells]) for number, cells in lines if cells]
    count, wanted = sum(len(row) for _, row in rows), math.prod(shape)
    width = shape[-1] if shape else 1
    if len(shape) > 1 and len(rows) > 1:
        _require_rows(rows, width, wanted // max(width, 1))
    if count != wanted:
        raise UserError(
            f"{there_are(count, 'id' if ids else 'number')}, and a sample has {wanted:,}.",
            place="sample",
            remedy=f"A sample is {'×'.join(map(str, shape))}." if len(shape) > 1 else "",
        )
    flat = [value for _, row in rows for value in row]
    require_known(flat, top)
    return np.array(flat, np.int64 if ids else np.float32).reshape(shape)


def there_are(number: int, noun: str) -> str:
    """'there is 1 row', 'there are 1,234 rows'."""
    return f"there {'is' if number == 1 else 'are'} {counted(number, noun)}"


def counted(number: int, noun: str) -> str:
    """'1 row', '1,234 rows'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def require_known(ids: Sequence[float], top: int | None, place: str = "") -> None:
    """Raise `UserError` for an id that no sample holds: an Embedding may have no row for it."""
    strange = None if top is None else next((value for value in ids if not 0 <= value <= top), None)
    if strange is not None:
        raise UserError(f"there is no id {int(strange)}: in these data they go from 0 to {top}.", place=place)


def written(sample: Array) -> str:
    """Return a sample as it may be typed: a row a line, an empty line between the blocks of more dimensions.

    ``typed`` gives the same values again, to float32's last digit.
    """
    if sample.ndim < 2:
        return " ".join(_figure(value) for value in np.ravel(sample))
    if sample.ndim == 2:
        return "\n".join(written(row) for row in sample)
    return "\n\n".join(written(block) for block in sample)


def _cells(line: str) -> list[str]:
    return [cell for cell in _BETWEEN.split(line.translate(_BRACKETS)) if cell]


def _read(cell: str, line: int, whole: bool) -> float:
    try:
        value = float(int(cell)) if whole else float(cell)
        with np.errstate(over="ignore"):
            fits = bool(np.isfinite(np.float32(value)))
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        kind = "whole number" if whole else "number"
        shown = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
        raise UserError(f"“{shown}” is no {kind}.", place=f"line {line}")
    return int(cell) if whole else value


def _require_rows(rows: Sequence[tuple[int, list[float]]], width: int, height: int) -> None:
    for number, row in rows:
        if len(row) != width:
            raise UserError(
                f"it has {counted(len(row), 'number')}, and a row has {width:,}.",
                place=f"line {number}",
            )
    if len(rows) != height:
        raise UserError(f"{there_are(len(rows), 'row')}, and a sample has {height:,}.", place="sample")


def _figure(value: np.generic) -> str:
    # the shortest decimals that give the same float32 again
    return (
        str(int(value))
        if value.dtype.kind in "iu"
        else np.format_float_positional(np.float32(value), trim="-")
    )
