"""The stack as Python source: a readable, standalone nn.Module.

Layers are attributes of one class, called by their ids, so that weights load with the names that they are
trained under (``conv1.weight``). Classes for blocks would put the blocks' names into theirs, so comments mark
the blocks instead.
"""

from __future__ import annotations

import ast
import inspect
from functools import lru_cache

from workbench.build.code_forward import Forward, forward_of
from workbench.build.code_lines import call_lines, literal, shape_text
from workbench.build.cost import cost
from workbench.build.modules import module_class
from workbench.graph.bypass import live
from workbench.graph.project import Graph, Node
from workbench.layers import Call, TensorSpec


def source(graph: Graph, name: str = "Model") -> str:
    """Return Python source of a class that computes what the stack computes, with the same weight names.

    Bypassed layers are left out. ``forward`` takes a tensor an Input, batch first; where the stack has Output
    layers, it gives a tuple: what they read, in order, and the last layer's output. Works for stacks that
    check finds no error in. The same stack always gives the same text, formatted as by ``ruff format`` with
    lines of 100 characters.
    """
    graph = live(graph)
    sources = graph.sources()
    specs: dict[str, TensorSpec] = {}
    calls: dict[str, Call] = {}
    params = 0
    for node, reads in zip(graph, sources, strict=True):
        inputs = tuple(specs[read] for read in reads)
        found = cost(node.layer, inputs)
        specs[node.id] = found.output
        params += found.params
        if node.type not in ("Input", "Output"):
            calls[node.id] = node.layer.call(*inputs)
    forward = forward_of(graph, sources, specs)
    own = {call.name: _source_of(call.name) for call in calls.values() if "." not in call.name}
    made = [f"class {name}(nn.Module):", *_docstring(graph, calls, params, specs, forward), ""]
    made += [*_constructor(graph, calls, forward), "", *forward.lines]
    return "\n\n\n".join([_imports([*own.values(), "nn, Tensor"]), *own.values(), "\n".join(made)]) + "\n"


@lru_cache(maxsize=512)
def _source_of(name: str) -> str:
    """The source of a module that torch lacks; finding it takes Python some milliseconds."""
    return inspect.getsource(module_class(Call(name))).rstrip()


@lru_cache(maxsize=512)
def _used(text: str) -> frozenset[str]:
    """The names that code uses."""
    return frozenset(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))


def _imports(texts: list[str]) -> str:
    used = frozenset[str]().union(*map(_used, texts))
    standard = ["import math"] if "math" in used else []
    standard += ["from functools import reduce"] if "reduce" in used else []
    others = ["import torch"] if "torch" in used else []
    others += ["from torch import Tensor, nn"]
    others += ["from torch.nn import functional as F"] if "F" in used else []
    return "\n".join([*standard, *([""] if standard else []), *others])


def _docstring(
    graph: Graph, calls: dict[str, Call], params: int, specs: dict[str, TensorSpec], forward: Forward
) -> list[str]:
    layers = f"{len(calls):,} layer{'' if len(calls) == 1 else 's'}"
    lines = [f'"""{layers}, {params:,} parameter{"" if params == 1 else "s"}.', "", "Shapes:"]
    lines += [f"    {forward.names[n.id]}: {shape_text(specs[n.id])}" for n in graph if n.type == "Input"]
    answers = ", ".join(shape_text(specs[answer]) for answer in forward.answers)
    lines += [f"    returns: {answers}", '"""']
    return [f"    {line}" if line else "" for line in lines]


def _constructor(graph: Graph, calls: dict[str, Call], forward: Forward) -> list[str]:
    lines = ["    def __init__(self) -> None:", "        super().__init__()"]
    shown: Node | None = None
    for node in graph:
        call = calls.get(node.id)
        if call is None:
            continue
        lines += forward.marks.between(shown, node)
        shown = node
        args = [literal(a) for a in call.args] + [f"{k}={literal(v)}" for k, v in call.kwargs]
        made = call_lines(" " * 8, f"self.{node.id} = {call.name}", args)
        if node.id not in forward.alive:
            made[-1] += "  # nothing reads it"
        lines += made
    return lines
