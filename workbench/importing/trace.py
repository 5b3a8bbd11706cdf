"""A torch module's forward as a graph of calls, with the values that pass through it.

torch.fx (Reed et al. 2022) keeps the modules; where control flow defeats it, torch.export gives functions.
"""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.utils import parametrize

from workbench.importing.modules import is_layer

LINE = "workbench_line"
"""Key of a node's meta that holds the line of the user's file that it came from."""
OWNERS = "workbench_owners"
"""Key of a node's meta that holds a pair of name and class for every module around it."""


class TraceError(Exception):
    """Neither way of tracing worked; the message is the second's, the line that of the user's file."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


class _Tracer(fx.Tracer):
    """Keeps modules that layers stand for whole, and notes the user's line at each call."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Whether a module is kept whole."""
        if is_layer(m):
            return True
        inside = m.__module__.startswith(("torch.nn", "torch.ao.nn"))
        return inside and not isinstance(m, nn.Sequential | nn.ModuleList | nn.ModuleDict)

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        """Note the line, and the modules around."""
        node = super().create_node(*args, **kwargs)
        node.meta[LINE] = line_in(self._file, sys._getframe())
        stack = self.module_stack.values()
        node.meta[OWNERS] = [(str(name), getattr(kind, "__name__", "")) for name, kind in stack]
        return node


def prepared(model: nn.Module) -> nn.Module:
    """Return a copy for tracing: in eval mode, on the CPU, float32, and with plain weights.

    A torch.nn.TransformerEncoder or decoder becomes the plain sequence of its layers that it is.
    """
    copied = copy.deepcopy(model).eval().cpu().float()
    if is_layer(copied):
        whole = nn.Sequential()
        whole.add_module("layer", copied)
        return whole
    for part in copied.modules():
        if parametrize.is_parametrized(part):
            for name in list(part.parametrizations):  # type: ignore[arg-type]
                parametrize.remove_parametrizations(part, name)
    for name, part in list(copied.named_modules()):
        if type(part) is nn.TransformerEncoder:
            parts = dict(part.layers.named_children())
            if part.norm is not None:
                parts["norm"] = part.norm
            plain = nn.Sequential()
            for key, child in parts.items():
                plain.add_module(key, child)
            if not name:
                return plain
            copied.set_submodule(name, plain)
    return copied


def traced(model: nn.Module, examples: Sequence[Tensor], file: str) -> tuple[nn.Module, fx.Graph]:
    """Return a module to run and its graph. Raises `TraceError`.

    ``model`` as `prepared`; ``examples`` are inputs, batch first; ``file`` is the user's.
    """
    try:
        names = list(_defaults(model))[len(examples) :]
        defaults = {name: value for name, value in _defaults(model).items() if name in names}
        tracer = _Tracer(file)
        graph = tracer.trace(model, concrete_args=defaults or None)
        return tracer.root, graph
    except Exception as error:  # whatever the user's forward raises on values that aren't numbers
        first = error
    batch = torch.export.Dim("batch")
    shapes = tuple({0: batch} for _ in examples)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.export(model, tuple(examples), dynamic_shapes=(*shapes,), strict=False)
    except Exception as error:
        raise TraceError(_said(first), _line_of(first, file)) from error
    module = program.module(check_guards=False)
    assert isinstance(module, fx.GraphModule)
    for node in module.graph.nodes:
        node.meta[LINE] = _line_in_text(node.stack_trace or "", file)
        stack = list((node.meta.get("nn_module_stack") or {}).values())
        node.meta[OWNERS] = [(str(path), str(kind).rpartition(".")[2]) for path, kind in stack if path]
    return module, module.graph


class Recorder(fx.Interpreter):
    """Runs a graph and keeps what every node gave. Dropout that never ends is left out."""

    def __init__(self, module: nn.Module, graph: fx.Graph) -> None:
        super().__init__(module, garbage_collect_values=False, graph=graph)
        self.values: dict[fx.Node, Any] = {}
        self.always_dropping = False

    def run_node(self, n: fx.Node) -> Any:
        """Run it and keep its value."""
        found = super().run_node(n)
        self.values[n] = _kept(found)
        return found

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        """Run a function; dropout does nothing."""
        if "dropout" in getattr(target, "__name__", ""):
            self.always_dropping |= bool(kwargs.get("training"))
            return args[0]
        return super().call_function(target, args, kwargs)


def _kept(value: Any) -> Any:
    """A copy, because what works in place would change it later."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, tuple | list):
        return tuple(_kept(item) for item in value)
    return value


def line_in(file: str, frame: Any) -> int | None:
    """The line of the innermost frame that is in a file."""
    while frame is not None:
        if frame.f_code.co_filename == file:
            return int(frame.f_lineno)
        frame = frame.f_back
    return None


def _line_of(error: BaseException, file: str) -> int | None:
    found = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _line_in_text(text: str, file: str) -> int | None:
    found = None
    for line in text.splitlines():
        head, _, rest = line.partition(", line ")
        if head.strip() == f'File "{file}"':
            found = int(rest.partition(",")[0])
    return found


def _said(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")


def _defaults(model: nn.Module) -> dict[str, Any]:
    """Forward's parameters, with their defaults."""
    import inspect

    parameters = inspect.signature(model.forward).parameters.values()
    return {
        p.name: None if p.default is p.empty else p.default
        for p in parameters
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }


def short(file: str) -> str:
    """A file's name without its folder."""
    return Path(file).name
