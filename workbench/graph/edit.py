"""Edits of a stack, each a function from one graph to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.file import explain
from workbench.graph.names import why_not
from workbench.graph.project import Block, Graph, Node
from workbench.layers import CATALOGUE, Layer


def new_id(graph: Graph, layer_type: str) -> str:
    """Return an id that is free: the type's first typed word and the next number."""
    words = CATALOGUE[layer_type].words
    base = words[0] if words else layer_type.lower()
    taken = {node.id for node in graph} | {block.id for block in graph.blocks}
    number = 1
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def insert(graph: Graph, row: int, layer: Layer, block: str | None = None) -> tuple[Graph, str]:
    """Put a layer at ``row``; return the graph and the new layer's id.

    Where the row below read the row above without naming it, it now reads the new layer. A merge layer
    reads the row above and the nearest earlier layer, so that it is whole from the start. Between two
    layers of a block it belongs to the block, unless ``block`` says which path it gets.
    """
    row = max(0, min(row, len(graph)))
    layer_id = new_id(graph, type(layer).__name__)
    inputs = None
    if layer.arity[0] >= 2:
        inputs = tuple(node.id for node in graph.layers[max(0, row - layer.arity[0]) : row])
    home = "/".join(common_path(graph, row)) if block is None else block
    node = Node(id=layer_id, layer=layer, inputs=inputs, block=home)
    return rebuilt([*graph.layers[:row], node, *below(graph, row, home, layer_id)], graph.blocks), layer_id


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
        by_place = node.inputs is None and reads == above
        kept.append(node.model_copy(update={"inputs": None if by_place else reads}))
    return rebuilt(kept, graph.blocks)


def move(graph: Graph, ids: Iterable[str], row: int) -> Graph:
    """Move layers, in their order, to before ``row``. Raises `UserError` if a link would point downwards.

    A layer leaves its block where it doesn't come to lie beside it; blocks that move whole stay whole.
    """
    moving = set(ids)
    row = max(0, min(row, len(graph)))
    above = [node for node in graph.layers[:row] if node.id not in moving]
    below = [node for node in graph.layers[row:] if node.id not in moving]
    torn = {part for node in (*above, *below) for part in node.path}
    over = above[-1].path if above else ()
    under = below[0].path if below else ()

    def moved(node: Node) -> Node:
        stays = max(_prefix(over, under), _prefix(node.path, over), _prefix(node.path, under), key=len)
        return _in_block(node, (*stays, *(part for part in node.path if part not in torn)))

    return rebuilt([*above, *(moved(node) for node in graph if node.id in moving), *below], graph.blocks)


def set_params(graph: Graph, ids: str | Iterable[str], params: Mapping[str, Any]) -> Graph:
    """Change params of a layer, or of several. Raises `UserError` for a value out of bounds."""
    wanted = {ids} if isinstance(ids, str) else set(ids)
    changed: list[Node] = []
    for node in graph:
        if node.id not in wanted:
            changed.append(node)
            continue
        values = {name: getattr(node.layer, name) for name in type(node.layer).model_fields}
        layer = make(node.type, {**values, **params}, place=node.id)
        changed.append(node.model_copy(update={"layer": layer}))
    return graph.model_copy(update={"layers": tuple(changed)})  # the links stay as they are


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
    if any(block.id == new for block in graph.blocks):
        raise UserError(f"a block is called {new!r}.", place=layer_id, remedy="Choose another id.")
    nodes = []
    for node in graph:
        update: dict[str, Any] = {"id": new} if node.id == layer_id else {}
        if layer_id in (node.inputs or ()):
            update["inputs"] = tuple(new if name == layer_id else name for name in node.inputs or ())
        nodes.append(node.model_copy(update=update) if update else node)
    return rebuilt(nodes, graph.blocks)


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


def below(graph: Graph, row: int, home: str, above: str) -> tuple[Node, ...]:
    """Return the layers from ``row`` on, for when ``above``, within the blocks ``home``, comes to lie there.

    Where a block begins, all of its links to the row above go to the layer put between, not only the first
    layer's: a residual block's skip connection begins where the block does.
    """
    rest = graph.layers[row:]
    if not row or not rest:
        return rest
    entered = rest[0].path[len(_prefix(rest[0].path, tuple(home.split("/")))) :]
    if not entered:
        return rest
    outer, entry = entered[0], graph.layers[row - 1].id
    return tuple(
        node.model_copy(update={"inputs": tuple(above if name == entry else name for name in node.inputs)})
        if node.inputs and outer in node.path and entry in node.inputs
        else node
        for node in rest
    )


def common_path(graph: Graph, row: int) -> tuple[str, ...]:
    """Return the blocks within which a layer would stand if it were put before ``row``."""
    if not 0 < row < len(graph):
        return ()
    return _prefix(graph.layers[row - 1].path, graph.layers[row].path)


def rebuilt(nodes: Sequence[Node], blocks: tuple[Block, ...] = ()) -> Graph:
    """Return a graph of nodes that are checked already; only the links between them can be wrong.

    What no longer lies with the rest of its block leaves it, and blocks without layers go. Raises
    `UserError`.
    """
    if blocks:
        nodes = _settled(nodes)
        used = {part for node in nodes for part in node.path}
        blocks = tuple(block for block in blocks if block.id in used)
    raw = {"layers": tuple(nodes), "blocks": blocks}
    try:
        return Graph.model_validate(raw)
    except ValidationError as error:
        raise UserError(explain(error, raw=raw), remedy="Nothing was changed.") from None


def _settled(nodes: Sequence[Node]) -> list[Node]:
    """Nodes without the parts of their paths whose block has ended in a row above."""
    ended: set[str] = set()
    open_: tuple[str, ...] = ()
    settled = []
    for node in nodes:
        if node.path != open_:
            path = tuple(takewhile(lambda part: part not in ended, node.path))
            node = _in_block(node, path)  # noqa: PLW2901
            ended.update(part for part in open_ if part not in path)
            open_ = path
        settled.append(node)
    return settled


def _prefix(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """What two paths start with."""
    return tuple(a for a, b in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _in_block(node: Node, path: tuple[str, ...]) -> Node:
    return node if node.path == path else node.model_copy(update={"block": "/".join(path)})


def _replaced(graph: Graph, row: int, node: Node) -> Graph:
    return rebuilt([*graph.layers[:row], node, *graph.layers[row + 1 :]], graph.blocks)
