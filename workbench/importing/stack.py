"""From the rows that an importer found to a stack: order, ids, blocks and the weights' names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from torch import Tensor

from workbench.graph import Graph
from workbench.graph.names import why_not
from workbench.graph.pattern import BlockIndex, free_name
from workbench.graph.project import Block, Node
from workbench.importing.rows import Proposal, Row, Value
from workbench.layers import CATALOGUE

Path = tuple[str, ...]
"""A part of the original, by the attributes that lead to it."""

_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
"""Classes that say nothing of what they hold; such a block is called as its attribute."""


def stack(rows: Sequence[Row], outputs: Sequence[Value]) -> tuple[Graph, dict[str, Tensor]]:
    """Return the stack and its weights. The first of ``outputs`` becomes the last row, the main answer.

    Rows that no output needs are left out.
    """
    kept = _ending(_needed(rows, [value.row for value in outputs]), [value.row for value in outputs])
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for number, row in kept:
        ids[number] = free_id(row.path, type(row.layer).__name__, taken)
    homes = _blocks([row.path[:-1] for _, row in kept], taken)
    paths = [_home(row.path[:-1], homes) for _, row in kept]
    nodes, weights = [], {}
    above = ""
    for (number, row), block in zip(kept, paths, strict=True):
        reads = tuple(ids[read] for read in row.reads)
        by_place = reads in ((), (above,))
        above = ids[number]
        nodes.append(Node(id=above, layer=row.layer, inputs=None if by_place else reads, block=block))
        weights.update({f"{above}.{name}": tensor for name, tensor in row.weights.items()})
    graph = Graph(layers=tuple(nodes), blocks=tuple(_unnamed(nodes)))
    return _named(graph, [row for _, row in kept], homes), weights


def free_id(path: Sequence[str], layer_type: str, taken: set[str]) -> str:
    """Return an id like ``path``, "layer1.0.conv1" as layer1_0_conv1, and take it."""
    word = (CATALOGUE[layer_type].words or (layer_type.lower(),))[0] if layer_type else "block"
    wanted = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(path)).strip("_")
    if not wanted[:1].isalpha():
        wanted = f"{word}_{wanted}" if wanted else word
    wanted = wanted[:56]
    found, number = wanted, 1
    while found in taken or why_not(found):
        number += 1
        found = f"{wanted}_{number}"
    taken.add(found)
    return found


def _needed(rows: Sequence[Row], outputs: Sequence[int]) -> list[tuple[int, Row]]:
    """The rows that lead to an output, in order. Inputs stay: whoever calls the model gives them."""
    needed = set(outputs)
    for number in range(len(rows) - 1, -1, -1):
        if number in needed:
            needed.update(rows[number].reads)
    return [
        (number, row)
        for number, row in enumerate(rows)
        if number in needed or type(row.layer).__name__ == "Input"
    ]


def _ending(kept: list[tuple[int, Row]], outputs: Sequence[int]) -> list[tuple[int, Row]]:
    """The rows with an Output for each further answer, and the main answer last."""
    if len(outputs) == 1 and kept[-1][0] == outputs[0]:
        return kept
    ends = [*outputs[1:], outputs[0]]
    following = max(number for number, _ in kept) + 1
    layer = Proposal("Output").layer() or Proposal("Identity").layer()
    assert layer is not None
    extra = [
        (following + place, Row(layer, (end,), (f"output{place + 1}",), {})) for place, end in enumerate(ends)
    ]
    return [*kept, *extra]


def _blocks(paths: Sequence[Path], taken: set[str]) -> dict[Path, str]:
    """Ids of the blocks: the parts of the original whose rows lie together."""
    places: dict[Path, list[int]] = {}
    for row, path in enumerate(paths):
        for depth in range(1, len(path) + 1):
            places.setdefault(path[:depth], []).append(row)
    return {
        part: free_id(part, "", taken)
        for part, rows in places.items()
        if rows[-1] - rows[0] + 1 == len(rows) and 1 < len(rows) < len(paths) - 1
    }


def _home(path: Path, homes: Mapping[Path, str]) -> str:
    """The path of block ids that a row of the original's part ``path`` gets."""
    parts = (path[:depth] for depth in range(1, len(path) + 1))
    return "/".join(homes[part] for part in parts if part in homes)


def _unnamed(nodes: Iterable[Node]) -> list[Block]:
    parts = dict.fromkeys(part for node in nodes for part in node.path)
    return [Block(id=part, name=part[:60]) for part in parts]


def _named(graph: Graph, rows: Sequence[Row], homes: Mapping[Path, str]) -> Graph:
    """The graph with blocks called after their classes; equal ones alike, others with a number.

    Inner blocks are named first, because their names are a part of what makes the outer ones equal.
    """
    for part, block in sorted(homes.items(), key=lambda item: -len(item[0])):
        row = next(row for row in rows if row.path[: len(part)] == part)
        owner = row.owners[len(part) - 1] if len(part) <= len(row.owners) else ""
        name = (owner if owner and owner not in _CONTAINERS else block)[:50]
        index = BlockIndex(graph)
        free = free_name(index, name, index.pattern(block), but=(block,))
        blocks = tuple(Block(id=b.id, name=free) if b.id == block else b for b in graph.blocks)
        graph = graph.model_copy(update={"blocks": blocks})
    return graph
