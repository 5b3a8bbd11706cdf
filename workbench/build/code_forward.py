"""The forward method of generated code: what each value is called, and a line a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.build.code_lines import WIDTH, call_lines, comment
from workbench.graph.project import Graph, Node
from workbench.layers import TensorSpec

MEANT = frozenset({"x", "self", "torch", "nn", "Tensor", "F", "math", "reduce"})
"""Names that mean something else within forward; x is the running value."""

_INDENT = " " * 8


class Marks:
    """Comments that say where blocks begin, and blank lines where they begin and end."""

    def __init__(self, graph: Graph) -> None:
        self._names = {block.id: block.name for block in graph.blocks}

    def between(self, before: Node | None, node: Node) -> list[str]:
        """Return the lines before a layer's, where it isn't in the same block as the one ``before`` it."""
        path = node.path
        if path == (before.path if before else ()):
            return []
        return ([""] if before else []) + ([comment(self._said(path), _INDENT)] if path else [])

    def _said(self, path: tuple[str, ...]) -> str:
        named = ((part, self._names[part]) for part in path)
        return " › ".join(f"{name} ({part})" if name != part else part for part, name in named)


@dataclass(frozen=True)
class Forward:
    """The method's lines; what values are called, by layer; which layers answer, and which do any work."""

    lines: list[str]
    names: dict[str, str]
    answers: tuple[str, ...]
    alive: frozenset[str]
    marks: Marks


def forward_of(graph: Graph, sources: Sequence[tuple[str, ...]], specs: dict[str, TensorSpec]) -> Forward:
    """Write the method. ``sources`` are what each row reads, ``specs`` what each layer gives."""
    kept = _without_outputs(graph, sources)
    last = graph.layers[-1].id
    outputs = [node.id for node in graph if node.type == "Output" and node.id != last]
    answers = tuple(kept.origin[answer] for answer in (*outputs, last))
    alive = _alive(kept.reads, answers)
    steps = [node for node in graph if node.id in alive and node.type not in ("Input", "Output")]
    wanted = {kept.origin[output]: output for output in outputs}
    names = _names(graph, steps, kept.reads, answers, wanted)
    marks = Marks(graph)

    arguments = [f"{names[node.id]}: Tensor" for node in graph if node.type == "Input"]
    gives = "Tensor" if len(answers) == 1 else f"tuple[{', '.join(['Tensor'] * len(answers))}]"
    if len(answers) > 4:
        gives = "tuple[Tensor, ...]"
    lines = call_lines("    ", "def forward", ["self", *arguments], f" -> {gives}:")
    before: Node | None = None
    for node in steps:
        reads = kept.reads[node.id]
        lines += marks.between(before, node)
        before = node
        made = call_lines(_INDENT, f"{names[node.id]} = self.{node.id}", [names[read] for read in reads])
        note = f"  # {specs[node.id]}"
        if len(made) == 1 and specs[node.id] != specs[reads[0]] and len(made[0] + note) <= WIDTH:
            made[0] += note
        lines += made
    lines += [""] if before and before.path else []
    lines += _returned([names[answer] for answer in answers])
    return Forward(lines, names, answers, alive, marks)


@dataclass(frozen=True)
class _Kept:
    """Output layers only mark: ``origin`` is where each layer's value really comes from."""

    origin: dict[str, str]
    reads: dict[str, tuple[str, ...]]


def _without_outputs(graph: Graph, sources: Sequence[tuple[str, ...]]) -> _Kept:
    origin: dict[str, str] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for node, names in zip(graph, sources, strict=True):
        reads[node.id] = tuple(origin[name] for name in names)
        origin[node.id] = reads[node.id][0] if node.type == "Output" else node.id
    return _Kept(origin, reads)


def _alive(reads: dict[str, tuple[str, ...]], answers: tuple[str, ...]) -> frozenset[str]:
    """The layers that an answer depends on."""
    found = set(answers)
    stack = list(found)
    while stack:
        fresh = set(reads[stack.pop()]) - found
        found |= fresh
        stack += fresh
    return frozenset(found)


def _names(
    graph: Graph,
    steps: Sequence[Node],
    reads: dict[str, tuple[str, ...]],
    answers: tuple[str, ...],
    wanted: dict[str, str],
) -> dict[str, str]:
    """What each value is called: its layer's id, or x where only the next line reads it."""
    inputs = [node.id for node in graph if node.type == "Input"]
    read_by: dict[str, set[int]] = {name: set() for name in (*inputs, *(node.id for node in steps))}
    for row, node in enumerate(steps):
        for read in reads[node.id]:
            read_by[read].add(row)
    for answer in answers:
        read_by[answer].add(len(steps))
    taken = {*MEANT, *(node.id for node in graph)}
    names: dict[str, str] = {}
    # Arguments live from the start: only one that stands alone can be x.
    for row, layer_id in (*((-1, i) for i in inputs), *((r, n.id) for r, n in enumerate(steps))):
        if read_by[layer_id] <= {row + 1} and (row >= 0 or len(inputs) == 1) and layer_id not in wanted:
            names[layer_id] = "x"
            continue
        name = wanted.get(layer_id, layer_id) if row >= 0 else layer_id
        if name in MEANT:
            while name in taken:
                name += "_out"
            taken.add(name)
        names[layer_id] = name
    return names


def _returned(answers: Sequence[str]) -> list[str]:
    whole = f"{_INDENT}return {', '.join(answers)}"
    if len(whole) <= WIDTH:
        return [whole]
    return [f"{_INDENT}return (", *(f"{_INDENT}    {answer}," for answer in answers), f"{_INDENT})"]
