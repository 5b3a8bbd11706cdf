"""Which settings matter: the share of the metric's variation that each explains."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbench.graph.search import Choices, Range
from workbench.search.trials import Trial
from workbench.search.typed import shown

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

FEWEST = 4
"""Completed trials that it takes; of fewer, nothing can be said."""


def importances(trials: Iterable[Trial], space: Mapping[str, Range], seed: int = 0) -> dict[str, float]:
    """Return every setting's importance, largest first; they add up to 1.

    By fANOVA (Hutter et al., 2014), as Optuna has it, over the completed trials: how much of the metric's
    variance a random forest ascribes to a setting, over its whole range, logarithmic where that is. Settings
    that not every trial has, or that never varied, are left out. Empty for fewer than four trials, or where
    the metric never varied.
    """
    done = [t for t in trials if t.state == "completed" and t.value is not None and math.isfinite(t.value)]
    names = [name for name in space if _varies(name, done)]
    if len(done) < FEWEST or not names or len({trial.value for trial in done}) < 2:
        return {}
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study()
    columns = {name: [_plain(trial, name, space[name]) for trial in done] for name in names}
    spans = {name: _spanning(columns[name], space[name]) for name in names}
    for row, trial in enumerate(done):
        values = {name: columns[name][row] for name in names}
        study.add_trial(optuna.create_trial(params=values, distributions=spans, value=trial.value))
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}


def _varies(name: str, trials: list[Trial]) -> bool:
    values = [trial.values.get(name) for trial in trials]
    return None not in values and len(set(values)) > 1


def _plain(trial: Trial, name: str, values: Range) -> float | str:
    """A value as a number on the range's scale, or as text."""
    value = trial.values[name]
    if isinstance(values, Choices) or not isinstance(value, int | float):
        return shown(value)
    return math.log10(value) if values.log else float(value)


def _spanning(column: list[float | str], values: Range) -> BaseDistribution:
    """The range, or what was tried of it where it was another then."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    numbers = [value for value in column if isinstance(value, float)]
    if isinstance(values, Choices) or len(numbers) < len(column):
        return CategoricalDistribution(sorted({str(value) for value in column}))
    low, high = (math.log10(end) if values.log else float(end) for end in (values.low, values.high))
    return FloatDistribution(min(low, *numbers), max(high, *numbers))
