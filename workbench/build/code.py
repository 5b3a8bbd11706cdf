"""The stack as Python source: a readable, standalone nn.Module."""

from __future__ import annotations

import inspect
import re

from workbench.build.cost import cost
from workbench.build.modules import module_class
from workbench.graph.project import Graph
from workbench.layers import Call, TensorSpec


def source(graph: Graph, name: str = "Model") -> str:
    """Return Python source of a class that computes what the stack computes, with the same weight names.

    Works for stacks that check finds no error in.
    """
    calls = _calls(graph)
    own = {call.name: module_class(call) for _, call in calls if "." not in call.name}
    parts = [_imports(own), *(inspect.getsource(block).rstrip() for block in own.values())]
    parts.append("\n".join([*_constructor(name, calls), "", *_forward(graph)]))
    return "\n\n\n".join(parts) + "\n"


def _imports(own: dict[str, type]) -> str:
    text = "".join(inspect.getsource(block) for block in own.values())
    lines = ["import math"] if "math." in text else []
    lines += ["from functools import reduce"] if "reduce(" in text else []
    lines += [""] if lines else []
    lines += ["import torch"] if "torch." in text else []
    lines.append("from torch import Tensor, nn")
    lines += ["from torch.nn import functional as F"] if re.search(r"\bF\.", text) else []
    return "\n".join(lines)


def _calls(graph: Graph) -> list[tuple[str, Call]]:
    specs: dict[str, TensorSpec] = {}
    calls = []
    for row, node in enumerate(graph):
        inputs = tuple(specs[i] for i in graph.inputs_of(row))
        specs[node.id] = cost(node.layer, inputs).output
        if node.type != "Input":
            calls.append((node.id, node.layer.call(*inputs)))
    return calls


def _constructor(name: str, calls: list[tuple[str, Call]]) -> list[str]:
    lines = [f"class {name}(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    return lines + [f"        self.{layer_id} = {call}" for layer_id, call in calls]


def _forward(graph: Graph) -> list[str]:
    """The forward method."""
    names = _locals(graph)
    arguments = ", ".join(f"{names[node.id]}: Tensor" for node in graph if node.type == "Input")
    lines = [f"    def forward(self, {arguments}) -> Tensor:"]
    for row, node in enumerate(graph):
        if node.type != "Input":
            reads = ", ".join(names[i] for i in graph.inputs_of(row))
            lines.append(f"        {names[node.id]} = self.{node.id}({reads})")
    return [*lines, f"        return {names[graph.layers[-1].id]}"]


def _locals(graph: Graph) -> dict[str, str]:
    """Each layer's output as a local name: its id, or x where only the next line reads it."""
    read_by: dict[str, list[int]] = {node.id: [] for node in graph}
    for row in range(len(graph)):
        for read in graph.inputs_of(row):
            read_by[read].append(row)
    names: dict[str, str] = {}
    taken = {*_GLOBALS, *read_by}
    for row, node in enumerate(graph):
        # Arguments live from the start, so only the very first can be x.
        may_be_x = row == 0 or node.type != "Input"
        if may_be_x and set(read_by[node.id]) <= {row + 1}:
            names[node.id] = "x"
            continue
        name = node.id
        if name in _GLOBALS:
            while name in taken:
                name += "_out"
            taken.add(name)
        names[node.id] = name
    return names


_GLOBALS = frozenset({"x", "self", "torch", "nn", "Tensor", "F", "math", "reduce"})
"""Names that mean something else within forward; x is the running value."""
