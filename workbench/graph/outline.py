"""The stack as it is shown: a line a layer, and a line for each block, open or folded."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from workbench.graph.lanes import RowLanes, lanes_of
from workbench.graph.project import Graph, Node


@dataclass(frozen=True)
class Line:
    """One line: a layer, or a block with the layers of ``start`` to ``stop`` (exclusive)."""

    id: str
    depth: int
    """How many open blocks it stands in."""
    start: int
    stop: int
    node: Node | None = None
    """The layer; None for a block."""
    name: str = ""
    """The block's name."""
    folded: bool = False
    blocks: tuple[str, ...] = ()
    """The blocks that it stands for: several where folded copies lie one below the other."""

    @property
    def times(self) -> int:
        """How many copies it stands for."""
        return max(1, len(self.blocks))


def outline(graph: Graph, folded: AbstractSet[str] = frozenset()) -> tuple[Line, ...]:
    """Return the lines of a stack in which the blocks with these ids are folded, in O(n).

    Folded copies that lie next to each other share a line.
    """
    if not graph.blocks:
        return tuple(Line(node.id, 0, row, row + 1, node) for row, node in enumerate(graph))
    names = {block.id: block.name for block in graph.blocks}
    ends = {part: row + 1 for row, node in enumerate(graph) for part in node.path}
    lines: list[Line] = []
    open_: tuple[str, ...] = ()
    row = 0
    while row < len(graph):
        node = graph.layers[row]
        shut = next((depth for depth, part in enumerate(node.path) if part in folded), None)
        shown = node.path if shut is None else node.path[:shut]
        for depth, part in enumerate(shown):
            if part not in open_:
                lines.append(Line(part, depth, row, ends[part], name=names[part], blocks=(part,)))
        open_ = shown
        if shut is None:
            lines.append(Line(node.id, len(shown), row, row + 1, node))
            row += 1
            continue
        part = node.path[shut]
        line = Line(part, shut, row, ends[part], None, names[part], folded=True, blocks=(part,))
        last = lines[-1] if lines else line
        if last.folded and last.depth == shut and last.name == line.name and last.stop == row:
            lines.pop()
            line = Line(
                last.id,
                shut,
                last.start,
                line.stop,
                None,
                line.name,
                folded=True,
                blocks=(*last.blocks, part),
            )
        lines.append(line)
        row = line.stop
    return tuple(lines)


def line_lanes(graph: Graph, lines: tuple[Line, ...]) -> tuple[RowLanes, ...]:
    """Return what to draw beside each line; links into and out of folded blocks are drawn to their line."""
    solid = [line for line in lines if line.node or line.folded]
    home = {row: place for place, line in enumerate(solid) for row in range(line.start, line.stop)}
    position = {node.id: home[row] for row, node in enumerate(graph)}
    reads = [
        {position[name] for row in range(line.start, line.stop) for name in graph.inputs_of(row)} - {place}
        for place, line in enumerate(solid)
    ]
    drawn = iter(lanes_of(reads))
    found: list[RowLanes] = []
    for line in lines:
        if line.node or line.folded:
            found.append(next(drawn))
            continue
        # The head of an open block is no layer: what passes above it passes on.
        above = found[-1] if found else RowLanes(False, False, (), (), ())
        passing = tuple(sorted({*above.passing, *above.starts}))
        found.append(RowLanes(above.trunk_out, above.trunk_out, passing, (), ()))
    return tuple(found)
