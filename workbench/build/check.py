"""Checking a stack: a row a layer, and what is wrong, said at its layer with a fix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

from workbench.build.ends import ends
from workbench.build.model import StackModel
from workbench.build.objective import objective
from workbench.build.problem import Problem
from workbench.build.rows import Checked, Row, checked, muted
from workbench.build.rules import advice
from workbench.build.rules.size import too_large
from workbench.build.view import View
from workbench.errors import UserError
from workbench.graph.bypass import live
from workbench.graph.facts import Facts
from workbench.graph.project import Graph
from workbench.graph.training import TrainingSection

__all__ = ["Problem", "Report", "Row", "built", "check"]


@dataclass(frozen=True)
class Report:
    """All that checking found: a row a layer, bypassed ones too, and the problems."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    checked: Mapping[str, Checked] = field(default_factory=dict, repr=False, compare=False)
    """What the next check can go on from."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a stack from being built or trained."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that stop nothing."""
        return tuple(p for p in self.problems if p.severity == "warning")

    @property
    def params(self) -> int:
        """Parameters of the whole stack."""
        return sum(row.params for row in self.rows)

    @property
    def flops(self) -> int:
        """FLOPs of one sample's forward pass, of all layers that could be worked out."""
        return sum(row.flops or 0 for row in self.rows)


def check(
    graph: Graph,
    facts: Facts | None = None,
    training: TrainingSection | None = None,
    before: Report | None = None,
    within: float = math.inf,
) -> Report:
    """Work out every layer's shape and cost, and find what doesn't fit.

    Layers that depend on a faulty one get no shape and no problem of their own. With ``facts``, the ends of
    the stack are compared with the data; with ``training`` too, how it is trained with both. ``before`` is
    a report of the stack before an edit: what it found is taken over for all layers that the edit leaves as
    they are, so that only the others are worked out. The report is the same without. Raises TimeoutError
    if that takes more than ``within`` seconds.
    """
    until = perf_counter() + within
    works = live(graph)
    if not works.layers:
        what = (
            "Every layer is bypassed. Let one work." if graph.layers else "The stack is empty. Add a layer."
        )
        return Report(muted(graph, {}), (Problem("", "error", what, ()),))
    found, above = checked(works, facts, before.checked if before else {}, until)
    problems = [entry.problem for entry in found.values() if entry.problem]
    rows = tuple([entry.row for entry in found.values()])
    view = View(
        works.layers, above, [row.output for row in rows], [row.params for row in rows], facts, training
    )
    if facts:
        loss = training.loss.name if training else "auto"
        mismatches = ends(works, facts, {row.id: row.output for row in rows}, loss)
        problems += mismatches
        if not any(problem.severity == "error" for problem in problems):
            problems += objective(view)
    problems += advice(view)
    if works is not graph:
        rows = muted(graph, found)
    return Report(rows, tuple(problems), found)


def built(graph: Graph, facts: Facts | None = None, training: TrainingSection | None = None) -> StackModel:
    """Return the stack as a torch module, checked as `check` does it.

    Raises `UserError` on the first error that checking finds, or for weights that no memory here can hold.
    """
    report = check(graph, facts, training)
    if report.errors:
        first = report.errors[0]
        raise UserError(first.message, place=f"layer {first.layer}" if first.layer else "model")
    fault = too_large(report.params)
    if fault:
        largest = max(report.rows, key=lambda row: row.params)
        raise UserError(
            f"The stack's {fault}.",
            place=f"layer {largest.id}",
            remedy="Make this layer smaller; it has the most.",
        )
    return StackModel(graph)
