"""Layers whose outputs tell samples apart in hardly any way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from workbench.train.diagnosis.history import History
from workbench.train.diagnosis.remedies import initialised, lower_rate, normalised
from workbench.train.events import Finding, LayerVitals

LOW, COLLAPSED = 0.3, 0.15
"""Of the rank that the answer needs; the samples that ship keep 0.6 or more."""
LEAST = 4
"""Directions that must be needed for their number to say anything: two classes need but one."""


def low(history: History) -> Iterator[Finding]:
    """Outputs that lie along a few directions: what the layers below could learn from is gone."""
    if len(history.looks) < 2:
        return
    now = history.looks[-1].layers
    wanted = _wanted(history, now)
    found = [
        (seen.rank / wanted[name], name)
        for name, seen in now.items()
        if wanted.get(name, 0) >= LEAST and seen.weight > 0 and seen.rank < LOW * wanted[name]
    ]
    if not found:
        return
    share, name = min(found)
    others = f" So it is in {len(found)} layers with weights." if len(found) > 1 else ""
    yield Finding(
        "low_rank",
        "broken" if share < COLLAPSED else "watch",
        f"Its outputs vary in about {now[name].rank:.1f} directions of {now[name].most_rank:.0f}: samples "
        f"are hardly told apart.{others}",
        name,
        (*initialised(history, "orthogonal"), *normalised(history, (name,)), lower_rate(history)),
    )


def _wanted(history: History, now: Mapping[str, LayerVitals]) -> dict[str, float]:
    """The rank that each layer before the answer may be expected to have.

    It is what the answer needs, unless a layer above is narrower, which is somebody's choice.
    """
    graph = history.graph
    answers = [now[node.id].most_rank for node in graph if node.id not in history.inner and node.id in now]
    if not answers or any(math.isnan(most) for most in answers):
        return {}
    room: dict[str, float] = {}
    for row, node in enumerate(graph):
        above = [room[name] for name in graph.inputs_of(row) if name in room]
        most = now[node.id].most_rank if node.id in now else math.nan
        room[node.id] = min(max(above, default=math.inf), math.inf if math.isnan(most) else most)
    return {name: min(rank, *answers) for name, rank in room.items() if name in history.inner}
