"""From a traced torch module to rows of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.importing import modules
from workbench.importing.functions import Asked, answer, parameters_of
from workbench.importing.proposals import select
from workbench.importing.result import Unmapped, UnmappedError
from workbench.importing.rows import Rows, Value
from workbench.importing.trace import LINE, OWNERS, Recorder, prepared, short, traced
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
            self._fault(node, Unmapped(_name(node), "its arguments aren't as usual"))
        except UnmappedError as error:
            self._fault(node, error.fault)

    def _fault(self, node: fx.Node, fault: Unmapped) -> None:
        """Note what can't be mapped, and go on with the value that it gave."""
        self.faults.append(Unmapped(fault.kind, fault.why, self._place(node)))
        value = self._values[node]
        if isinstance(value, Tensor):
            self._data[node] = self.rows.unknown(value)

    def outputs(self, node: fx.Node) -> tuple[Value, ...]:
        """What the model answers, the main answer first."""
        answers = node.args[0]
        found = []
        for item in answers if isinstance(answers, list | tuple) else [answers]:
            try:
                value = self._value(item) if item in self._data else None
            except UnmappedError as error:
                self.faults.append(Unmapped(error.fault.kind, error.fault.why, self._place(item)))
                continue
            if value is None:
                kind = "a dictionary" if isinstance(answers, dict) else "something that depends on no input"
                self.faults.append(Unmapped("output", f"it is {kind}", self._place(node)))
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
        name = _name(node)
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
        return any(source in self._data for source in node.all_input_nodes) and _has_tensor(self._values[node])

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
            owners=self._classes(node, path[:-1]),
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
        return self.rows.add(select(1, -1, made.example.shape[1]), (made,), last, self._path(node, "last"))

    def _piece(self, node: fx.Node, parts: Parts) -> Value:
        """A piece of ``chunk``, ``split`` or ``unbind``."""
        if len(parts.path) != 1 or not parts.reads:
            raise UnmappedError(parts.kind, "it answers with several tensors")
        pieces = self._values[parts.node]
        return self.rows.add(
            piece(parts, pieces),
            parts.reads[:1],
            pieces[parts.path[0]],
            self._path(node, parts.kind),
            owners=self._owners(node),
            kind=parts.kind,
        )

    def _call(self, node: fx.Node, name: str, expected: Tensor) -> Value:
        target = node.target if node.op == "call_function" else getattr(Tensor, str(node.target), None)
        asked = Asked(
            name, self._resolved(node.args), self._resolved(node.kwargs), expected, parameters_of(target, name)
        )
        found = answer(asked)
        if name in _SAME_ALWAYS and found.reads:
            return found.reads[0]
        return self.rows.add(
            found.proposals,
            found.reads,
            expected,
            self._path(node, name),
            weights=found.weights,
            owners=self._owners(node),
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

    def _path(self, node: fx.Node, name: str) -> list[str]:
        around = node.meta.get(OWNERS, [])
        if not around:
            return [name]
        parts = str(around[-1][0]).split(".")
        kind = getattr(nn, around[-1][1], None)
        whole = kind is not None and kind not in (nn.Sequential, nn.ModuleList, nn.ModuleDict)
        return parts if whole else [*parts, name]

    def _owners(self, node: fx.Node) -> list[str]:
        return self._classes(node, self._path(node, "")[:-1])

    def _classes(self, node: fx.Node, parts: Sequence[str]) -> list[str]:
        """The class of each module on the way; containers that are only indexed have none noted."""
        known = dict(node.meta.get(OWNERS, []))
        return [known.get(".".join(parts[: end + 1]), "ModuleList") for end in range(len(parts))]

    def _place(self, node: fx.Node) -> str:
        line = node.meta.get(LINE)
        return f"{short(self._file)}, line {line}" if line else ""


_SAME_ALWAYS = frozenset({"contiguous", "clone", "detach", "float", "alias", "lift_fresh_copy", "cpu", "positive"})


def _name(node: fx.Node) -> str:
    """What is called, by a name that functions, methods and torch.export's operators share."""
    target = node.target
    schema = getattr(target, "_schema", None)
    name = str(schema.name).rpartition("::")[2] if schema is not None else getattr(target, "__name__", str(target))
    plain = name.strip("_") if name.startswith("__") else name
    return plain[:-1] if plain.endswith("_") and not plain.startswith("_") else plain


def _has_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or (
        isinstance(value, tuple | list) and any(_has_tensor(item) for item in value)
    )
