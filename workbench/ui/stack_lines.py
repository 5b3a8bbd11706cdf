"""What stands in which row of the stack, while its blocks are folded as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from workbench.graph import Graph
from workbench.graph.outline import Line, line_lanes, outline
from workbench.graph.project import Node


class StackLines:
    """The rows of a stack, top to bottom, and what is drawn beside them."""

    def __init__(self, graph: Graph, folded: AbstractSet[str] = frozenset()) -> None:
        self.graph = graph
        """The stack; another of the same shape may take its place."""
        self.lines = outline(graph, folded)
        self.lanes = line_lanes(graph, self.lines)
        self.lane_columns = max(
            (max((*lane.passing, *lane.starts, *lane.ends), default=0) for lane in self.lanes), default=0
        )
        """How many lanes there are beside the trunk."""
        self._place: dict[str, int] = {}
        for row, line in enumerate(self.lines):
            if line.folded:
                hidden = (name for node in self.inside(line) for name in (node.id, *node.path[line.depth :]))
                self._place.update(dict.fromkeys(hidden, row))
            self._place[line.id] = row

    def __len__(self) -> int:
        return len(self.lines)

    def fits(self, graph: Graph) -> bool:
        """Return whether rows and links of another stack are the same, so that only words can differ."""
        if len(self.graph) != len(graph) or self.graph.blocks != graph.blocks:
            return False
        return all(
            a is b or (a.id == b.id and a.inputs == b.inputs and a.block == b.block)
            for a, b in zip(self.graph.layers, graph.layers, strict=True)
        )

    def row_of(self, wanted: str) -> int:
        """Return the row in which a layer or block is shown, -1 where it isn't there."""
        return self._place.get(wanted, -1)

    def node(self, line: Line) -> Node | None:
        """Return the layer of a line, None for a block."""
        return self.graph.layers[line.start] if line.node else None

    def inside(self, line: Line) -> Sequence[Node]:
        """Return the layers that a line stands for."""
        return self.graph.layers[line.start : line.stop]

    def layer_ids(self, rows: Iterable[int]) -> list[str]:
        """Return the ids of the layers in these rows; a block's row stands for all its layers."""
        found: dict[int, None] = {}
        for row in sorted(rows):
            found.update(dict.fromkeys(range(self.lines[row].start, self.lines[row].stop)))
        return [self.graph.layers[place].id for place in sorted(found)]

    def place(self, row: int) -> int:
        """Return the place in the stack of what is dropped before a row."""
        return self.lines[row].start if row < len(self.lines) else len(self.graph)
