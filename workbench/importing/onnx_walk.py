"""From an ONNX graph to rows of layers: nodes that were one layer first, then patterns, then one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

import numpy as np

from workbench.importing.asked import Answer
from workbench.importing.onnx_attention import attention
from workbench.importing.onnx_graph import Array, Cluster, Constant, OnnxGraph, Op
from workbench.importing.onnx_operators import operator
from workbench.importing.onnx_patterns import SEQUENCES, pattern
from workbench.importing.onnx_recurrent import KINDS, recurrent, unrolled
from workbench.importing.result import Unmapped, UnmappedError
from workbench.importing.rows import Rows, Value

_FOLLOWING = frozenset(
    {"Transpose", "Squeeze", "Reshape", "Gather", "Slice", "Concat", "Unsqueeze", "Identity"}
)
"""What exporters write after a recurrent node, to bring its answer into torch's order."""

_UNROLLED = frozenset({"MatMul", "Add", "Squeeze", "Slice"})
"""Operators of a recurrent layer that is written out step by step."""


def _understood(cluster: Cluster) -> Answer:
    """The layers that one node may be; a node that isn't as the standard says is unmapped too."""
    try:
        return operator(cluster)
    except (
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AssertionError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise UnmappedError(cluster.ops[0].type, "its inputs aren't as usual") from error


def _path(cluster: Cluster, weighted: bool) -> list[str]:
    """Where the original had it: the layer that wrote it, or the modules around all its nodes."""
    last = cluster.ops[-1]
    if last.layer:
        return [last.layer]
    parts: list[str] = []
    for scope in _common([op.scope for op in cluster.ops]):
        whole = bool(parts) and scope.startswith(".".join(parts) + ".")  # some exporters repeat the way
        parts = scope.split(".") if whole else [*parts, *scope.split(".")]
    name = next((op.name for op in cluster.ops if op.name), "") or last.outputs[0]
    if not parts:
        return [name.rpartition("/")[2] or name]
    return parts if weighted else [*parts, last.type.lower()]


def _common(scopes: Sequence[tuple[str, ...]]) -> list[str]:
    """The modules that are around all of them."""
    return [level[0] for level in takewhile(lambda level: len(set(level)) == 1, zip(*scopes, strict=False))]


class Walk:
    """Goes through the graph once."""

    def __init__(self, graph: OnnxGraph, inputs: Sequence[str]) -> None:
        self.rows = Rows()
        self.faults: list[Unmapped] = []
        self._graph = graph
        self._values: dict[str, Value] = {}
        for name in inputs:
            self._values[name] = self.rows.input(name, graph.tensor(name))

    def run(self, outputs: Sequence[str]) -> tuple[Value, ...]:
        """Map every node; return what the model answers."""
        ops = list(self._graph.ops)
        done: set[int] = set()
        for place, op in enumerate(ops):
            if place in done:
                continue
            for taken in self._candidates(ops, place, done):
                if len(taken) > 1 and self._several([ops[n] for n in taken]):
                    done.update(taken)
                    break
            else:
                self._one(op)
        found = [self._values[name] for name in outputs if name in self._values]
        if len(found) < len(outputs):
            self.faults.append(Unmapped("output", "it depends on no input"))
        return tuple(found)

    def _candidates(self, ops: list[Op], place: int, done: set[int]) -> Iterator[list[int]]:
        """Numbers of nodes, from this one on, that may be one layer; the largest groups first."""
        op = ops[place]
        if op.layer:
            yield [n for n in range(place, len(ops)) if ops[n].layer == op.layer and n not in done]
        for depth in range(1 if place else 0, len(op.scope) + 1):
            part = op.scope[:depth]
            numbers = [n for n in range(place, len(ops)) if ops[n].scope[:depth] == part and n not in done]
            types = {ops[n].type for n in numbers}
            if not op.layer and ("Softmax" in types or types >= _UNROLLED):
                yield numbers
        around = range(place, min(place + 4, len(ops)))
        start = next((n for n in around if ops[n].type in KINDS), None)
        if start is not None and all(ops[n].type in ("Transpose", "Identity") for n in range(place, start)):
            yield from self._recurrent(ops, place, start)
        for sequence in SEQUENCES:
            stop = place + len(sequence)
            numbers = list(range(place, stop))
            alike = stop <= len(ops) and tuple(o.type for o in ops[place:stop]) == sequence
            if alike and len({o.layer for o in ops[place:stop]}) == 1 and not done.intersection(numbers):
                yield numbers

    def _recurrent(self, ops: list[Op], place: int, start: int) -> Iterator[list[int]]:
        """A recurrent node with ever more of what follows it."""
        taken = list(range(place, start + 1))
        for number in range(start + 1, min(start + 24, len(ops))):
            if ops[number].type not in _FOLLOWING and ops[number].type not in KINDS:
                break
            taken.append(number)
            yield list(taken)
        yield list(range(place, start + 1))

    def _several(self, ops: list[Op]) -> bool:
        """Make one row of nodes, if some layer does what they do."""
        cluster = self._cluster(ops)
        if cluster is None:
            return False
        for answers in (recurrent(cluster), attention(cluster), pattern(cluster), unrolled(cluster)):
            for answer in answers:
                try:
                    self._add(cluster, answer)
                except UnmappedError:
                    continue
                return True
        return False

    def _one(self, op: Op) -> None:
        try:
            cluster = self._cluster([op])
            if cluster is None:
                raise UnmappedError(op.type, "it gives several values, or none")
            self._add(cluster, _understood(cluster))
        except UnmappedError as error:
            if op.type == "Split" and self._split(op):
                return
            where = op.layer or op.name or next((name for name in op.outputs if name), "")
            self.faults.append(Unmapped(op.type, error.fault.why, where))
            for name in op.outputs:
                if name in self._graph.values:
                    self._values[name] = self.rows.unknown(self._graph.tensor(name))

    def _split(self, op: Op) -> bool:
        """Split: a Slice for each piece."""
        from workbench.importing import proposals as propose

        source = self._values.get(op.inputs[0])
        if source is None:
            return False
        dim = int(op.attributes.get("axis", 0)) % source.example.dim()
        start = 0
        try:
            for name in op.outputs:
                piece = self._graph.tensor(name)
                side = piece.shape[dim]
                slices = propose.cut(dim, start, start + side, 1, source.example.shape[dim])
                path = [op.layer or op.name or name]
                self._values[name] = self.rows.add(slices, [source], piece, path, kind="Split")
                start += side
        except UnmappedError:
            return False
        return True

    def _add(self, cluster: Cluster, answer: Answer) -> None:
        last = cluster.ops[-1]
        name = last.outputs[0]
        if last.type == "Identity" and len(cluster.ops) == 1 and not last.layer:
            self._values[name] = cluster.reads[0]
            return
        self._values[name] = self.rows.add(
            answer.proposals,
            answer.reads,
            cluster.expected,
            _path(cluster, bool(answer.weights)),
            weights=answer.weights,
            kind=last.type,
            tried=answer.tried,
        )

    def _cluster(self, ops: Iterable[Op]) -> Cluster | None:
        """Nodes as one; None where others read what passes within them, or they give several values."""
        members = list(ops)
        inside = {name for op in members for name in op.outputs if name}
        ids = {id(op) for op in members}
        last = members[-1]
        used = [
            name
            for name in inside
            if any(id(user) not in ids for user in self._graph.users.get(name, []))
            or name in self._graph.ends
        ]
        if used != [last.outputs[0]] and not (not used and last.outputs[0]):
            return None
        names = dict.fromkeys(
            name for op in members for name in op.inputs if name in self._graph.data and name not in inside
        )
        if any(name not in self._values for name in names):
            return None
        reads = tuple(self._values[name] for name in names)
        arguments = tuple(tuple(self._argument(name, inside) for name in op.inputs) for op in members)
        return Cluster(tuple(members), reads, self._graph.tensor(last.outputs[0]), arguments)

    def _argument(self, name: str, inside: set[str]) -> Value | Array | None:
        if not name:
            return None
        if name in self._values and name not in inside:
            return self._values[name]
        array = self._graph.values.get(name)
        if array is None:
            return None
        return array if name in self._graph.data else np.asarray(array).view(Constant)
