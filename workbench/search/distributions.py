"""Ranges and values in Optuna's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from optuna import Trial
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from workbench.graph.search import Choices, FloatRange, IntRange, Range, Value
from workbench.search.typed import shown

GRID_POINTS = 5
"""Values that a grid takes of a range of any numbers."""

Stored = bool | int | float | str


def distribution(values: Range) -> BaseDistribution:
    """Return the distribution of a range."""
    match values:
        case FloatRange(low=low, high=high, log=log):
            return FloatDistribution(low, high, log=log)
        case IntRange(low=low, high=high, step=step, log=log):
            # Optuna would warn of an end that no step meets
            return IntDistribution(low, high - (high - low) % step, log=log, step=step)
        case Choices():
            return CategoricalDistribution([stored(value) for value in values.values])


def suggest(trial: Trial, path: str, values: Range) -> Value:
    """Let a trial's sampler pick a value of a range."""
    match distribution(values):
        case FloatDistribution() as found:
            return value_of(trial.suggest_float(path, found.low, found.high, log=found.log), values)
        case IntDistribution() as found:
            return trial.suggest_int(path, found.low, found.high, step=found.step, log=found.log)
        case CategoricalDistribution() as found:
            return value_of(trial.suggest_categorical(path, found.choices), values)
    raise TypeError(path)


def stored(value: Value) -> Stored:
    """Return a value as a study holds it: a size as text."""
    return shown(value) if isinstance(value, tuple) else value


def value_of(found: Any, values: Range) -> Value:
    """Return the value of a range that a study holds."""
    if isinstance(values, Choices):
        found = next((value for value in values.values if stored(value) == found), found)
    elif isinstance(values, FloatRange):
        # four digits: nobody wants to read seventeen, and no metric tells them apart
        found = min(max(float(f"{found:.4g}"), values.low), values.high)
    return cast("Value", found)


def grid(space: Mapping[str, Range]) -> dict[str, list[Stored]]:
    """Return the values that a grid takes of every range: all of those that can be counted, else five."""
    return {path: _points(values) for path, values in space.items()}


def _points(values: Range) -> list[Stored]:
    match values:
        case Choices():
            return [stored(value) for value in values.values]
        case IntRange(low=low, high=high, log=True):
            return sorted({round(x) for x in np.geomspace(low, high, GRID_POINTS).tolist()})
        case IntRange(low=low, high=high, step=step):
            return list(range(low, high + 1, step))
        case FloatRange(low=low, high=high, log=log):
            spaced = (np.geomspace if log else np.linspace)(low, high, GRID_POINTS)
            return [low, *(float(f"{x:.6g}") for x in spaced[1:-1].tolist()), high]
