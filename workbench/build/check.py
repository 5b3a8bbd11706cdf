"""Checking a stack: a row a layer, and what is wrong, said at its layer with a fix."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from workbench.build.cost import RefusedError, cost
from workbench.build.ends import ends
from workbench.build.model import StackModel
from workbench.build.problem import Problem
from workbench.errors import UserError
from workbench.graph.facts import Facts
from workbench.graph.project import Graph, Node
from workbench.layers import Fix, TensorSpec

__all__ = ["Problem", "Report", "Row", "built", "check"]


@dataclass(frozen=True)
class Row:
    """A layer as checked; ``output`` is None from the first fault on, for what depends on it."""

    id: str
    type: str
    output: TensorSpec | None
    params: int
    flops: int | None


@dataclass(frozen=True)
class Report:
    """All that checking found."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a stack from being built."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def params(self) -> int:
        """Parameters of the whole stack."""
        return sum(row.params for row in self.rows)

    @property
    def flops(self) -> int:
        """FLOPs of one sample's forward pass, of all layers that could be worked out."""
        return sum(row.flops or 0 for row in self.rows)


def check(graph: Graph, facts: Facts | None = None) -> Report:
    """Work out every layer's shape and cost, and find what doesn't fit.

    Layers that depend on a faulty one get no shape and no problem of their own. With ``facts``, the ends of
    the stack are compared with the data.
    """
    if not graph.layers:
        return Report((), (Problem("", "error", "The stack is empty. Add a layer.", ()),))
    outputs: dict[str, TensorSpec | None] = {}
    rows: list[Row] = []
    problems: list[Problem] = []
    for index, node in enumerate(graph.layers):
        row, problem = _row(graph, index, node, outputs, facts)
        outputs[node.id] = row.output
        rows.append(row)
        if problem:
            problems.append(problem)
    problems += _unused(graph)
    if facts:
        problems += ends(graph, facts, outputs)
    return Report(tuple(rows), tuple(problems))


def built(graph: Graph, facts: Facts | None = None) -> StackModel:
    """Return the stack as a torch module.

    Raises `UserError` on the first error that checking finds, or for weights that no memory here can hold.
    """
    report = check(graph, facts)
    if report.errors:
        first = report.errors[0]
        raise UserError(first.message, place=f"layer {first.layer}" if first.layer else "model")
    memory = psutil.virtual_memory().total
    if 4 * report.params > memory:
        largest = max(report.rows, key=lambda row: row.params)
        raise UserError(
            f"The stack's {report.params:,} parameters take {4 * report.params / 2**30:,.0f} GiB, "
            f"but this machine has {memory / 2**30:,.0f} GiB of memory.",
            place=f"layer {largest.id}",
            remedy="Make this layer smaller; it has the most.",
        )
    return StackModel(graph)


def _row(
    graph: Graph, index: int, node: Node, outputs: dict[str, TensorSpec | None], facts: Facts | None
) -> tuple[Row, Problem | None]:
    names = graph.inputs_of(index)
    nothing = Row(node.id, node.type, None, 0, None)
    fault = _count(index, node, names, facts)
    if fault:
        return nothing, fault
    inputs = tuple(spec for spec in (outputs[name] for name in names) if spec is not None)
    if len(inputs) < len(names):
        return nothing, None
    misfit = node.layer.misfit(*inputs)
    if misfit:
        return nothing, Problem(node.id, "error", misfit.message, misfit.fixes)
    try:
        found = cost(node.layer, inputs)
    except RefusedError as error:
        got = " and ".join(map(str, inputs))
        message = f"{node.type} can't run on {got}: {str(error).rstrip('.')}."
        return nothing, Problem(node.id, "error", message, (Fix(f"Remove {node.type}", "remove"),))
    if 0 in found.output.shape:
        message = f"{node.type} leaves nothing of its input ({found.output}). Pool or stride less above it."
        return nothing, Problem(node.id, "error", message, (Fix(f"Remove {node.type}", "remove"),))
    return Row(node.id, node.type, found.output, found.params, found.flops), None


def _count(index: int, node: Node, names: tuple[str, ...], facts: Facts | None) -> Problem | None:
    if index == 0 and node.type != "Input":
        message = f"The stack starts with {node.type}, so nothing says what goes in. Put an Input first."
        fixes: tuple[Fix, ...] = ()
        if facts:
            params = (("shape", facts.sample.shape), ("dtype", facts.sample.dtype))
            fixes = (Fix(f"Insert Input {facts.sample}", "insert_before", "Input", params),)
        return Problem(node.id, "error", message, fixes)
    fewest, most = node.layer.arity
    if fewest <= len(names) and (most is None or len(names) <= most):
        return None
    remove = (Fix(f"Remove {node.type}", "remove"),)
    if fewest == 1 and not names:
        return Problem(node.id, "error", f"{node.type} reads nothing. Choose a layer for it to read.", remove)
    if len(names) < fewest:
        wants = f"{fewest} or more" if most is None else str(fewest)
        message = f"{node.type} joins {wants} inputs, but has {len(names)}. Choose another layer to read."
        return Problem(node.id, "error", message, remove)
    message = f"{node.type} takes {most} input{'' if most == 1 else 's'}, but has {len(names)}. Choose fewer."
    return Problem(node.id, "error", message, remove)


def _unused(graph: Graph) -> list[Problem]:
    read = {name for row in range(len(graph)) for name in graph.inputs_of(row)}
    return [
        Problem(
            node.id,
            "warning",
            f"Nothing reads {node.id}, so it does no work. Connect it or remove it.",
            (Fix(f"Remove {node.type}", "remove"),),
        )
        for node in graph.layers[:-1]
        if node.id not in read
    ]
