"""A checked stack, laid out for looking around in it: what is above a layer, what is below, what flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.graph.facts import Facts
from workbench.graph.project import Node
from workbench.graph.training import TrainingSection
from workbench.layers import TensorSpec


@dataclass(frozen=True)
class View:
    """The layers that work, by row. ``above`` are the rows that each reads; ``outputs`` what each gives."""

    nodes: Sequence[Node]
    above: Sequence[tuple[int, ...]]
    outputs: Sequence[TensorSpec | None]
    params: Sequence[int]
    facts: Facts | None = None
    training: TrainingSection | None = None

    @cached_property
    def types(self) -> list[str]:
        """Each layer's type."""
        return [type(node.layer).__name__ for node in self.nodes]

    @cached_property
    def readers(self) -> list[list[int]]:
        """The rows that read each layer, upper ones first; one that reads it twice stands twice."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for row, reads in enumerate(self.above):
            for read in reads:
                found[read].append(row)
        return found

    @cached_property
    def _by_type(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, name in enumerate(self.types):
            found.setdefault(name, []).append(row)
        return found

    def of(self, *types: str) -> list[int]:
        """Return the rows of layers of these types, in order."""
        rows = [row for name in types for row in self._by_type.get(name, ())]
        return sorted(rows) if len(types) > 1 else rows

    @cached_property
    def end(self) -> int:
        """The row whose values are the main answer: the last one, or what it only passes on."""
        row = len(self.nodes) - 1
        while self.types[row] in PASSING and len(self.above[row]) == 1:
            row = self.above[row][0]
        return row

    @cached_property
    def answers(self) -> list[int]:
        """The rows of Output layers, and the last row."""
        last = len(self.nodes) - 1
        return [*(row for row in self.of("Output") if row != last), last]

    def source(self, row: int) -> int | None:
        """Return the row that a layer of one input reads; None for an Input or a merge."""
        reads = self.above[row]
        return reads[0] if len(reads) == 1 else None

    def inputs(self, row: int) -> tuple[TensorSpec, ...]:
        """Return what flows into a layer; empty unless all of it is known."""
        found = tuple(spec for spec in (self.outputs[read] for read in self.above[row]) if spec is not None)
        return found if len(found) == len(self.above[row]) else ()


PASSING = frozenset({"Output", "Identity"})
"""Layers that give what they get."""
