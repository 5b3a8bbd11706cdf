"""Blocks of one name are copies: an edit of one is made in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workbench.errors import UserError
from workbench.graph.edit import rebuilt
from workbench.graph.pattern import BlockIndex, Members
from workbench.graph.project import Block, Graph, Node


def spread(before: Graph, after: Graph) -> Graph:
    """Return ``after`` with the edits that it made in one block made in the block's copies too.

    Layers keep their ids in every copy. Where several copies were edited differently, the first to be edited
    leads, and the others get another name. Raises `UserError` where a copy can't reach what the edited block
    reads. Takes O(n) for each name of which a block was edited.
    """
    if not before.blocks or before.layers == after.layers:
        return after
    names = _shared_names(after)
    if not names:
        return after
    was, touched = BlockIndex(before), _touched(before, after)
    for name in names:
        copies = [block.id for block in after.blocks if block.name == name and block.id in was]
        if touched.isdisjoint(copies):
            continue
        now = BlockIndex(after)
        changed = [block for block in copies if block in touched and was.pattern(block) != now.pattern(block)]
        if not changed:
            continue
        lead, pattern = changed[0], now.pattern(changed[0])
        # Namesakes that were no copies before, as in a file written by hand, part as well.
        apart = {block for block in copies if block in changed or was.pattern(block) != was.pattern(lead)}
        apart = {block for block in apart if now.pattern(block) != pattern}
        others = [
            block
            for block in copies
            if block not in changed
            and now.pattern(block) != pattern
            and was.pattern(block) == was.pattern(lead)
        ]
        after = _renamed_apart(_stamped(was, now, after, lead, others), apart, name)
        # What stands around a copy has changed with it.
        touched.update(others)
        touched.update(part for node in after for part in node.path if not touched.isdisjoint(node.path))
    return after


def _shared_names(graph: Graph) -> list[str]:
    """Names that several blocks bear, of the innermost blocks first."""
    depth: dict[str, int] = {}
    for node in graph:
        for level, part in enumerate(node.path):
            depth[part] = level
    count: dict[str, int] = {}
    deepest: dict[str, int] = {}
    for block in graph.blocks:
        count[block.name] = count.get(block.name, 0) + 1
        deepest[block.name] = max(deepest.get(block.name, 0), depth[block.id])
    return sorted((name for name in count if count[name] > 1), key=lambda name: -deepest[name])


def _touched(before: Graph, after: Graph) -> set[str]:
    """Blocks with a layer that came, went or changed; all of them where layers changed places."""
    touched: set[str] = set()
    was, stays = {id(node) for node in before}, {id(node) for node in after}
    for graph, known in ((after, was), (before, stays)):
        for node in graph:
            if id(node) not in known:
                touched.update(node.path)
    order = [node for node in before if id(node) in stays]
    if any(one is not other for one, other in zip(order, (n for n in after if id(n) in was), strict=True)):
        touched.update(block.id for graph in (before, after) for block in graph.blocks)
    return touched


class _Twins(NamedTuple):
    """Which layers, inner blocks and outside layers of the edited block stand for which of the copy."""

    layers: dict[str, str]
    blocks: dict[str, str]
    reads: dict[tuple[str, int], str]
    """What the copy reads from outside, by the edited block's layer and the input's number."""
    outside: dict[str, str]


def _twins(lead: Members, copy: Members) -> _Twins:
    layers = {a.id: b.id for a, b in zip(lead.nodes, copy.nodes, strict=True)}
    reads: dict[tuple[str, int], str] = {}
    outside: dict[str, str] = {}
    for node, names, others in zip(lead.nodes, lead.reads, copy.reads, strict=True):
        for number, (name, other) in enumerate(zip(names, others, strict=True)):
            if name not in layers:
                reads[node.id, number] = other
                outside.setdefault(name, other)
    return _Twins(layers, dict(zip(lead.inner, copy.inner, strict=True)), reads, outside)


def _stamped(was: BlockIndex, now: BlockIndex, after: Graph, lead: str, copies: list[str]) -> Graph:
    """``after`` with the blocks ``copies`` made what block ``lead`` has become."""
    ids = _NewIds(after)
    position = {node.id: row for row, node in enumerate(after)}
    nodes: list[Node] = []
    gone: set[str] = set()
    reads: dict[str, tuple[str, ...]] = {}
    entries: dict[str, tuple[str, str]] = {}
    row = 0
    for copy in sorted(copies, key=lambda block: now.rows[block].start):
        rows = now.rows[copy]
        if rows.start < row:
            continue  # it lies within a copy of its own name, which has been dealt with
        nodes += after.layers[row : rows.start]
        above = after.layers[rows.start - 1].id if rows.start else ""
        made = _twin(was, now, lead, copy, ids, position, above)
        nodes += made
        home = now.members(copy)
        gone |= {node.id for node in home.nodes} - {node.id for node in made}
        reads.update(zip((node.id for node in home.nodes), home.reads, strict=True))
        row = rows.stop
        last, end = home.nodes[-1], made[-1].id
        if last.id != end and row < len(after):
            # As where a layer is put between: a block that begins below reads the new end with all its links.
            outer = after.layers[row].path[last.path.index(copy) :][:1]
            entries.update(dict.fromkeys(outer, (last.id, end)))
    nodes += after.layers[row:]
    if entries:
        nodes = [_entering(node, entries) for node in nodes]
    if gone:
        nodes = [_past(node, gone, reads) for node in nodes]
    return rebuilt(nodes, (*after.blocks, *ids.blocks)) if copies else after


def _entering(node: Node, entries: Mapping[str, tuple[str, str]]) -> Node:
    """A layer of a block below one that ends in another layer now."""
    for part in node.path:
        old, new = entries.get(part, ("", ""))
        if old and node.inputs and old in node.inputs:
            inputs = tuple(new if name == old else name for name in node.inputs)
            return node.model_copy(update={"inputs": inputs})
    return node


class _NewIds:
    """Ids for the layers and blocks that an edit brings to copies."""

    def __init__(self, graph: Graph) -> None:
        self._names = {block.id: block.name for block in graph.blocks}
        self._taken = {node.id for node in graph} | set(self._names)
        self._next: dict[str, int] = {}
        self.blocks: list[Block] = []

    def like(self, name: str) -> str:
        """Return a free id like ``name``; for that of a block there is a new block of its name."""
        base = name.rstrip("0123456789") or name
        number = self._next.get(base, 1)
        while True:
            number += 1
            if f"{base}{number}" not in self._taken:
                break
        self._next[base] = number
        found = f"{base}{number}"
        self._taken.add(found)
        if name in self._names:
            self.blocks.append(Block(id=found, name=self._names[name]))
        return found


def _twin(
    was: BlockIndex,
    now: BlockIndex,
    lead: str,
    copy: str,
    ids: _NewIds,
    position: Mapping[str, int],
    above: str,
) -> list[Node]:
    """The layers of block ``copy``, made what block ``lead`` has become; ``above`` is the layer above it."""
    model, old, home = now.members(lead), was.members(lead), now.members(copy)
    twins = _twins(old, home)
    for part in model.inner:
        if part not in twins.blocks:
            twins.blocks[part] = ids.like(part)
    for node in model.nodes:
        if node.id not in twins.layers:
            twins.layers[node.id] = ids.like(node.id)
    prefix = home.nodes[0].path[: home.nodes[0].path.index(copy) + 1]
    inside = {node.id for node in model.nodes}
    places = {node.id: number for number, node in enumerate(old.nodes)}
    made: list[Node] = []
    for node, reads in zip(model.nodes, model.reads, strict=True):
        inner = node.path[node.path.index(lead) + 1 :]
        known = old.reads[places[node.id]] if node.id in places else ()
        inputs: list[str] = []
        for number, name in enumerate(reads):
            if name in inside:
                inputs.append(twins.layers[name])
            elif number < len(known) and known[number] == name and (node.id, number) in twins.reads:
                inputs.append(twins.reads[node.id, number])
            else:
                inputs.append(_outside(name, twins, position, home.start, lead, copy))
        by_place = node.inputs is None and inputs in ([], [made[-1].id if made else above])
        update = {
            "id": twins.layers[node.id],
            "inputs": None if by_place else tuple(filter(None, inputs)),
            "block": "/".join((*prefix, *(twins.blocks[part] for part in inner))),
        }
        made.append(node.model_copy(update=update))
    return made


def _outside(name: str, twins: _Twins, position: Mapping[str, int], start: int, lead: str, copy: str) -> str:
    """What a copy reads where the edited block reads ``name`` from outside."""
    found = twins.outside.get(name, name)
    if found and position.get(found, start) >= start:
        raise UserError(
            f"{lead} has copies, and {copy} can't read {name}: it doesn't lie above it.",
            place=f"block {lead}",
            remedy="Give this copy a name of its own first.",
        )
    return found


def _past(node: Node, gone: set[str], reads: Mapping[str, tuple[str, ...]]) -> Node:
    if node.inputs is None or gone.isdisjoint(node.inputs):
        return node

    def resolved(name: str) -> Iterator[str]:
        if name not in gone:
            yield name
        else:
            for source in reads[name]:
                yield from resolved(source)

    inputs = tuple(dict.fromkeys(source for name in node.inputs for source in resolved(name)))
    if node.layer.arity[1] == 1:
        inputs = inputs[-1:]
    return node.model_copy(update={"inputs": inputs})


def _renamed_apart(graph: Graph, apart: set[str], name: str) -> Graph:
    names = {block.name for block in graph.blocks}
    number = 2
    blocks = []
    for block in graph.blocks:
        if block.id not in apart:
            blocks.append(block)
            continue
        while f"{name} {number}" in names:
            number += 1
        names.add(f"{name} {number}")
        blocks.append(Block(id=block.id, name=f"{name} {number}"))
    return graph.model_copy(update={"blocks": tuple(blocks)}) if apart else graph
