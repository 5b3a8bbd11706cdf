"""Compiling a function of tensors by inductor, torch's compiler, without its front end.

torch.compile reads a function's Python code and guards each call of what it found; here the function is run
once on tensors without numbers and its operations written down, which leaves nothing to guard: 90 µs less
for each call. It holds only for arguments of the same shapes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor

LARGEST = 6_000
"""Operations above which compiling takes longer than it is likely to save: minutes, on two cores."""

Compiled = Callable[..., Sequence[Any]]


class TooLargeError(Exception):
    """A function has more than `LARGEST` operations."""


def compiled(function: Callable[..., Any], example: Sequence[Tensor]) -> Compiled:
    """Return a function that does the same for tensors like these, which it is not run on.

    Numbers may differ in their last bits. It is compiled in this process and this thread, for as many
    threads as torch uses now. Raises whatever torch does where it can't be compiled; see `reason`.
    """
    from torch._inductor import compile as compile_graph
    from torch.fx.experimental.proxy_tensor import make_fx

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # a compiler's advice to programmers
        graph = make_fx(function, tracing_mode="fake", _allow_non_fake_inputs=True)(*example)
        if len(graph.graph.nodes) > LARGEST:
            raise TooLargeError
        # One thread: no worker processes are started, which would outlive a closed window.
        made = compile_graph(graph, list(example), options={"compile_threads": 1})
    return cast(Compiled, made)


def reason(error: BaseException) -> str:
    """Return in a person's words why something couldn't be compiled."""
    names: set[str] = set()
    cause: BaseException | None = error
    while cause is not None and len(names) < 20:
        names.add(type(cause).__name__)
        cause = getattr(cause, "inner_exception", None) or cause.__cause__ or cause.__context__
    return next((words for name, words in _REASONS.items() if name in names), _OTHERWISE)


_REASONS = {
    "InvalidCxxCompiler": "there is no C++ compiler",
    "CppCompileError": "the C++ compiler failed",
    "TritonMissing": "Triton isn't installed",
    "GPUTooOldForTriton": "Triton doesn't know this GPU",
    "TooLargeError": "the stack is too large to compile",
    "ModuleNotFoundError": "this program was packaged without the compiler",
}
"""What may be missing, by the names of torch's exceptions: where the compiler is, they may not be either."""
_OTHERWISE = "the compiler can't take this stack"
