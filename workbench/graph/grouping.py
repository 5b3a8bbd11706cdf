"""Making blocks of layers, naming and repeating them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workbench.errors import UserError
from workbench.graph.edit import rebuilt, remove
from workbench.graph.fragment import place, take
from workbench.graph.pattern import BlockIndex, free_name, rows_of
from workbench.graph.project import Block, Graph

MOST = 1000
"""Copies in a row that can be asked for at once."""


def group(graph: Graph, ids: Iterable[str], name: str) -> tuple[Graph, str]:
    """Make layers a block; return the graph and the block's id. Raises `UserError` where they can't be.

    A name that blocks bear already makes it their copy if it is equal to them; else it gets a number.
    """
    wanted = set(ids)
    rows = [row for row, node in enumerate(graph) if node.id in wanted or not wanted.isdisjoint(node.path)]
    if not rows:
        raise UserError("no layers are selected.", remedy="Select the rows that make the block.")
    if rows[-1] - rows[0] + 1 > len(rows):
        raise UserError(
            "the selected layers don't lie together.",
            place="block",
            remedy="Select rows without a gap, or move them together.",
        )
    inside = {graph.layers[row].id for row in rows}
    torn = {part for node in graph if node.id not in inside for part in node.path}
    homes = {tuple(part for part in graph.layers[row].path if part in torn) for row in rows}
    if len(homes) > 1:
        raise UserError(
            "the selected layers are of different blocks.",
            place="block",
            remedy="Select all layers of a block, or layers within one.",
        )
    home = homes.pop()
    block_id = _free_id(graph, name)
    nodes = list(graph.layers)
    for row in rows:
        inner = nodes[row].path[len(home) :]
        nodes[row] = nodes[row].model_copy(update={"block": "/".join((*home, block_id, *inner))})
    made = rebuilt(nodes, (*graph.blocks, Block(id=block_id, name=block_id)))
    index = BlockIndex(made)
    free = free_name(index, _checked(name, block_id), index.pattern(block_id))
    return _called(made, (block_id,), free), block_id


def ungroup(graph: Graph, block_id: str) -> Graph:
    """Take a block's frame away; its layers stay."""
    rows_of(graph, block_id)
    nodes = [
        node.model_copy(update={"block": "/".join(part for part in node.path if part != block_id)})
        if block_id in node.path
        else node
        for node in graph
    ]
    return rebuilt(nodes, graph.blocks)


def named(graph: Graph, block_id: str, name: str, *, copies: bool = False) -> Graph:
    """Call a block something else: alone, so that it is no copy any more, or with all its copies.

    A name that differing blocks bear gets a number.
    """
    name = _checked(name, block_id)
    before = next(block.name for block in graph.blocks if block.id == block_id)
    renamed = tuple(
        block.id for block in graph.blocks if block.id == block_id or (copies and block.name == before)
    )
    index = BlockIndex(graph)
    free = free_name(index, name, index.pattern(block_id), but=renamed)
    graph = _called(graph, renamed, free)
    if copies:
        return graph
    # What stands around it differs from its copies now, and is called something else as well.
    path = graph.layers[index.rows[block_id].start].path
    for part in reversed(path[: path.index(block_id)]):
        around = BlockIndex(graph)
        apart = free_name(around, around.names[part], around.pattern(part), but=(part,))
        graph = _called(graph, (part,), apart)
    return graph


def _checked(name: str, block_id: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise UserError("a name has 1 to 60 characters.", place=f"block {block_id}", remedy="Type another.")
    return name


def _called(graph: Graph, ids: Collection[str], name: str) -> Graph:
    blocks = tuple(Block(id=b.id, name=name) if b.id in ids else b for b in graph.blocks)
    return graph.model_copy(update={"blocks": blocks})


def run_of(graph: Graph, block_id: str) -> tuple[str, ...]:
    """Return the block and the copies that lie next to it, top to bottom."""
    names = {block.id: block.name for block in graph.blocks}
    depth = graph.layers[rows_of(graph, block_id).start].path.index(block_id)
    home = graph.layers[rows_of(graph, block_id).start].path[:depth]
    runs: list[list[str]] = [[]]
    for node in graph:
        path = node.path
        part = path[depth] if len(path) > depth and path[:depth] == home else ""
        if not part or names[part] != names[block_id]:
            if runs[-1]:
                runs.append([])
        elif part not in runs[-1]:
            runs[-1].append(part)
    return tuple(next(run for run in runs if block_id in run))


def repeat(graph: Graph, block_id: str, times: int) -> Graph:
    """Have a block stand ``times`` times in a row, each copy reading the one above. Raises `UserError`."""
    if not 1 <= times <= MOST:
        raise UserError(
            f"a block repeats 1 to {MOST} times.", place=f"block {block_id}", remedy="Type another number."
        )
    run = run_of(graph, block_id)
    if times < len(run):
        gone = set(run[times:])
        return remove(graph, [node.id for node in graph if not gone.isdisjoint(node.path)])
    copied = take(graph, [run[-1]])
    last = graph.layers[rows_of(graph, run[-1]).stop - 1]
    home = "/".join(last.path[: last.path.index(run[-1])])
    row = rows_of(graph, run[-1]).stop
    return place(graph, row, copied, home, times - len(run))[0]


def _free_id(graph: Graph, name: str) -> str:
    """An id like the name: "Residual 64" gives residual1."""
    letters = "".join(c for c in name.lower() if c.isascii() and c.isalpha())[:20] or "block"
    taken = {node.id for node in graph} | {block.id for block in graph.blocks}
    number = 1
    while f"{letters}{number}" in taken:
        number += 1
    return f"{letters}{number}"
