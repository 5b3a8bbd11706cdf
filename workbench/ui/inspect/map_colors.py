"""What the points of a map are coloured by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from workbench.ui import theme

Arrays = Mapping[str, NDArray[Any]]

_CLASSES = (
    "convolution", "activation", "normalisation", "merge", "core",
    "recurrent", "problem", "signal", "arithmetic", "shape",
)  # fmt: skip
"""Tokens of colours that are told apart in both themes."""
STEPS = 12
"""Shades that values are drawn in."""


@dataclass(frozen=True, eq=False)
class Group:
    """Points in one colour: their places among all, and what they have in common; no name in a scale."""

    name: str
    color: QColor
    places: NDArray[np.int64]


@dataclass(frozen=True)
class Scale:
    """Values from low to high, and the colours between."""

    low: float
    high: float
    colors: tuple[QColor, ...]


@dataclass(frozen=True, eq=False)
class Coloring:
    """Groups, in the order in which they are drawn; with a scale where they are shades of values."""

    groups: tuple[Group, ...]
    scale: Scale | None = None


def ways(arrays: Arrays, classes: Sequence[str]) -> list[tuple[str, str]]:
    """Return what these samples can be coloured by: a key, and what it is called."""
    say = QCoreApplication.translate
    if classes:
        known = [
            ("true", say("map", "Class")),
            ("predicted", say("map", "Predicted class")),
            ("error", say("map", "Right or wrong")),
            ("confidence", say("map", "Confidence")),
        ]
    else:
        known = [
            ("true", say("map", "Value")),
            ("predicted", say("map", "Predicted value")),
            ("error", say("map", "Error")),
        ]
    return [(key, text) for key, text in known if key in arrays]


def coloring(arrays: Arrays, by: str, classes: Sequence[str]) -> Coloring:
    """Return the groups that samples fall in, by a key of `ways`."""
    values = arrays[by]
    if classes and by in ("true", "predicted"):
        colors = class_colors(len(classes))
        groups = [
            Group(name, colors[number], np.flatnonzero(values == number))
            for number, name in enumerate(classes)
        ]
        return Coloring(tuple(group for group in groups if len(group.places)))
    if classes and by == "error":
        say, look = QCoreApplication.translate, theme.current()
        right = Group(say("map", "right"), look.color("good"), np.flatnonzero(values == 0))
        wrong = Group(say("map", "wrong"), look.color("problem"), np.flatnonzero(values != 0))
        return Coloring((right, wrong))
    return _shades(np.asarray(values, np.float64), signed=by == "error")


def class_colors(count: int) -> list[QColor]:
    """Return a colour a class; beyond ten, hues as far apart as they can be."""
    look = theme.current()
    if count <= len(_CLASSES):
        return [look.color(token) for token in _CLASSES[:count]]
    light = 0.66 if look.name == "dark" else 0.42
    return [QColor.fromHslF(number * 0.61803 % 1, 0.62, light) for number in range(count)]


def _shades(values: NDArray[np.float64], *, signed: bool) -> Coloring:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    tokens = ("convolution", "muted", "problem") if signed else ("convolution", "merge", "activation")
    look = theme.current()
    colors = tuple(_between([look.color(t) for t in tokens], n / (STEPS - 1)) for n in range(STEPS))
    steps = np.clip((values - low) / ((high - low) or 1) * STEPS, 0, STEPS - 1)
    steps = np.where(np.isfinite(values), steps, -1).astype(np.int64)
    found = [Group("", colors[n], np.flatnonzero(steps == n)) for n in range(STEPS)]
    found.append(Group("", look.color("muted"), np.flatnonzero(steps < 0)))
    return Coloring(tuple(group for group in found if len(group.places)), Scale(low, high, colors))


def _between(stops: list[QColor], share: float) -> QColor:
    at = share * (len(stops) - 1)
    low = min(int(at), len(stops) - 2)
    one, other, part = stops[low], stops[low + 1], at - low
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round((1 - part) * a + part * b) for a, b in pairs))
