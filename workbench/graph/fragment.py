"""Layers on their way from one place to another: copied, pasted, kept in the palette."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.graph.edit import below, common_path, rebuilt
from workbench.graph.pattern import BlockIndex, free_name
from workbench.graph.project import Block, Graph, Node
from workbench.layers import CATALOGUE

OUTSIDE = ""
"""Stands in a fragment's inputs for the layer that the fragment is put below."""


@dataclass(frozen=True)
class Fragment:
    """Layers in order, with the blocks that hold them. `Node.block` is a path within the fragment.

    The first layer without inputs reads the layer above the place where the fragment is put; so does
    whatever reads `OUTSIDE`. Other ids that aren't in the fragment are kept where there is such a layer.
    """

    nodes: tuple[Node, ...]
    blocks: tuple[Block, ...] = ()


def take(graph: Graph, ids: Iterable[str]) -> Fragment:
    """Return copies of layers, in the stack's order, as a fragment. Ids of blocks mean all their layers."""
    wanted = set(ids)
    rows = [row for row, node in enumerate(graph) if node.id in wanted or not wanted.isdisjoint(node.path)]
    inside = {graph.layers[row].id for row in rows}
    whole = _whole_blocks(graph, inside)
    entry = graph.inputs_of(rows[0])[:1] if rows else ()
    nodes = []
    for place, row in enumerate(rows):
        node = graph.layers[row]
        reads = tuple(OUTSIDE if (name,) == entry else name for name in graph.inputs_of(row))
        above = graph.layers[rows[place - 1]].id if place else OUTSIDE
        path = "/".join(part for part in node.path if part in whole)
        inputs = None if reads == (above,) or node.layer.arity == (0, 0) else reads
        nodes.append(node.model_copy(update={"inputs": inputs, "block": path}))
    used = {part for node in nodes for part in node.path}
    return Fragment(tuple(nodes), tuple(block for block in graph.blocks if block.id in used))


def place(
    graph: Graph, row: int, fragment: Fragment, block: str | None = None, times: int = 1
) -> tuple[Graph, tuple[str, ...]]:
    """Put a fragment's layers before ``row``, ``times`` in a row; return the graph and their new ids.

    Between two layers of a block it belongs to the block, unless ``block`` says which path it gets. Ids
    that are taken give way to free ones. A block named as one that differs gets another name; one that
    is equal to its namesake is a copy of it from then on.
    """
    row = max(0, min(row, len(graph)))
    home = common_path(graph, row) if block is None else tuple(filter(None, block.split("/")))
    free = _FreeIds(graph)
    above = {node.id for node in graph.layers[:row]}
    outside = (graph.layers[row - 1].id,) if row else ()
    placed: list[Node] = []
    blocks: list[Block] = []
    for _ in range(times):
        framed = {item.id: Block(id=free.like(item.id), name=item.name) for item in fragment.blocks}
        names = {node.id: free.like(node.id, node.type) for node in fragment.nodes}
        for node in fragment.nodes:
            update = {
                "id": names[node.id],
                "inputs": _reads(node, names, above, outside),
                "block": "/".join((*home, *(framed[part].id for part in node.path))),
            }
            placed.append(node.model_copy(update=update))
        blocks += framed.values()
        outside = (placed[-1].id,) if placed else outside
    rest = below(graph, row, "/".join(home), placed[-1].id) if placed else graph.layers[row:]
    changed = rebuilt([*graph.layers[:row], *placed, *rest], (*graph.blocks, *blocks))
    return _named_apart(changed, {item.id for item in blocks}), tuple(node.id for node in placed)


def _reads(
    node: Node, names: Mapping[str, str], above: set[str], outside: tuple[str, ...]
) -> tuple[str, ...] | None:
    """What a fragment's layer reads in its new place."""
    if node.inputs is None:
        return None
    found: list[str] = []
    for name in node.inputs:
        if name in names:
            found.append(names[name])
        else:
            found += (name,) if name in above else outside
    return tuple(found)


def as_json(fragment: Fragment) -> dict[str, Any]:
    """Return a fragment in types that JSON knows: what `Graph` has, and ``""`` for `OUTSIDE`."""
    raw: dict[str, Any] = {"layers": [node.model_dump(mode="json") for node in fragment.nodes]}
    if fragment.blocks:
        raw["blocks"] = [block.model_dump(mode="json") for block in fragment.blocks]
    return raw


def _whole_blocks(graph: Graph, inside: set[str]) -> set[str]:
    """The blocks of which every layer is among these."""
    cut = {part for node in graph if node.id not in inside for part in node.path}
    return {block.id for block in graph.blocks} - cut


class _FreeIds:
    """Hands out ids that no layer and no block has."""

    def __init__(self, graph: Graph) -> None:
        self._taken = {node.id for node in graph} | {block.id for block in graph.blocks}
        self._next: dict[str, int] = {}

    def like(self, wanted: str, layer_type: str = "") -> str:
        """Return ``wanted``, or where it is taken the next free id like it; it is taken from then on."""
        found, base = wanted, wanted.rstrip("0123456789") or wanted
        if layer_type and wanted in self._taken:
            words = CATALOGUE[layer_type].words
            base = words[0] if words else base
        while found in self._taken:
            number = self._next[base] = self._next.get(base, 0) + 1
            found = f"{base}{number}"
        self._taken.add(found)
        return found


def _named_apart(graph: Graph, new: set[str]) -> Graph:
    """New blocks that differ from those whose name they bear get another."""
    names = dict.fromkeys(block.name for block in reversed(graph.blocks) if block.id in new)
    for name in names:  # inner ones first: their names are part of the outer ones' pattern
        index = BlockIndex(graph)
        one = next(block.id for block in graph.blocks if block.id in new and block.name == name)
        free = free_name(index, name, index.pattern(one), but=new)
        if free != name:
            renamed = tuple(
                Block(id=block.id, name=free) if block.id in new and block.name == name else block
                for block in graph.blocks
            )
            graph = graph.model_copy(update={"blocks": renamed})
    return graph
