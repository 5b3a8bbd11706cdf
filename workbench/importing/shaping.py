"""Calls that shape, cut, join, reduce and bound: what their arguments say of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workbench.importing import proposals as propose
from workbench.importing.asked import Asked
from workbench.importing.rows import Proposal

_SAME = frozenset({
    "contiguous", "clone", "detach", "to", "float", "type_as", "alias", "lift_fresh_copy", "cpu", "cuda",
    "requires_grad_", "_to_copy", "long", "int", "double", "identity", "positive",
})  # fmt: skip
"""Functions that give what they get."""


def _dims(value: Any, rank: int) -> tuple[int, ...]:
    if value is None:
        return tuple(range(rank))
    return tuple(value) if isinstance(value, list | tuple) else (int(value),)


def _flat(args: Sequence[Any]) -> tuple[Any, ...]:
    """Arguments given one by one or as one sequence."""
    return tuple(args[0]) if len(args) == 1 and isinstance(args[0], list | tuple) else tuple(args)


def _reshaped(asked: Asked) -> Iterator[Proposal]:
    return propose.reshape(asked.data[0].example.shape[1:], asked.expected.shape[1:])


def _permuted(asked: Asked) -> Iterator[Proposal]:
    dims = _flat(asked.args[1:]) or asked.kwargs.get("dims") or ()
    return propose.permute([int(d) for d in dims])


def _transposed(asked: Asked) -> Iterator[Proposal]:
    dims = list(range(asked.rank))
    a = int(asked.get(1, "dim0", asked.kwargs.get("axis0", -1)))
    b = int(asked.get(2, "dim1", asked.kwargs.get("axis1", -2)))
    dims[a], dims[b] = dims[b], dims[a]
    return propose.permute(dims)


def _reduced(kind: str) -> Callable[[Asked], Iterator[Proposal]]:
    def found(asked: Asked) -> Iterator[Proposal]:
        keep = bool(asked.get(2, "keepdim", False))
        return propose.reduce(kind, _dims(asked.get(1, "dim"), asked.rank), keep, asked.rank)

    return found


def _indexed(asked: Asked) -> Iterator[Proposal]:
    """``x[:, 3]``, ``x[:, :, 2:9]``, ``x[:, None]``: one index or slice beside plain colons."""
    index = asked.args[1]
    parts = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        count = asked.rank - len([part for part in parts if part is not None]) + 1
        parts[place : place + 1] = [slice(None)] * count
    cut = [(dim, part) for dim, part in enumerate(parts) if part != slice(None)]
    if not cut:
        yield from propose.identity()
    if len(cut) != 1:
        return
    dim, part = cut[0]
    size = asked.data[0].example.shape[dim] if dim < asked.rank else 0
    if part is None:
        yield from _reshaped(asked)
    elif isinstance(part, int):
        yield from propose.select(dim, part, size)
    elif isinstance(part, slice):
        yield from propose.cut(dim, *part.indices(size), size)


def _selected(asked: Asked) -> Iterator[Proposal]:
    dim = int(asked.get(1, "dim")) % asked.rank
    yield from propose.select(dim, int(asked.get(2, "index")), asked.data[0].example.shape[dim])


def _narrowed(asked: Asked) -> Iterator[Proposal]:
    dim = int(asked.get(1, "dim", 0)) % asked.rank
    size = asked.data[0].example.shape[dim]
    if asked.name == "narrow":
        start, stop, step = int(asked.get(2, "start")), 0, 1
        stop = start + int(asked.get(3, "length"))
    else:
        start, stop, step = slice(
            asked.get(2, "start"), asked.get(3, "end"), asked.get(4, "step", 1)
        ).indices(size)
    yield from propose.cut(dim, start, min(stop, size), step, size)


def _joined(asked: Asked) -> Iterator[Proposal]:
    dim = asked.get(1, "dim", asked.kwargs.get("axis", 0))
    rank = asked.rank
    yield from propose.merge("cat", dim=int(dim))
    yield from propose.merge("cat", dim=int(dim) % rank)


def _stacked(asked: Asked) -> Iterator[Proposal]:
    yield from propose.merge("stack", dim=int(asked.get(1, "dim", 0)))


def _clamped(asked: Asked) -> Iterator[Proposal]:
    low, high = asked.get(1, "min"), asked.get(2, "max")
    if asked.name == "clamp_min":
        high = None
    if asked.name == "clamp_max":
        low, high = None, asked.get(1, "max")
    yield from propose.clamp(low, high)


def _padded(asked: Asked) -> Iterator[Proposal]:
    value = asked.get(3, "value", 0.0)
    yield from propose.pad(asked.get(1, "pad"), asked.get(2, "mode", "constant"), float(value or 0.0))


def _resized(asked: Asked) -> Iterator[Proposal]:
    named = asked.named
    mode = named.get("mode") or {"nearest2d": "nearest", "bilinear2d": "bilinear"}.get(
        asked.name.removeprefix("upsample_"), asked.name.removeprefix("upsample_").rstrip("123d")
    )
    before, after = asked.data[0].example.shape[2:], asked.expected.shape[2:]
    factors = tuple(b / a for a, b in zip(before, after, strict=True))
    yield from propose.resize(mode, before, after, factors, bool(named.get("align_corners")))


def _softmaxed(asked: Asked) -> Iterator[Proposal]:
    dim = asked.get(1, "dim", -1)
    dim = -1 if dim is None else int(dim)
    kind = "LogSoftmax" if "log" in asked.name else "Softmin" if "softmin" in asked.name else "Softmax"
    yield Proposal(kind)
    for written in (dim, dim % asked.rank, dim % asked.rank - asked.rank):
        yield Proposal(kind, {"dim": written})


def _same(asked: Asked) -> Iterator[Proposal]:
    if asked.data[0].example.dtype == asked.expected.dtype:
        yield from propose.identity()
    yield Proposal("Cast", {"dtype": str(asked.expected.dtype).removeprefix("torch.")})


def _argmax(asked: Asked) -> Iterator[Proposal]:
    dim = asked.get(1, "dim")
    if dim is not None:
        yield Proposal("ArgMax", {"dim": int(dim), "keepdim": bool(asked.get(2, "keepdim", False))})


SPECIAL: Mapping[str, Callable[[Asked], Iterator[Proposal]]] = {
    **dict.fromkeys(
        (
            "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "_unsafe_view", "view_as",
            "reshape_as",
        ),
        _reshaped,
    ),
    "permute": _permuted,
    **dict.fromkeys(("transpose", "swapaxes", "swapdims", "t", "mT"), _transposed),
    "mean": _reduced("mean"),
    "sum": _reduced("sum"),
    "amax": _reduced("max"),
    "amin": _reduced("min"),
    "max_values": _reduced("max"),
    "min_values": _reduced("min"),
    "argmax": _argmax,
    "getitem": _indexed,
    "select": _selected,
    "slice": _narrowed,
    "narrow": _narrowed,
    **dict.fromkeys(("cat", "concat", "concatenate"), _joined),
    "stack": _stacked,
    **dict.fromkeys(("clamp", "clip", "clamp_min", "clamp_max"), _clamped),
    "pad": _padded,
    **dict.fromkeys(
        (
            "interpolate", "upsample", "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d",
            "upsample_bilinear2d", "upsample_bicubic2d",
        ),
        _resized,
    ),
    **dict.fromkeys(("softmax", "log_softmax", "softmin", "_softmax", "_log_softmax"), _softmaxed),
    **dict.fromkeys(_SAME, _same),
}  # fmt: skip
