"""Units that do nothing: ReLUs that never fire, and activations stuck at an end of their range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from workbench.train.diagnosis.history import History
from workbench.train.diagnosis.remedies import initialised, lower_rate, normalised, replaced
from workbench.train.events import Finding, LayerVitals, Remedy

DEAD, MOSTLY_DEAD = 0.4, 0.6
"""Healthy stacks have up to a third of a layer's units silent for the samples of a look."""
STUCK, MOSTLY_STUCK = 0.7, 0.9
MOST = 2
"""Layers that are told one by one; more are told together."""


def dead(history: History) -> Iterator[Finding]:
    """Units that are zero whatever they are shown: nothing they read can be learned through them."""
    found = [(name, share) for name, share in _shares(history, "dead") if share >= DEAD]
    for name, share in found if len(found) <= MOST else ():
        below = " Nothing below it can learn." if share > 0.995 else ""
        yield Finding(
            "dead_units",
            _severity(share, MOSTLY_DEAD),
            f"{_percent(share)} of its units never fire.{below}",
            name,
            _for_dead(history, (name,)),
        )
    if len(found) > MOST:
        names = tuple(name for name, _ in found)
        worst, share = max(found, key=lambda pair: pair[1])
        yield Finding(
            "dead_units",
            _severity(share, MOSTLY_DEAD),
            f"Units that never fire in {len(found)} layers: {_percent(share)} of those of {worst}.",
            worst,
            _for_dead(history, names),
        )


def saturated(history: History) -> Iterator[Finding]:
    """Values stuck where the activation is flat, so that hardly any gradient passes."""
    found = [(name, share) for name, share in _shares(history, "saturated") if share >= STUCK]
    if not found:
        return
    names = tuple(name for name, _ in found)
    worst, share = max(found, key=lambda pair: pair[1])
    others = f" So it is in {len(found)} layers." if len(found) > 1 else ""
    yield Finding(
        "saturated_units",
        _severity(share, MOSTLY_STUCK),
        f"{_percent(share)} of its values are at an end of its range, where gradients don't pass.{others}",
        worst,
        (
            lower_rate(history),
            replaced(names, "ReLU"),
            *normalised(history, names),
            *initialised(history, "xavier_normal"),
        ),
    )


def _for_dead(history: History, names: tuple[str, ...]) -> tuple[Remedy, ...]:
    return (
        replaced(names, "LeakyReLU"),
        lower_rate(history),
        *normalised(history, names),
        *initialised(history, "kaiming_normal"),
    )


def _shares(history: History, figure: str) -> Iterator[tuple[str, float]]:
    """Each layer's lowest share in the last looks, where it has any; one look alone proves nothing."""
    for name, looks in history.layers():
        shares = [_figure(look, figure) for look in looks]
        if len(looks) > 1 and not any(math.isnan(share) for share in shares):
            yield name, min(shares)


def _figure(look: LayerVitals, figure: str) -> float:
    return look.dead if figure == "dead" else look.saturated


def _severity(share: float, much: float) -> Literal["watch", "broken"]:
    return "broken" if share >= much else "watch"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
