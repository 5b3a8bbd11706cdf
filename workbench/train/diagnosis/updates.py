"""How far a step moves the weights: about a thousandth of their size is healthy (Karpathy, 2015)."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.train.diagnosis.history import History, median
from workbench.train.diagnosis.remedies import lower_rate, raise_rate
from workbench.train.events import Finding

SMALL, LARGE = 1e-5, 0.1


def usual(history: History) -> float:
    """The usual change of a layer's weights in a step, as a share of their size; nan while unknown."""
    return median([median([look.update for look in looks]) for _, looks in history.layers()])


def large(history: History) -> Iterator[Finding]:
    """Steps so long that they throw away what was learned."""
    share = usual(history)
    if share > LARGE and len(history.looks) > 2:  # the very first steps may be long
        yield Finding(
            "large_updates",
            "watch",
            f"Each step changes the weights by {100 * share:.0f} %; about 0.1 % is healthy.",
            remedies=(lower_rate(history),),
        )


def small(history: History) -> Iterator[Finding]:
    """Steps so short that hardly anything is learned, although much is left to learn."""
    share, now = usual(history), history.recent_loss
    if 0 < share < SMALL and history.full_rate and history.whole and now > 0.5 * history.first_loss:
        yield Finding(
            "small_updates",
            "watch",
            f"Each step changes the weights by {100 * share:.1g} % only; about 0.1 % is healthy.",
            remedies=(raise_rate(history),),
        )
