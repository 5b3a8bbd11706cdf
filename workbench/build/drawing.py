"""Random numbers from a generator of one's own, where torch's modules draw from the global one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Drawing(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it this thread's draws on the CPU are those after ``torch.manual_seed(seed)``.

    The global generator is left alone, in use or not: a training in another thread, which draws from it
    meanwhile, stays the same, whereas forking would put its place in it back. Holds for draws into a tensor
    that is there, as initialisations are.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run an operator, with the generator where it takes one and got none."""
        given = dict(kwargs or {})
        named = any(argument.name == "generator" for argument in func._schema.arguments)  # type: ignore[attr-defined]
        if named and given.get("generator") is None and args and args[0].device == self._generator.device:
            given["generator"] = self._generator
        return func(*args, **given)
