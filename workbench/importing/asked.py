"""A call as it was traced, and the layers that it may be."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import functional

from workbench.importing.rows import Proposal, Value, Weights


@dataclass(frozen=True)
class Asked:
    """A call as traced. Data are `Value`; everything else is what it was while tracing."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    expected: Tensor
    names: Sequence[str] = ()
    """The parameters' names, in order, as far as they are known."""

    @property
    def data(self) -> tuple[Value, ...]:
        """The data among the arguments, lists opened."""
        found: list[Value] = []
        for item in (*self.args, *self.kwargs.values()):
            found += [
                part
                for part in (item if isinstance(item, list | tuple) else (item,))
                if isinstance(part, Value)
            ]
        return tuple(found)

    def get(self, place: int, name: str, default: Any = None) -> Any:
        """An argument by place or name."""
        if len(self.args) > place:
            return self.args[place]
        return self.kwargs.get(name, default)

    @property
    def rank(self) -> int:
        """Dimensions of the first data argument, with the batch."""
        return self.data[0].example.dim()

    @property
    def named(self) -> dict[str, Any]:
        """All arguments by name, as far as names are known."""
        return dict(zip(self.names, self.args, strict=False)) | dict(self.kwargs)


@dataclass(frozen=True)
class Answer:
    """What a call may be. ``reads`` are the data that the layer reads."""

    proposals: Iterable[Proposal]
    reads: tuple[Value, ...]
    weights: Weights
    tried: bool = True


def parameters_of(target: Any, name: str) -> tuple[str, ...]:
    """Return the names of a function's parameters, in order, as far as they can be known."""
    schema = getattr(target, "_schema", None)
    if schema is not None:
        return tuple(argument.name for argument in schema.arguments)
    for found in (
        target if callable(target) else None,
        getattr(functional, f"_{name}", None),
        getattr(functional, name, None),
    ):
        try:
            names = tuple(inspect.signature(found).parameters) if found is not None else ()
        except (ValueError, TypeError):
            continue
        if names and names[0] not in ("args", "self"):
            return names
    return ()
