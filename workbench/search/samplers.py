"""Who picks the values, and who gives trials up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna import Study, pruners, samplers
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from workbench.errors import UserError
from workbench.graph.search import PrunerName, SearchSection
from workbench.search.distributions import Stored, grid

MOST_COMBINATIONS = 100_000


class SeededSampler(samplers.BaseSampler):
    """Gives every trial a sampler of its own, seeded by the search's seed and the trial's number.

    So a trial's values depend on the trials before it only: not on how often the search was stopped and went
    on, and two machines that share a study never draw the same numbers.
    """

    def __init__(self, section: SearchSection) -> None:
        self._section = section
        self._grid: dict[str, list[Stored]] = {}
        if section.sampler == "grid":
            self._grid = grid(section.space)
            count = math.prod(map(len, self._grid.values()))
            if count > MOST_COMBINATIONS:
                raise UserError(
                    f"a grid of these ranges has {count:,} combinations.",
                    place="sampler",
                    remedy="Take fewer values or larger steps, or let tpe choose.",
                )
        self._number = -1
        self._inner = self._made(0)

    def exhausted(self, study: Study) -> bool:
        """Whether every combination of a grid was tried."""
        inner = self._inner
        return isinstance(inner, samplers.GridSampler) and inner.is_exhausted(study)

    def _made(self, number: int) -> samplers.BaseSampler:
        seed = int(np.random.SeedSequence([self._section.seed, number]).generate_state(1)[0])
        match self._section.sampler:
            case "tpe":
                return samplers.TPESampler(seed=seed)
            case "gp":
                return samplers.GPSampler(seed=seed)
            case "random":
                return samplers.RandomSampler(seed=seed)
            case "grid":  # one order for all, that each goes on where others are
                return samplers.GridSampler(dict(self._grid), seed=self._section.seed)

    def _of(self, trial: FrozenTrial) -> samplers.BaseSampler:
        if trial.number != self._number:
            self._number, self._inner = trial.number, self._made(trial.number)
        return self._inner

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """As the trial's sampler does."""
        return self._of(trial).infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """As the trial's sampler does."""
        return self._of(trial).sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """As the trial's sampler does."""
        return self._of(trial).sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """As the trial's sampler does."""
        self._of(trial).before_trial(study, trial)

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        """As the trial's sampler does; a grid's would stop a loop that isn't Optuna's."""
        if self._section.sampler != "grid":
            self._of(trial).after_trial(study, trial, state, values)


def pruner(name: PrunerName, epochs: int) -> pruners.BasePruner:
    """Return what gives trials up. A first epoch is never judged by the median."""
    match name:
        case "median":
            return pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=2)
        case "hyperband":
            return pruners.HyperbandPruner(min_resource=1, max_resource=max(epochs, 1), reduction_factor=3)
        case "none":
            return pruners.NopPruner()
