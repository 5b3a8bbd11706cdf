"""Blocks of one name are copies: an edit of one is made in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workbench.errors import UserError
from workbench.graph.edit import rebuilt
from workbench.graph.pattern import Members, members, pattern_of
from workbench.graph.project import Block, Graph, Node


def spread(before: Graph, after: Graph) -> Graph:
    """Return ``after`` with the edits that it made in one block made in the block's copies too.

    Layers keep their ids in every copy. Where several copies were edited differently, the first to be edited
    leads, and the others get another name. Raises `UserError` where a copy can't reach what the edited block
    reads.
    """
    if not before.blocks or before.layers == after.layers:
        return after
    names = _shared_names(after)
    if not names:
        return after
    old, touched = _index(before), _touched(before, after)
    for name in names:
        copies = [block.id for block in after.blocks if block.name == name]
        # Copies that an inner block's edit reached already differ from before and from nothing else.
        edited = [block for block in copies if block in touched and block in old]
        changed = [block for block in edited if pattern_of(before, block) != pattern_of(after, block)]
        if not changed:
            continue
        lead, pattern = changed[0], pattern_of(after, changed[0])
        for block in copies:
            if block in old and pattern_of(after, block) != pattern:
                if block in changed:
                    after = _renamed_apart(after, block, name)
                elif pattern_of(before, block) == pattern_of(before, lead):
                    after = _stamped(before, after, lead, block)
                    touched.add(block)
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


def _index(graph: Graph) -> set[str]:
    return {block.id for block in graph.blocks}


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


def _stamped(before: Graph, after: Graph, lead: str, copy: str) -> Graph:
    """``after`` with block ``copy`` made what block ``lead`` has become."""
    model, old, home = members(after, lead), members(before, lead), members(after, copy)
    twins = _twins(old, members(before, copy))
    prefix = home.nodes[0].path[: home.nodes[0].path.index(copy) + 1]
    graph = _with_new_names(after, model, twins)
    above = {node.id for node in after.layers[: home.start]}
    inside = {node.id for node in model.nodes}
    places = {node.id: number for number, node in enumerate(old.nodes)}
    nodes: list[Node] = []
    before_it = after.layers[home.start - 1].id if home.start else ""
    for node, reads in zip(model.nodes, model.reads, strict=True):
        inner = node.path[node.path.index(lead) + 1 :]
        was = old.reads[places[node.id]] if node.id in places else ()
        inputs: list[str] = []
        for number, name in enumerate(reads):
            if name in inside:
                inputs.append(twins.layers[name])
            elif number < len(was) and was[number] == name and (node.id, number) in twins.reads:
                inputs.append(twins.reads[node.id, number])
            else:
                inputs.append(_outside(name, twins, above, lead, copy))
        by_place = node.inputs is None and inputs in ([], [nodes[-1].id if nodes else before_it])
        update = {
            "id": twins.layers[node.id],
            "inputs": None if by_place else tuple(inputs),
            "block": "/".join((*prefix, *(twins.blocks[part] for part in inner))),
        }
        nodes.append(node.model_copy(update=update))
    return _spliced(graph, home, nodes)


def _outside(name: str, twins: _Twins, above: set[str], lead: str, copy: str) -> str:
    """What a copy reads where the edited block reads ``name`` from outside."""
    found = twins.outside.get(name, name)
    if found not in above:
        raise UserError(
            f"{lead} has copies, and {copy} can't read {name}: it doesn't lie above it.",
            place=f"block {lead}",
            remedy="Give this copy a name of its own first.",
        )
    return found


def _with_new_names(graph: Graph, model: Members, twins: _Twins) -> Graph:
    """The graph with blocks for the lead's new inner blocks; ids for its new layers and blocks are noted."""
    names = {block.id: block.name for block in graph.blocks}
    taken = {node.id for node in graph} | set(names)
    fresh: list[Block] = []
    for wanted, known in ((model.inner, twins.blocks), ([node.id for node in model.nodes], twins.layers)):
        for name in wanted:
            if name in known:
                continue
            number = 2
            base = name.rstrip("0123456789") or name
            while f"{base}{number}" in taken:
                number += 1
            known[name] = f"{base}{number}"
            taken.add(known[name])
            if name in names:
                fresh.append(Block(id=known[name], name=names[name]))
    return graph.model_copy(update={"blocks": (*graph.blocks, *fresh)})


def _spliced(graph: Graph, home: Members, nodes: list[Node]) -> Graph:
    """The graph with other layers in a block's rows; whoever read one that is gone reads what it read."""
    gone = {node.id for node in home.nodes} - {node.id for node in nodes}
    reads = dict(zip((node.id for node in home.nodes), home.reads, strict=True))
    stop = home.start + len(home.nodes)
    below = [_past(node, gone, reads) for node in graph.layers[stop:]] if gone else graph.layers[stop:]
    return rebuilt([*graph.layers[: home.start], *nodes, *below], graph.blocks)


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


def _renamed_apart(graph: Graph, block_id: str, name: str) -> Graph:
    names = {block.name for block in graph.blocks}
    number = 2
    while f"{name} {number}" in names:
        number += 1
    blocks = tuple(
        Block(id=block.id, name=f"{name} {number}") if block.id == block_id else block
        for block in graph.blocks
    )
    return graph.model_copy(update={"blocks": blocks})
