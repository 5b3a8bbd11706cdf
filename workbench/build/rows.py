"""A row a layer: shape, parameters and FLOPs, or what is wrong there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import NamedTuple

from workbench.build.cost import RefusedError, fitting
from workbench.build.problem import Problem
from workbench.build.remedies import insertions, projection
from workbench.graph.facts import Facts
from workbench.graph.project import Graph, Node
from workbench.layers import Fix, Layer, Misfit, TensorSpec

_Inputs = tuple[TensorSpec | None, ...]
_Above = list[tuple[int, ...]]


class Row(NamedTuple):
    """A layer as checked; ``output`` is None from the first fault on, for what depends on it.

    A bypassed layer gives what it reads, and costs nothing.
    """

    id: str
    type: str
    output: TensorSpec | None
    params: int
    flops: int | None


class Checked(NamedTuple):
    """What checking a layer found, and on what it depends."""

    layer: Layer
    inputs: _Inputs
    row: Row
    problem: Problem | None


def checked(
    graph: Graph, facts: Facts | None, before: Mapping[str, Checked], until: float = math.inf
) -> tuple[dict[str, Checked], _Above]:
    """Check a stack without bypassed layers, row by row.

    Return by id, in order, what was found, and for each row the rows that it reads. From ``before`` comes
    what was found for a layer that is still the same and gets the same. Raises TimeoutError where layers are
    left to work out at the moment ``until``, by `time.perf_counter`.
    """
    found: dict[str, Checked] = {}
    above: _Above = []
    outputs: list[TensorSpec | None] = []
    place: dict[str, int] = {}
    for index, node in enumerate(graph.layers):
        name, layer, names = node.id, node.layer, node.inputs
        if names is not None:
            reads = tuple([place[read] for read in names])
        else:
            reads = (index - 1,) if index and layer.arity != (0, 0) else ()
        inputs = tuple([outputs[read] for read in reads])
        above.append(reads)
        entry = before.get(name)
        # The first row depends on the data, and fixes of a problem on layers further up.
        if entry is None or entry[0] is not layer or entry[1] != inputs or entry[3] is not None or not index:
            if perf_counter() > until:
                raise TimeoutError
            row, problem = _row(graph, index, above, outputs, facts)
            entry = Checked(layer, inputs, row, problem)
        found[name] = entry
        outputs.append(entry[2].output)
        place[name] = index
    return found, above


def muted(graph: Graph, found: Mapping[str, Checked]) -> tuple[Row, ...]:
    """Return a row for every layer of a stack, those that are bypassed too."""
    rows: dict[str, Row] = {}
    place: dict[str, int] = {}
    for index, (node, names) in enumerate(zip(graph, graph.sources(), strict=True)):
        place[node.id] = index
        if not node.bypass:
            rows[node.id] = found[node.id].row
            continue
        # Of several inputs the lowest is passed on: the trunk.
        lowest = max(names, key=place.__getitem__) if names else None
        rows[node.id] = Row(node.id, node.type, rows[lowest].output if lowest else None, 0, 0)
    return tuple(rows.values())


def _row(
    graph: Graph,
    index: int,
    above: Sequence[tuple[int, ...]],
    outputs: Sequence[TensorSpec | None],
    facts: Facts | None,
) -> tuple[Row, Problem | None]:
    node = graph.layers[index]
    reads = above[index]
    kind = type(node.layer).__name__
    nothing = Row(node.id, kind, None, 0, None)
    fault = _count(index, node, len(reads), facts)
    if fault:
        return nothing, fault
    inputs = tuple([spec for read in reads if (spec := outputs[read]) is not None])
    if len(inputs) < len(reads):
        return nothing, None
    try:
        found = fitting(node.layer, inputs)
    except RefusedError as error:
        return nothing, Problem(node.id, "error", _refused(kind, inputs, str(error)), _remove(node))
    if isinstance(found, Misfit):
        shapes = [spec for spec in reversed(outputs) if spec]
        more = list(insertions(node.layer, inputs[0], shapes)) if len(inputs) == 1 else []
        skip = projection(graph.layers, above, outputs, node.layer, reads) if len(inputs) > 1 else None
        more += [skip] if skip else []
        return nothing, Problem(node.id, "error", found.message, _ordered(found.fixes, more))
    if 0 in found.output.shape:
        message = f"{node.type} leaves nothing of its input ({found.output}). Pool or stride less above it."
        return nothing, Problem(node.id, "error", message, _remove(node))
    return Row(node.id, kind, found.output, found.params, found.flops), None


def _ordered(fixes: tuple[Fix, ...], more: list[Fix]) -> tuple[Fix, ...]:
    """What mends before what removes; a skip's projection, which keeps the design, first."""
    links = [fix for fix in more if fix.action == "insert_on_link"]
    others = [fix for fix in more if fix.action != "insert_on_link"]
    known = {(fix.type, fix.params) for fix in fixes}
    keeps = [fix for fix in fixes if fix.action != "remove"]
    fresh = [fix for fix in others if (fix.type, fix.params) not in known]
    return (*links, *keeps, *fresh, *(fix for fix in fixes if fix.action == "remove"))


def _refused(kind: str, inputs: tuple[TensorSpec, ...], said: str) -> str:
    if "overflow" in said:
        return f"{kind} would hold more numbers than any machine can. Make it smaller."
    got = f" on {' and '.join(map(str, inputs))}" if inputs else ""
    return f"{kind} can't run{got}: {said.rstrip('.')}."


def _remove(node: Node) -> tuple[Fix, ...]:
    return (Fix(f"Remove {node.type}", "remove"),)


def _count(index: int, node: Node, reads: int, facts: Facts | None) -> Problem | None:
    if index == 0 and node.type != "Input":
        message = f"The stack starts with {node.type}, so nothing says what goes in. Put an Input first."
        fixes: tuple[Fix, ...] = ()
        if facts:
            params = (("shape", facts.sample.shape), ("dtype", facts.sample.dtype))
            fixes = (Fix(f"Insert Input {facts.sample}", "insert_before", "Input", params),)
        return Problem(node.id, "error", message, fixes)
    fewest, most = node.layer.arity
    if fewest <= reads and (most is None or reads <= most):
        return None
    remove = _remove(node)
    if fewest == 1 and not reads:
        return Problem(node.id, "error", f"{node.type} reads nothing. Choose a layer for it to read.", remove)
    if reads < fewest:
        wants = f"{fewest} or more" if most is None else str(fewest)
        message = f"{node.type} joins {wants} inputs, but has {reads}. Choose another layer to read."
        return Problem(node.id, "error", message, remove)
    message = f"{node.type} takes {most} input{'' if most == 1 else 's'}, but has {reads}. Choose fewer."
    return Problem(node.id, "error", message, remove)
