"""An ONNX graph as an importer reads it: nodes with their attributes, and which values are data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.importing.rows import Value

Array = NDArray[Any]

_SHAPES = frozenset({"Shape", "Size"})
"""Operators that give what depends on shapes alone, which are known."""


@dataclass(frozen=True, eq=False)
class Op:
    """A node: its operator, attributes, inputs and outputs, and the layer that wrote it, if it says so."""

    type: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    layer: str
    domain: str = ""
    scope: tuple[str, ...] = ()
    """The modules around it, outermost first, as PyTorch's exporters note them."""


@dataclass(frozen=True)
class Cluster:
    """Nodes that may be one layer: what they read and give.

    ``constants`` are what the nodes read that is no data, in order, by (operator, number of the input);
    ``expected`` is what the last gives.
    """

    ops: tuple[Op, ...]
    reads: tuple[Value, ...]
    expected: Tensor
    arguments: tuple[tuple[Value | Array | None, ...], ...]
    """For each node its inputs; data within the cluster are arrays too."""

    @property
    def types(self) -> tuple[str, ...]:
        """The operators, in order."""
        return tuple(op.type for op in self.ops)

    def constants(self, op_type: str = "", place: int | None = None) -> list[Array]:
        """Constant arrays of decimal numbers that nodes of a type read, in order."""
        return [
            item
            for op, arguments in zip(self.ops, self.arguments, strict=True)
            for number, item in enumerate(arguments)
            if (not op_type or op.type == op_type)
            and (place is None or number == place)
            and isinstance(item, Constant)
            and np.issubdtype(item.dtype, np.floating)
        ]


class Constant(np.ndarray):
    """An array that is the same whatever goes in."""


@dataclass
class OnnxGraph:
    """All nodes that data pass through, in order, and every value of an example run."""

    ops: tuple[Op, ...]
    values: dict[str, Array]
    data: frozenset[str]
    ends: frozenset[str]
    """The model's outputs."""
    users: dict[str, list[Op]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Any, values: Mapping[str, Array], inputs: Sequence[str]) -> OnnxGraph:
        """Read a model whose example run gave ``values``."""
        import onnx

        known = dict(values)
        for tensor in model.graph.initializer:
            known[tensor.name] = onnx.numpy_helper.to_array(tensor)
        data = set(inputs)
        ops = []
        for node in model.graph.node:
            if node.op_type not in _SHAPES and any(name in data for name in node.input):
                data.update(name for name in node.output if name)
                ops.append(_op(node))
        ops = _turned_back(ops, known, data, len(known[inputs[0]]))
        users: dict[str, list[Op]] = {}
        for op in ops:
            for name in op.inputs:
                users.setdefault(name, []).append(op)
        ends = frozenset(item.name for item in model.graph.output)
        return cls(tuple(ops), known, frozenset(data), ends, users)

    def tensor(self, name: str) -> Tensor:
        """A value as torch has it: float32, int64 or bool."""
        array = np.array(self.values[name])
        if np.issubdtype(array.dtype, np.floating):
            array = array.astype(np.float32)
        elif np.issubdtype(array.dtype, np.integer):
            array = array.astype(np.int64)
        return torch.from_numpy(array)


def _turned_back(ops: list[Op], values: dict[str, Array], data: set[str], batch: int) -> list[Op]:
    """Where one recurrent layer hands time-first values to another, turn them to batch first and back.

    Exporters leave such a pair of transposes out, and with it the value that passes between the layers.
    """
    made_by = {name: op for op in ops for name in op.outputs}
    found: list[Op] = []
    turned: dict[tuple[str, str], str] = {}
    for op in ops:
        inputs = []
        for name in op.inputs:
            source = made_by.get(name)
            shape = values[name].shape if name in values else ()
            if source and op.layer != source.layer and len(shape) == 3 and shape[0] != batch == shape[1]:
                back, again = f"{name}.batch_first", f"{name}.time_first.{op.layer}"
                if (name, "") not in turned:
                    found.append(_turn(name, back, source.layer))
                    turned[name, ""] = back
                if (name, op.layer) not in turned:
                    found.append(_turn(back, again, op.layer))
                    turned[name, op.layer] = again
                values[back], values[again] = np.swapaxes(values[name], 0, 1), values[name]
                data.update((back, again))
                inputs.append(again)
            else:
                inputs.append(name)
        found.append(replace(op, inputs=tuple(inputs)))
    return found


def _turn(source: str, target: str, layer: str) -> Op:
    return Op("Transpose", "", (source,), (target,), {"perm": [1, 0, 2]}, layer)


def _op(node: Any) -> Op:
    import onnx

    attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
    for key, value in attributes.items():
        if isinstance(value, bytes):
            attributes[key] = value.decode(errors="replace")
        elif isinstance(value, onnx.TensorProto):
            attributes[key] = onnx.numpy_helper.to_array(value)
    notes = {entry.key: entry.value for entry in node.metadata_props}
    return Op(
        node.op_type,
        node.name,
        tuple(node.input),
        tuple(node.output),
        attributes,
        notes.get("layer", ""),
        node.domain,
        _scope(node.name, notes.get("pkg.torch.onnx.name_scopes", "")),
    )


def _scope(name: str, noted: str) -> tuple[str, ...]:
    """The modules around a node: from the newer exporter's notes, or the older one's names."""
    if noted:
        return tuple(dict.fromkeys(re.findall(r"'([\w.]+)'", noted)))[:-1]
    return tuple(name.strip("/").split("/")[:-1]) if name.startswith("/") else ()
