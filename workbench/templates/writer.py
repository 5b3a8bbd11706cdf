"""Writing a stack row by row: ids that read well, links, and blocks within blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workbench.graph.fragment import OUTSIDE, Fragment
from workbench.graph.project import Block, Graph, Node
from workbench.layers import Layer


class StackWriter:
    """A stack that is being written.

    Until the first layer, ``last`` is `OUTSIDE`: what a fragment reads from the stack that it is put into.
    """

    def __init__(self) -> None:
        self.last = OUTSIDE
        """The id of the newest layer."""
        self._nodes: list[Node] = []
        self._blocks: list[Block] = []
        self._path: tuple[str, ...] = ()
        self._taken: set[str] = set()

    def add(self, layer: Layer, name: str = "", reads: str | tuple[str, ...] | None = None) -> str:
        """Put a layer below the others; return its id.

        ``name`` is the end of its id within its block; without one, the type's first typed word and a
        number are. ``reads`` are the ids that it reads, else the newest layer.
        """
        layer_id = self._id(name) if name else self._numbered(type(layer).words[0])
        sources = (reads,) if isinstance(reads, str) else reads
        if sources == (self.last,) or layer.arity == (0, 0):
            sources = None
        self._taken.add(layer_id)
        self._nodes.append(Node(id=layer_id, layer=layer, inputs=sources, block="/".join(self._path)))
        self.last = layer_id
        return layer_id

    def chain(self, *layers: Layer) -> str:
        """Put layers below each other; return the last one's id."""
        for layer in layers:
            self.add(layer)
        return self.last

    @contextmanager
    def block(self, name: str, title: str) -> Iterator[None]:
        """Hold what is added meanwhile together. ``name`` is the end of the block's id; blocks of one
        ``title`` must be copies of each other.
        """
        block_id = self._id(name)
        self._taken.add(block_id)
        self._blocks.append(Block(id=block_id, name=title))
        self._path = (*self._path, block_id)
        yield
        self._path = self._path[:-1]

    def graph(self) -> Graph:
        """Return what was written, as a stack of its own."""
        return Graph(layers=tuple(self._nodes), blocks=tuple(self._blocks))

    def fragment(self) -> Fragment:
        """Return what was written, to be put into a stack."""
        return Fragment(tuple(self._nodes), tuple(self._blocks))

    def _id(self, name: str) -> str:
        return f"{self._path[-1]}_{name}" if self._path else name

    def _numbered(self, word: str) -> str:
        number = 1
        while self._id(f"{word}{number}") in self._taken:
            number += 1
        return self._id(f"{word}{number}")
