"""Parts of answers that are several tensors: a recurrent layer's states, attention's weights, pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import getitem as _getitem
from typing import Any

import torch
from torch import Tensor, fx, nn

from workbench.importing import proposals as propose
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value

LAST = "last"
"""Step of a path: the last time step of a sequence, or the last layer's final state."""


@dataclass(frozen=True)
class Parts:
    """A part of a call's answer: ``path`` holds the indices that lead to it, () for the whole."""

    node: fx.Node
    kind: str
    path: tuple[Any, ...]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def reads(self) -> tuple[Value, ...]:
        """The data that went in."""
        return tuple(item for item in self.args if isinstance(item, Value))


@dataclass(frozen=True)
class Took:
    """What a layer must give: ``expected``, by ``params`` beside those of the module.

    ``step`` where a sequence's last step is taken by another layer.
    """

    params: dict[str, Any]
    expected: Tensor
    alone: bool = False
    step: bool = False


def taken(parts: Parts, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Parts | None:
    """Return the part that a call takes of another part, or None where the call is one of its own."""
    if name == "getitem":
        index = args[1]
        if not _is_tensor(parts):
            return replace(parts, path=(*parts.path, index))
        if _is_sequence(parts) and _last_step(index):
            return replace(parts, path=(*parts.path, LAST))
        if _is_state(parts) and isinstance(index, int):
            return replace(parts, path=(*parts.path, index))
    if name == "squeeze" and _is_state(parts) and (args[1:] or tuple(kwargs.values())) == (0,):
        return replace(parts, path=(*parts.path, -1))
    return None


def joined(parts: list[Parts]) -> Parts | None:
    """Return the final states of both directions, side by side, or None where these aren't they."""
    first = parts[0]
    if len(parts) != 2 or any(
        p.node is not first.node or not _is_state(replace(p, path=p.path[:-1])) for p in parts
    ):
        return None
    if [part.path[-1] for part in parts] == [-2, -1] or [part.path[-1] for part in parts] == [0, 1]:
        return replace(first, path=(*first.path[:-1], LAST))
    return None


def took(parts: Parts, module: nn.Module, value: Any) -> Took:
    """Return how a layer gives a part of a module's answer ``value``. Raises `UnmappedError`."""
    kind = type(module).__name__
    if isinstance(module, nn.RNNBase):
        _refuse_states(parts, module)
        both = 2 if module.bidirectional else 1
        if parts.path == (0,):
            return Took({"returns": "sequence"}, value[0])
        if parts.path == (0, LAST):
            if both == 2 or _users(parts.node, 0) > _users(parts.node, 0, last=True):
                return Took({"returns": "sequence"}, value[0], step=True)
            return Took({"returns": "last"}, value[0][:, -1])
        final = value[1][0] if isinstance(value[1], tuple) else value[1]
        place = parts.path[-1]
        plain = place in (-1, len(final) - 1) and both == 1
        if plain and _is_state(replace(parts, path=parts.path[:-1])):
            if _users(parts.node, 0) > _users(parts.node, 0, last=True):
                return Took({"returns": "sequence"}, value[0], step=True)
            return Took({"returns": "last"}, final[-1])
        if place == LAST and both == 2:
            return Took({"returns": "last"}, torch.cat((final[-2], final[-1]), 1))
        raise UnmappedError(kind, "a state other than the last layer's final one is used")
    if isinstance(module, nn.MultiheadAttention):
        if not module.batch_first:
            raise UnmappedError(kind, "it reads time first; make it with batch_first=True")
        if parts.path != (0,):
            raise UnmappedError(kind, "its attention weights are used")
        extra = [
            name
            for name in parts.kwargs
            if name in ("key_padding_mask", "attn_mask") and parts.kwargs[name] is not None
        ]
        if extra:
            raise UnmappedError(kind, f"{extra[0]} has no counterpart here")
        same = len({item.row for item in parts.reads}) == 1
        return Took({}, value[0], alone=same)
    raise UnmappedError(kind, "it answers with several tensors")


def piece(parts: Parts, pieces: Any) -> Iterator[Proposal]:
    """Return the layers that give one piece of ``chunk``, ``split`` or ``unbind``."""
    value = parts.reads[0]
    place = int(parts.path[0]) % len(pieces)
    args = parts.args
    if parts.kind == "unbind":
        dim = int(args[1] if len(args) > 1 else parts.kwargs.get("dim", 0)) % value.example.dim()
        yield from propose.select(dim, place, len(pieces))
        return
    if parts.kind not in ("chunk", "split", "split_with_sizes", "tensor_split"):
        return
    dim = int(args[2] if len(args) > 2 else parts.kwargs.get("dim", 0)) % value.example.dim()
    sides = [int(item.shape[dim]) for item in pieces]
    start = sum(sides[:place])
    yield from propose.cut(dim, start, start + sides[place], 1, sum(sides))


def _refuse_states(parts: Parts, module: nn.RNNBase) -> None:
    kind = type(module).__name__
    if not module.batch_first:
        raise UnmappedError(kind, "it reads time first; make it with batch_first=True")
    if getattr(module, "proj_size", 0):
        raise UnmappedError(kind, "proj_size has no counterpart here")
    for state in parts.kwargs.get("state", ()):
        for tensor in state if isinstance(state, tuple | list) else [state]:
            if isinstance(tensor, Tensor) and bool(tensor.any()):
                raise UnmappedError(kind, "it starts from a state that isn't zero")


def _is_tensor(parts: Parts) -> bool:
    return _is_sequence(parts) or _is_state(parts)


def _is_sequence(parts: Parts) -> bool:
    return parts.kind in _RECURRENT and parts.path == (0,)


def _is_state(parts: Parts) -> bool:
    return parts.kind in _RECURRENT and parts.path == ((1, 0) if parts.kind == "LSTM" else (1,))


_RECURRENT = frozenset({"LSTM", "GRU", "RNN"})


def _last_step(index: Any) -> bool:
    if not isinstance(index, tuple) or len(index) < 2:
        return False
    return index[0] == slice(None) and index[1] == -1 and all(part == slice(None) for part in index[2:])


def _users(node: fx.Node, place: int, last: bool = False) -> int:
    """How many calls read a part of a call's answer; with ``last``, those that read its last step alone."""
    found = 0
    for part in node.users:
        if part.target is _getitem and part.args[1] == place:
            found += sum(
                1 for user in part.users if not last or (user.target is _getitem and _last_step(user.args[1]))
            )
    return found
