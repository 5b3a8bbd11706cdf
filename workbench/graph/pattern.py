"""What is alike in blocks that are copies: their layers and links, whatever the ids."""

from __future__ import annotations

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


def rows_of(graph: Graph, block_id: str) -> range:
    """Return the rows of a block. Raises KeyError for a block that isn't in the stack."""
    rows = [row for row, node in enumerate(graph) if node.block and block_id in node.path]
    if not rows:
        raise KeyError(block_id)
    return range(rows[0], rows[-1] + 1)


def members(graph: Graph, block_id: str) -> Members:
    """Return a block's layers and what they read."""
    rows = rows_of(graph, block_id)
    nodes = graph.layers[rows.start : rows.stop]
    reads = tuple(graph.inputs_of(row) for row in rows)
    inner = dict.fromkeys(part for node in nodes for part in _inside(node, block_id))
    return Members(rows.start, nodes, reads, tuple(inner))


def pattern_of(graph: Graph, block_id: str) -> Pattern:
    """Return a block's pattern; copies have equal ones."""
    found = members(graph, block_id)
    place = {node.id: number for number, node in enumerate(found.nodes)}
    number = {name: count for count, name in enumerate(found.inner)}
    names = {block.id: block.name for block in graph.blocks}
    return tuple(
        Entry(
            node.layer,
            node.bypass,
            tuple(place.get(name, OUTSIDE) for name in reads),
            tuple((number[part], names[part]) for part in _inside(node, block_id)),
        )
        for node, reads in zip(found.nodes, found.reads, strict=True)
    )


def free_name(graph: Graph, name: str, pattern: Pattern, but: tuple[str, ...] = ()) -> str:
    """Return ``name``, or "name 2" and so on where other blocks of that name have another pattern.

    Blocks whose ids are in ``but`` don't count.
    """
    number, found = 1, name
    while True:
        rivals = [block.id for block in graph.blocks if block.name == found and block.id not in but]
        if not rivals or pattern_of(graph, rivals[0]) == pattern:
            return found
        number += 1
        found = f"{name} {number}"


def _inside(node: Node, block_id: str) -> tuple[str, ...]:
    path = node.path
    return path[path.index(block_id) + 1 :]
