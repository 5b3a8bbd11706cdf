"""What is to be said of a run: every rule asked in turn, with the numbers so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.graph.project import Project
from workbench.train.diagnosis import curves, gradients, learning, ranks, units, updates
from workbench.train.diagnosis.history import History
from workbench.train.events import Diagnosed, EpochEnded, Event, Finding

Rule = Callable[[History], Iterator[Finding]]


class Ordered(NamedTuple):
    """A rule, and the findings that leave it nothing to say."""

    rule: Rule
    unless: tuple[str, ...] = ()


_LOST = ("not_learning", "divergence")

RULES: tuple[Ordered, ...] = (
    Ordered(units.dead),
    Ordered(units.saturated),
    Ordered(gradients.vanishing, ("dead_units",)),
    Ordered(gradients.exploding),
    Ordered(ranks.low, ("dead_units", "saturated_units", "vanishing_gradients")),
    Ordered(learning.not_learning),
    Ordered(learning.divergence, ("not_learning",)),
    Ordered(updates.large),
    Ordered(updates.small, ("not_learning",)),
    Ordered(curves.oscillation, _LOST),
    Ordered(curves.overfitting, _LOST),
    Ordered(curves.plateau, (*_LOST, "oscillation", "overfitting")),
    Ordered(curves.settled, (*_LOST, "oscillation", "overfitting", "plateau")),
    Ordered(curves.still_falling, (*_LOST, "oscillation", "overfitting")),
    Ordered(gradients.healthy, ("dead_units", "vanishing_gradients", "exploding_gradients")),
)
"""Asked in this order; a rule is skipped where one before it found what it names."""

_WORST_FIRST = {"broken": 0, "watch": 1, "good": 2}


class Diagnosis:
    """Takes a run's events and says what is recognised in them; needs neither torch nor Qt.

    ``project`` is that of the run. Thresholds are such that healthy runs raise no alarm; they stand beside
    the rules, which are functions from a `History` to `Finding`s.
    """

    def __init__(self, project: Project) -> None:
        self._history = History(project)
        self._told: tuple[Finding, ...] = ()

    def findings(self) -> tuple[Finding, ...]:
        """Return what is to be said now, the worst first."""
        found: list[Finding] = []
        for ordered in RULES:
            if not any(finding.name in ordered.unless for finding in found):
                found.extend(ordered.rule(self._history))
        return tuple(sorted(found, key=lambda finding: _WORST_FIRST[finding.severity]))

    def take(self, event: Event) -> Diagnosed | None:
        """Take the next event; return what is to be told of it, or None where there is nothing new.

        New are other findings, layers or severities at any time, and other figures once an epoch. Steps alone
        change nothing.
        """
        self._history.take(event)
        if event.kind not in ("epoch_ended", "vitals", "finished"):
            return None
        found = self.findings()
        if found == self._told:
            return None
        if not isinstance(event, EpochEnded) and _heads(found) == _heads(self._told):
            return None
        self._told = found
        return Diagnosed(self._history.step, found)


def _heads(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.name, finding.layer, finding.severity) for finding in findings]
