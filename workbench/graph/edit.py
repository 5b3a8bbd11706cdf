"""Edits of a stack, each a function from one graph to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.file import explain
from workbench.graph.names import why_not
from workbench.graph.project import Graph, Node
from workbench.layers import CATALOGUE, Fix, Layer


def new_id(graph: Graph, layer_type: str) -> str:
    """Return an id that is free: the type's first typed word and the next number."""
    words = CATALOGUE[layer_type].words
    base = words[0] if words else layer_type.lower()
    taken = {node.id for node in graph}
    number = 1
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def insert(graph: Graph, row: int, layer: Layer) -> tuple[Graph, str]:
    """Put a layer at ``row``; return the graph and the new layer's id.

    Where the row below read the row above without naming it, it now reads the new layer. A merge layer
    reads the row above and the nearest earlier layer, so that it is whole from the start.
    """
    row = max(0, min(row, len(graph)))
    layer_id = new_id(graph, type(layer).__name__)
    inputs = None
    if layer.arity[0] >= 2:
        inputs = tuple(node.id for node in graph.layers[max(0, row - layer.arity[0]) : row])
    node = Node(id=layer_id, layer=layer, inputs=inputs)
    return _rebuilt([*graph.layers[:row], node, *graph.layers[row:]]), layer_id


def remove(graph: Graph, ids: Iterable[str]) -> Graph:
    """Take layers out; whoever read one of them reads what it read.

    A layer that takes one input reads the lowest of what a merge layer joined: the trunk.
    """
    gone = set(ids)
    position = {node.id: row for row, node in enumerate(graph)}
    bypass: dict[str, tuple[str, ...]] = {}
    kept: list[Node] = []
    for row, node in enumerate(graph):
        reads = tuple(
            dict.fromkeys(source for name in graph.inputs_of(row) for source in bypass.get(name, (name,)))
        )
        if node.id in gone:
            bypass[node.id] = reads
            continue
        if gone.isdisjoint(graph.inputs_of(row)):
            kept.append(node)
            continue
        if node.layer.arity[1] == 1:
            reads = tuple(sorted(reads, key=position.__getitem__)[-1:])
        above = (kept[-1].id,) if kept else ()
        by_place = not reads or (node.inputs is None and reads == above)
        kept.append(node.model_copy(update={"inputs": None if by_place else reads}))
    return _rebuilt(kept)


def move(graph: Graph, ids: Iterable[str], row: int) -> Graph:
    """Move layers, in their order, to before ``row``. Raises `UserError` if a link would point downwards."""
    moving = set(ids)
    row = max(0, min(row, len(graph)))
    block = [node for node in graph if node.id in moving]
    above = [node for node in graph.layers[:row] if node.id not in moving]
    below = [node for node in graph.layers[row:] if node.id not in moving]
    return _rebuilt([*above, *block, *below])


def duplicate(graph: Graph, layer_id: str) -> tuple[Graph, str]:
    """Put a copy of a layer right below it; return the graph and the copy's id."""
    row = graph.index(layer_id)
    node = graph.layers[row]
    changed, copy_id = insert(graph, row + 1, node.layer)
    return changed, copy_id


def set_params(graph: Graph, layer_id: str, params: Mapping[str, Any]) -> Graph:
    """Change params of a layer. Raises `UserError` for a value out of bounds."""
    row = graph.index(layer_id)
    node = graph.layers[row]
    layer = make(node.type, {**node.layer.model_dump(), **params}, place=layer_id)
    return _replaced(graph, row, node.model_copy(update={"layer": layer}))


def set_inputs(graph: Graph, layer_id: str, inputs: tuple[str, ...] | None) -> Graph:
    """Say what a layer reads; None is the row above. Raises `UserError` for a layer that isn't above."""
    row = graph.index(layer_id)
    reads = None if inputs is None else tuple(inputs)
    return _replaced(graph, row, graph.layers[row].model_copy(update={"inputs": reads}))


def rename(graph: Graph, layer_id: str, new: str) -> Graph:
    """Give a layer another id, and mend the links to it. Raises `UserError` for an id that can't be."""
    graph.index(layer_id)
    fault = why_not(new)
    if fault:
        raise UserError(fault, place=layer_id, remedy="Nothing was changed.")
    nodes = []
    for node in graph:
        update: dict[str, Any] = {"id": new} if node.id == layer_id else {}
        if layer_id in (node.inputs or ()):
            update["inputs"] = tuple(new if name == layer_id else name for name in node.inputs or ())
        nodes.append(node.model_copy(update=update) if update else node)
    return _rebuilt(nodes)


def make(layer_type: str, params: Mapping[str, Any], place: str = "") -> Layer:
    """Return a layer of a type with params. Raises `UserError` for a type or value that can't be."""
    if layer_type not in CATALOGUE:
        raise UserError(
            f"no layer type is called {layer_type!r}.", place=place, remedy="'workbench layers' lists them."
        )
    try:
        return CATALOGUE[layer_type].model_validate(dict(params))
    except ValidationError as error:
        raise UserError(
            explain(error, raw=dict(params)), place=place, remedy="Nothing was changed."
        ) from None


def mend(graph: Graph, layer_id: str, fix: Fix) -> Graph:
    """Apply a fix at a layer. Raises `UserError` if it no longer fits."""
    row = graph.index(layer_id)
    if fix.action == "set":
        return set_params(graph, layer_id, dict(fix.params))
    if fix.action == "remove":
        return remove(graph, [layer_id])
    layer = make(fix.type, dict(fix.params), place=layer_id)
    if fix.action == "replace":
        return _replaced(graph, row, graph.layers[row].model_copy(update={"layer": layer}))
    if fix.action == "insert_after":
        return insert(graph, row + 1, layer)[0]
    changed, new = insert(graph, row, layer)
    reads = graph.layers[row].inputs
    if reads is not None and len(reads) == 1:
        changed = set_inputs(set_inputs(changed, new, reads), layer_id, None)
    return changed


def _replaced(graph: Graph, row: int, node: Node) -> Graph:
    return _rebuilt([*graph.layers[:row], node, *graph.layers[row + 1 :]])


def _rebuilt(nodes: list[Node]) -> Graph:
    """Nodes are checked already; only the links between them can be wrong."""
    raw = {"layers": tuple(nodes)}
    try:
        return Graph.model_validate(raw)
    except ValidationError as error:
        raise UserError(explain(error, raw=raw), remedy="Nothing was changed.") from None
