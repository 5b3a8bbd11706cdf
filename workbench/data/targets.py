"""What is predicted: the task, and targets as numbers, from a column or array of any type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.graph.project import Task

FEW = 20
"""Whole numbers with at most so many different values are taken for classes."""


@dataclass(frozen=True)
class Targets:
    """Targets as `Source` has them: (N,) int64 class numbers with names, or (N,) float32 values."""

    task: Task
    values: NDArray[np.generic]
    classes: tuple[str, ...] = ()


def encode(raw: NDArray[np.generic], task: Task | None, name: str, place: str) -> Targets:
    """Turn (N,) texts, booleans or finite numbers into targets; ``task`` None is worked out.

    Texts and booleans are classes, and so are whole numbers with few different values; other numbers are
    values. Classes are sorted: texts by alphabet, numbers by size. Raises `UserError` where there is nothing
    to learn, or where texts are to be predicted as numbers.
    """
    if len(raw) == 0:
        raise UserError(f"no sample has a target ({name!r}).", place=place, remedy="Choose another target.")
    is_number = raw.dtype.kind in "iuf"
    distinct, numbers = np.unique(raw, return_inverse=True)
    if task is None:
        task = "regression" if is_number and not _few_whole(raw, distinct) else "classification"
    if len(distinct) == 1:
        raise UserError(
            f"the target {name!r} is {str(_shown(distinct[0]))!r} in every sample: nothing can be learned.",
            place=place,
            remedy="Choose another target, or add samples of another kind.",
        )
    if task == "regression":
        return Targets(task, _values(raw, name, place))
    if len(distinct) > max(FEW, len(raw) // 2):
        raise UserError(
            f"the target {name!r} has {len(distinct)} different values in {len(raw)} samples, "
            f"too many to be classes{'' if is_number else _stray(raw)}.",
            place=place,
            remedy="Choose another target" + (", or regression as the task." if is_number else "."),
        )
    classes = tuple(str(_shown(value)) for value in distinct)
    return Targets(task, numbers.reshape(-1).astype(np.int64), classes)


def _stray(raw: NDArray[np.generic]) -> str:
    """Where most texts are numbers, the first that is none: it is why they are no numbers to predict."""
    texts = [str(value) for value in raw.tolist()]
    others = [text for text in texts if not _is_float32(text)]
    return f"; {others[0]!r} in it is no number" if 0 < len(others) < len(texts) / 2 else ""


def _few_whole(raw: NDArray[np.generic], distinct: NDArray[np.generic]) -> bool:
    values = distinct.astype(np.float64)
    whole = bool(np.all(values == np.floor(values)))
    return whole and len(distinct) <= FEW and len(distinct) <= max(2, len(raw) // 5)


def _values(raw: NDArray[np.generic], name: str, place: str) -> NDArray[np.generic]:
    if raw.dtype.kind == "b":
        return raw.astype(np.float32)
    try:
        with np.errstate(over="ignore"):
            values = raw.astype(np.float32)
    except ValueError:
        values = np.array([np.nan], dtype=np.float32)
    if np.isfinite(values).all():
        return values
    example = next((str(v) for v in raw.tolist() if not _is_float32(v)), "")
    raise UserError(
        f"the target {name!r} holds {example!r}, which is no number that regression could predict.",
        place=place,
        remedy="Choose classification as the task, or another target.",
    )


def _is_float32(value: object) -> bool:
    try:
        with np.errstate(over="ignore"):
            return bool(np.isfinite(np.float32(str(value))))
    except ValueError:
        return False


def _shown(value: np.generic) -> object:
    """3.0 is shown as 3."""
    plain = value.item() if isinstance(value, np.generic) else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
