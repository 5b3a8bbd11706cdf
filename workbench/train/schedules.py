"""Learning rates: each schedule is a pure function of the step, so that resuming needs no state."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.graph.frozen import Frozen
from workbench.graph.training import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    OneCycle,
    Plateau,
    Polynomial,
    Schedule,
    Step,
)

Rate = Callable[[float], float]

_START = 25.0
_END = 25.0 * 1e4
"""OneCycle starts at the 25th part of the full rate and ends at a 10,000th of where it started."""


class PlateauState(Frozen):
    """What a plateau knows: ``factor`` multiplies the rate, ``waited`` epochs weren't below ``best``."""

    factor: float = 1.0
    best: float | None = None
    waited: int = 0


def rate(schedule: Schedule, lr: float, steps: int, steps_per_epoch: int) -> Rate:
    """Return the function from step (0 to ``steps`` - 1, fractions too) to learning rate.

    ``lr`` is the full rate. While it warms up the rate rises in a line, and what the schedule says begins
    after that. What a plateau has come to is not in it: see `plateau`.
    """
    if isinstance(schedule, OneCycle):
        return _one_cycle(lr, steps, schedule.rise)
    warmup = round(schedule.warmup * steps)
    after = _fall(schedule, max(1, steps - warmup), steps_per_epoch)

    def at(step: float) -> float:
        if step < warmup:
            return lr * min(1.0, (step + 1) / warmup)
        return lr * after(step - warmup)

    return at


def plateau(schedule: Plateau, state: PlateauState, judged: float, min_delta: float = 0.0) -> PlateauState:
    """Return the state after an epoch whose validation loss is ``judged``.

    As torch's ReduceLROnPlateau with ``threshold_mode="abs"``: a loss is better if it is lower than the best
    by more than ``min_delta``; nan never is.
    """
    if judged < (math.inf if state.best is None else state.best - min_delta):
        return state.model_copy(update={"best": judged, "waited": 0})
    if state.waited < schedule.wait:
        return state.model_copy(update={"waited": state.waited + 1})
    return state.model_copy(update={"factor": state.factor * schedule.factor, "waited": 0})


def preview(
    schedule: Schedule, lr: float, epochs: int, steps_per_epoch: int, points: int = 400
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return epochs and the learning rates there, shape (points,) each, or fewer for fewer steps.

    A plateau is shown without its falls: they depend on how training goes.
    """
    steps = epochs * steps_per_epoch
    at = rate(schedule, lr, steps, steps_per_epoch)
    chosen = np.unique(np.linspace(0, steps - 1, min(points, steps)).round())
    return chosen / steps_per_epoch, np.array([at(step) for step in chosen.tolist()])


def _fall(schedule: Schedule, steps: int, steps_per_epoch: int) -> Rate:
    """The share of the full rate, from the step after warming up; ``steps`` are those that are left."""
    match schedule:
        case Step(every=every, factor=factor):
            return lambda step: factor ** (step // (every * steps_per_epoch))
        case Exponential(factor=factor):
            return lambda step: factor ** (step / steps_per_epoch)
        case Polynomial(power=power):
            return lambda step: max(0.0, 1 - step / steps) ** power
        case Cosine():
            return lambda step: _half_cosine(min(1.0, step / steps))
        case CosineRestarts(period=period, growth=growth):
            return _restarts(period * steps_per_epoch, growth)
        case Constant() | Plateau() | OneCycle():
            return lambda _step: 1.0


def _half_cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * share))


def _restarts(period: int, growth: int) -> Rate:
    """As torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, in steps."""

    def at(step: float) -> float:
        if growth == 1:
            return _half_cosine(step % period / period)
        length = period
        while step >= length:
            step -= length
            length *= growth
        return _half_cosine(step / length)

    return at


def _one_cycle(lr: float, steps: int, rise: float) -> Rate:
    """As torch.optim.lr_scheduler.OneCycleLR with its defaults, momentum left alone."""
    low, end = lr / _START, lr / _END
    peak = rise * steps - 1
    last = max(steps - 1.0, peak + 1e-9)

    def at(step: float) -> float:
        if step <= peak:
            return _between(low, lr, step / peak if peak > 0 else 1.0)
        return _between(lr, end, min(1.0, (step - peak) / (last - peak)))

    return at


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * _half_cosine(share)
