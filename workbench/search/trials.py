"""Trials as they went: what was tried, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.graph.search import Value

State = Literal["waiting", "running", "completed", "pruned", "failed", "stopped"]
"""Pruned: given up because it was bad. Stopped: broken off, to be tried again."""


@dataclass(frozen=True)
class Trial:
    """One trial of a search.

    ``number`` counts from 0. ``value`` is the metric at the best epoch, for a trial that isn't over or was
    pruned at the last one; None where none ended. ``run`` is the id of its run, "" where it isn't kept here.
    """

    number: int
    state: State
    values: Mapping[str, Value]
    value: float | None = None
    epochs: int = 0
    run: str = ""
    message: str = ""
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it; a metric that is no finite number becomes None."""
        finite = self.value is not None and math.isfinite(self.value)
        return {
            "trial": self.number,
            "state": self.state,
            "value": self.value if finite else None,
            "values": dict(self.values),
            "epochs": self.epochs,
            "run": self.run or None,
            "message": self.message,
            "seconds": self.seconds,
        }


def maximised(metric: str) -> bool:
    """Whether more of a metric is better: not of losses and errors."""
    return not (metric.endswith("loss") or "error" in metric)


def ranked(trials: Iterable[Trial], metric: str) -> list[Trial]:
    """Return the completed trials, best first; of equals, the earlier."""
    sign = -1 if maximised(metric) else 1
    done = [(sign * t.value, t.number, t) for t in trials if t.state == "completed" and t.value is not None]
    return [trial for value, _, trial in sorted(done, key=lambda item: item[:2]) if math.isfinite(value)]
