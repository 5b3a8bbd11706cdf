"""Whether an imported model goes with the data that someone chose for it."""

from __future__ import annotations

from workbench.errors import UserError
from workbench.graph import Graph
from workbench.graph.facts import Facts
from workbench.layers import TensorSpec

_REMEDY = "Choose data that fit it, or import it without data and change the stack in the window."


def require_fit(graph: Graph, facts: Facts, place: str) -> None:
    """Raise `UserError` where samples or answers of a stack aren't those of data with these facts.

    ``place`` is where the data are.
    """
    from workbench.build.check import check

    reads = [_spec(node.layer) for node in graph if node.type == "Input"]
    if len(reads) > 1:
        raise UserError(
            f"the model reads {len(reads)} inputs a sample, and data have one.",
            place=place,
            remedy="Import it without data.",
        )
    if reads[0] != facts.sample:
        raise UserError(
            f"the model reads samples of {reads[0]} ({reads[0].dtype}), "
            f"but these data have samples of {facts.sample} ({facts.sample.dtype}).",
            place=place,
            remedy=_REMEDY,
        )
    report = check(graph, facts)
    if report.errors:
        gives, task = report.rows[-1].output, facts.task
        wants = f"{task} into {facts.classes} classes" if facts.classes else task
        raise UserError(
            f"the model's answer ({gives}) doesn't go with these data ({wants}): {report.errors[0].message}",
            place=place,
            remedy=_REMEDY,
        )


def _spec(layer: object) -> TensorSpec:
    return TensorSpec(layer.shape, layer.dtype)  # type: ignore[attr-defined]
