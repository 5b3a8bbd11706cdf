"""What is alike in blocks that are copies: their layers and links, whatever the ids."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from workbench.graph.project import Graph, Node
from workbench.layers import Layer

OUTSIDE = -1
"""Stands for a layer outside the block, whichever it is: copies stand in different places."""


class Entry(NamedTuple):
    """A layer of a block, whatever its id."""

    layer: Layer
    bypass: bool
    reads: tuple[int, ...]
    """The places in the block of the layers that it reads, or `OUTSIDE`."""
    within: tuple[tuple[int, str], ...]
    """The inner blocks around it, each by its number within the block and its name."""


Pattern = tuple[Entry, ...]


class Members(NamedTuple):
    """A block's layers in order, the ids that each reads, and the blocks within it."""

    start: int
    nodes: tuple[Node, ...]
    reads: tuple[tuple[str, ...], ...]
    inner: tuple[str, ...]


class BlockIndex:
    """Where the blocks of a stack are, worked out once for all of them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.names = {block.id: block.name for block in graph.blocks}
        starts: dict[str, int] = {}
        stops: dict[str, int] = {}
        for row, node in enumerate(graph):
            for part in node.path:
                starts.setdefault(part, row)
                stops[part] = row + 1
        self.rows = {part: range(start, stops[part]) for part, start in starts.items()}
        self._patterns: dict[str, Pattern] = {}

    def __contains__(self, block_id: str) -> bool:
        return block_id in self.rows

    def members(self, block_id: str) -> Members:
        """Return a block's layers and what they read."""
        rows = self.rows[block_id]
        nodes = self._graph.layers[rows.start : rows.stop]
        reads = tuple(self._graph.inputs_of(row) for row in rows)
        if not rows.start and nodes[0].inputs is None and nodes[0].layer.arity != (0, 0):
            reads = (("",), *reads[1:])  # at the top nothing stands above it, but a copy further down reads
        inner = dict.fromkeys(part for node in nodes for part in _inside(node, block_id))
        return Members(rows.start, nodes, reads, tuple(inner))

    def pattern(self, block_id: str) -> Pattern:
        """Return a block's pattern; copies have equal ones."""
        if block_id not in self._patterns:
            self._patterns[block_id] = self._pattern(block_id)
        return self._patterns[block_id]

    def _pattern(self, block_id: str) -> Pattern:
        found = self.members(block_id)
        place = {node.id: number for number, node in enumerate(found.nodes)}
        number = {name: count for count, name in enumerate(found.inner)}
        return tuple(
            Entry(
                node.layer,
                node.bypass,
                tuple(place.get(name, OUTSIDE) for name in reads),
                tuple((number[part], self.names[part]) for part in _inside(node, block_id)),
            )
            for node, reads in zip(found.nodes, found.reads, strict=True)
        )


def rows_of(graph: Graph, block_id: str) -> range:
    """Return the rows of a block. Raises KeyError for a block that isn't in the stack."""
    return BlockIndex(graph).rows[block_id]


def free_name(index: BlockIndex, name: str, pattern: Pattern, but: Collection[str] = ()) -> str:
    """Return ``name``, or "name 2" and so on where other blocks of that name have another pattern.

    Blocks whose ids are in ``but`` don't count.
    """
    number, found = 1, name
    while True:
        rival = next((b for b, called in index.names.items() if called == found and b not in but), None)
        if rival is None or index.pattern(rival) == pattern:
            return found
        number += 1
        found = f"{name} {number}"


def _inside(node: Node, block_id: str) -> tuple[str, ...]:
    path = node.path
    return path[path.index(block_id) + 1 :]
