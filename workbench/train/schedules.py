"""Learning rates: each schedule is a pure function of the step, so that resuming needs no state."""

from __future__ import annotations

import math
from collections.abc import Callable

from workbench.graph.training import Cosine, OneCycle, Schedule

Rate = Callable[[int], float]

_START = 25.0
_END = 25.0 * 1e4
"""OneCycle starts at the 25th part of the full rate and ends at a 10,000th of where it started."""


def rate(schedule: Schedule, lr: float, steps: int) -> Rate:
    """Return the function from step (0 to ``steps`` - 1) to learning rate; ``lr`` is the full rate."""
    if isinstance(schedule, Cosine):
        return _cosine(lr, steps, round(schedule.warmup * steps))
    if isinstance(schedule, OneCycle):
        return _one_cycle(lr, steps, schedule.rise)
    return lambda step: lr


def _cosine(lr: float, steps: int, warmup: int) -> Rate:
    rest = max(1, steps - warmup)

    def at(step: int) -> float:
        if step < warmup:
            return lr * (step + 1) / warmup
        return lr * 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / rest)))

    return at


def _one_cycle(lr: float, steps: int, rise: float) -> Rate:
    """As torch.optim.lr_scheduler.OneCycleLR with its defaults, momentum left alone."""
    low, end = lr / _START, lr / _END
    peak = rise * steps - 1
    last = max(steps - 1.0, peak + 1e-9)

    def at(step: int) -> float:
        if step <= peak:
            return _between(low, lr, step / peak if peak > 0 else 1.0)
        return _between(lr, end, min(1.0, (step - peak) / (last - peak)))

    return at


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
