"""From a traced torch module to rows of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.importing import modules
from workbench.importing.asked import Asked, parameters_of
from workbench.importing.functions import answer
from workbench.importing.nodes import SAME, has_tensor, name_of, owners_of, path_of, place_of
from workbench.importing.proposals import select
from workbench.importing.result import Unmapped, UnmappedError
from workbench.importing.rows import Rows, Value
from workbench.importing.trace import Recorder, prepared, traced
from workbench.importing.tuples import Parts, joined, piece, taken, took

BATCH = 3
"""Samples of an example: few, but more than one, and a number that layers seldom have."""


@dataclass(frozen=True)
class Converted:
    """Rows and outputs of a model, or what stands in the way."""

    rows: Rows
    outputs: tuple[Value, ...]
    faults: tuple[Unmapped, ...]
    notes: tuple[str, ...]


def convert(model: nn.Module, examples: Sequence[Tensor], file: str) -> Converted:
    """Return a module's layers. ``examples``: an input each, batch first. Raises `TraceError`.

    What the module itself raises for these examples is raised on.
    """
    plain = prepared(model)
    root, graph = traced(plain, examples, file)
    recorder = Recorder(root, graph)
    with torch.no_grad():
        recorder.run(*examples)
    walk = _Walk(root, recorder, file)
    outputs: tuple[Value, ...] = ()
    for node in graph.nodes:
        if node.op == "output":
            outputs = walk.outputs(node)
        else:
            walk.take(node)
    if recorder.always_dropping:
        why = "it drops while evaluating too; give it training=self.training"
        walk.faults.append(Unmapped("dropout", why))
    return Converted(walk.rows, outputs, tuple(walk.faults), ())


class _Walk:
    """Goes through the graph once, top to bottom."""

    def __init__(self, root: nn.Module, recorder: Recorder, file: str) -> None:
        self.rows = Rows()
        self.faults: list[Unmapped] = []
        self._root = root
        self._values = recorder.values
        self._file = file
        self._data: dict[fx.Node, Value | Parts] = {}
        self._made: dict[tuple[fx.Node, str | None], Value] = {}
        graph = recorder.graph
        self._uses = Counter(str(n.target) for n in graph.nodes if n.op == "call_module")

    def take(self, node: fx.Node) -> None:
        """Make a row of a node, unless it is no data."""
        try:
            self._take(node)
        except (ValueError, TypeError, IndexError, KeyError, AssertionError, AttributeError, RuntimeError):
            self._fault(node, Unmapped(name_of(node), "its arguments aren't as usual"))
        except UnmappedError as error:
            self._fault(node, error.fault)

    def _fault(self, node: fx.Node, fault: Unmapped) -> None:
        """Note what can't be mapped, and go on with the value that it gave."""
        self.faults.append(Unmapped(fault.kind, fault.why, place_of(node, self._file)))
        value = self._values[node]
        if isinstance(value, Tensor):
            self._data[node] = self.rows.unknown(value)

    def outputs(self, node: fx.Node) -> tuple[Value, ...]:
        """What the model answers, the main answer first."""
        answers: Any = node.args[0]
        found = []
        for item in answers if isinstance(answers, list | tuple) else [answers]:
            try:
                value = self._value(item) if item in self._data else None
            except UnmappedError as error:
                self.faults.append(Unmapped(error.fault.kind, error.fault.why, place_of(item, self._file)))
                continue
            if value is None:
                kind = "a dictionary" if isinstance(answers, dict) else "something that depends on no input"
                self.faults.append(Unmapped("output", f"it is {kind}", place_of(node, self._file)))
            else:
                found.append(value)
        return tuple(found)

    def _take(self, node: fx.Node) -> None:
        value = self._values[node]
        if node.op == "placeholder":
            if isinstance(value, Tensor):
                self._data[node] = self.rows.input(str(node.target), value)
            return
        if node.op == "get_attr" or not self._reads(node):
            return
        if node.op == "call_module":
            self._data[node] = self._module(node)
            return
        name = name_of(node)
        part = self._part(node, name)
        if part is not None:
            self._data[node] = part
        elif isinstance(value, Tensor):
            self._data[node] = self._call(node, name, value)
        else:
            self._data[node] = Parts(node, name, (), self._resolved(node.args), self._resolved(node.kwargs))

    def _part(self, node: fx.Node, name: str) -> Parts | None:
        """The part of a module's answer that a node takes, if that is all it does."""
        sources = [self._data.get(source) for source in node.all_input_nodes]
        parts = [source for source in sources if isinstance(source, Parts)]
        if not parts:
            return None
        if name in ("cat", "concat", "concatenate") and len(parts) == len(sources):
            return joined(parts)
        args = tuple(self._values[a] if isinstance(a, fx.Node) else a for a in node.args)
        return taken(parts[0], name, args, dict(node.kwargs))

    def _reads(self, node: fx.Node) -> bool:
        return any(source in self._data for source in node.all_input_nodes) and has_tensor(self._values[node])

    def _module(self, node: fx.Node) -> Value | Parts:
        found = self._root.get_submodule(str(node.target))
        if self._uses[str(node.target)] > 1 and any(True for _ in found.parameters()):
            raise UnmappedError(
                type(found).__name__,
                f"{node.target} is used {self._uses[str(node.target)]} times, and layers don't share weights",
            )
        result = self._values[node]
        reads = tuple(self._value(source) for source in node.all_input_nodes if source in self._data)
        if not isinstance(result, Tensor):
            given = (*node.args[1:], *node.kwargs.values())
            states = [self._values[a] for a in given if isinstance(a, fx.Node) and a not in self._data]
            kwargs = {"state": states, **self._resolved(node.kwargs)}
            return Parts(node, type(found).__name__, (), self._resolved(node.args), kwargs)
        if isinstance(found, nn.Identity):
            return reads[0]
        if not modules.is_layer(found):
            raise UnmappedError(type(found).__name__, f"there is no such layer ({node.target})")
        return self._layer(node, found, reads, result)

    def _layer(
        self, node: fx.Node, found: nn.Module, reads: tuple[Value, ...], expected: Tensor, **extra: Any
    ) -> Value:
        """The row of a module."""
        kind = type(found).__name__
        path = str(node.target).split(".")
        return self.rows.add(
            modules.proposals(found, reads, **extra),
            reads,
            expected,
            path,
            weights=modules.weights(found),
            owners=owners_of(node, path[:-1]),
            kind=kind,
            tried="Dropout" not in kind,
        )

    def _whole(self, node: fx.Node, parts: Parts) -> Value:
        """The layer that gives a part of a call's answer."""
        source = parts.node
        if source.op != "call_module":
            return self._piece(node, parts)
        found = self._root.get_submodule(str(source.target))
        wanted = took(parts, found, self._values[source])
        key = (source, wanted.params.get("returns"))
        if key not in self._made:
            if any(made is source for made, _ in self._made):
                raise UnmappedError(parts.kind, "both its sequence and its final state are used")
            reads = parts.reads[:1] if wanted.alone else parts.reads
            self._made[key] = self._layer(source, found, reads, wanted.expected, **wanted.params)
        made = self._made[key]
        if not wanted.step:
            return made
        last = made.example[:, -1]
        return self.rows.add(select(1, -1, made.example.shape[1]), (made,), last, path_of(node, "last"))

    def _piece(self, node: fx.Node, parts: Parts) -> Value:
        """A piece of ``chunk``, ``split`` or ``unbind``."""
        if len(parts.path) != 1 or not parts.reads:
            raise UnmappedError(parts.kind, "it answers with several tensors")
        pieces = self._values[parts.node]
        return self.rows.add(
            piece(parts, pieces),
            parts.reads[:1],
            pieces[parts.path[0]],
            path_of(node, parts.kind),
            owners=owners_of(node),
            kind=parts.kind,
        )

    def _call(self, node: fx.Node, name: str, expected: Tensor) -> Value:
        target = node.target if node.op == "call_function" else getattr(Tensor, str(node.target), None)
        asked = Asked(
            name,
            self._resolved(node.args),
            self._resolved(node.kwargs),
            expected,
            parameters_of(target, name),
        )
        found = answer(asked)
        if name in SAME and found.reads and found.reads[0].example.dtype == expected.dtype:
            return found.reads[0]
        return self.rows.add(
            found.proposals,
            found.reads,
            expected,
            path_of(node, name),
            weights=found.weights,
            owners=owners_of(node),
            kind=name,
            tried=found.tried,
        )

    def _resolved(self, item: Any) -> Any:
        """Arguments with data as `Value` and all else as it was."""
        if isinstance(item, fx.Node):
            return self._value(item) if item in self._data else self._values[item]
        if isinstance(item, list | tuple):
            return tuple(self._resolved(part) for part in item)
        if isinstance(item, dict):
            return {key: self._resolved(part) for key, part in item.items()}
        if isinstance(item, slice):
            return slice(*(self._resolved(part) for part in (item.start, item.stop, item.step)))
        return item

    def _value(self, node: fx.Node) -> Value:
        found = self._data[node]
        if isinstance(found, Parts):
            found = self._data[node] = self._whole(node, found)
        return found
