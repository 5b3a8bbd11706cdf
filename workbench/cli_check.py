"""What is wrong with a stack, and what its layers give."""

from __future__ import annotations

import typer

from workbench.cli_options import Folder, Json
from workbench.cli_output import emit, say, table
from workbench.cli_project import data_or_problem, home_of
from workbench.graph.file import load


def check(folder: Folder, as_json: Json = False) -> None:
    """Show shapes, parameters, FLOPs and what is wrong. Ends with status 1 if there are errors."""
    from workbench.build.check import check as check_stack

    project = load(folder)
    dataset, problems = data_or_problem(project, home_of(folder))
    report = check_stack(project.model, dataset.facts if dataset else None, project.training)
    problems += report.problems
    rows = [(row.id, row.type, row.output, row.params, row.flops) for row in report.rows]
    if as_json:
        layers = [
            {"id": i, "type": t, "shape": o and o.shape, "dtype": o and o.dtype, "params": p, "flops": f}
            for i, t, o, p, f in rows
        ]
        found = [{"layer": p.layer, "severity": p.severity, "message": p.message} for p in problems]
        emit({"layers": layers, "problems": found, "params": report.params, "flops": report.flops})
    else:
        total = ("total", "", None, report.params, report.flops)
        table(("id", "type", "shape", "params", "flops"), [*rows, total], right=("params", "flops"))
        for problem in problems:
            say(f"{problem.severity}: {problem.layer + ': ' if problem.layer else ''}{problem.message}")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)
