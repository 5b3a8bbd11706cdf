"""What happens in a search, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.search.trials import Trial


@dataclass(frozen=True)
class SearchStarted:
    """The first event. ``trials`` are those of the study before, ``planned`` how many are to come."""

    study: str
    metric: str
    trials: tuple[Trial, ...]
    planned: int


@dataclass(frozen=True)
class TrialStarted:
    """A trial's values are chosen and its run is open; ``number`` of ``planned`` in this search, from 1."""

    trial: Trial
    number: int
    planned: int


@dataclass(frozen=True)
class TrialStepped:
    """Steps were made in a trial: ``share`` of them is done, 0 to 1."""

    trial: int
    share: float


@dataclass(frozen=True)
class TrialEpoch:
    """An epoch of a trial ended with this metric."""

    trial: int
    epoch: int
    epochs: int
    value: float


@dataclass(frozen=True)
class TrialEnded:
    """A trial is over; ``best`` is the best of the study so far, None where none was completed."""

    trial: Trial
    best: Trial | None


@dataclass(frozen=True)
class SearchEnded:
    """The last event. Exhausted: every combination of the grid was tried."""

    reason: Literal["completed", "exhausted"]
    best: Trial | None


SearchEvent = SearchStarted | TrialStarted | TrialStepped | TrialEpoch | TrialEnded | SearchEnded
