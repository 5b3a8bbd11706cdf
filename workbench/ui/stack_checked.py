"""What checking found of each layer of the stack: its costs, and the worst that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.build.check import Problem, Report, Row


class StackChecked:
    """The rows and problems of a report, by the layers' ids."""

    def __init__(self, report: Report | None = None) -> None:
        self.costs: dict[str, Row] = {row.id: row for row in report.rows} if report else {}
        self.problems: dict[str, Problem] = {}
        for problem in sorted(report.problems, key=_severity) if report else ():
            self.problems.setdefault(problem.layer, problem)

    def worst(self, layers: Iterable[str]) -> Problem | None:
        """Return the first error of some layers, else the first that is wrong with them."""
        found = (self.problems.get(name) for name in layers)
        return min((problem for problem in found if problem), key=_severity, default=None)


def _severity(problem: Problem) -> bool:
    """To sort by: errors first."""
    return problem.severity != "error"
