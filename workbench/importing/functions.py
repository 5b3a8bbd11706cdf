"""From a call of a function or of a tensor's method to the layers that it may be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from workbench.importing import proposals as propose
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value, Weights
from workbench.layers import CATALOGUE

_WEIGHTS = ("weight", "bias", "running_mean", "running_var")

SAME = frozenset({
    "contiguous", "clone", "detach", "to", "float", "type_as", "alias", "lift_fresh_copy", "cpu", "cuda", "requires_grad_",
    "_to_copy", "identity", "dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout", "positive",
})  # fmt: skip
"""Functions that give what they get, as far as an answer shows; dropout's layer is made all the same."""


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
            found += [part for part in (item if isinstance(item, list | tuple) else (item,)) if isinstance(part, Value)]
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


def answer(asked: Asked) -> Answer:
    """Return the layers that a call may be. Raises `UnmappedError` where nothing is known of it."""
    name = asked.name
    if name in ("cat", "concat", "concatenate") and isinstance(asked.get(0, "tensors"), list | tuple):
        parts = asked.get(0, "tensors")
        if len(parts) == 2 and isinstance(parts[0], Tensor) and isinstance(parts[1], Value):
            return class_token(parts[1], parts[0])
    special = _SPECIAL.get(name)
    if special is not None:
        return Answer(special(asked), asked.data, {})
    if name in _BINARY:
        return _arithmetic(asked)
    return _functional(asked)


def _arithmetic(asked: Asked) -> Answer:
    """Two operands: data and data, data and a number, or data and a constant tensor."""
    name = _BINARY[asked.name]
    left, right = asked.get(0, "input"), asked.get(1, "other")
    if asked.kwargs.get("alpha", 1) != 1 or asked.kwargs.get("rounding_mode"):
        raise UnmappedError(asked.name, "with alpha or rounding_mode")
    if isinstance(left, Value) and isinstance(right, Value):
        if name == "rsub":
            left, right, name = right, left, "sub"
        return Answer(propose.merge(name), (left, right), {})
    swapped = isinstance(right, Value)
    value, constant = (right, left) if swapped else (left, right)
    assert isinstance(value, Value)
    if swapped and name in ("sub", "div", "pow"):
        name = {"sub": "rsub", "div": "rdiv", "pow": "rpow"}[name]
    if isinstance(constant, Tensor) and constant.numel() > 1:
        found = learned(name, value, constant)
        return Answer([proposal for proposal, _ in found], (value,), found[0][1] if found else {})
    if isinstance(constant, Tensor):
        constant = constant.item()
    if not isinstance(constant, int | float):
        raise UnmappedError(asked.name, f"with {type(constant).__name__}")
    return Answer(propose.scalar(name, float(constant)), (value,), {})


def class_token(value: Value, constant: Tensor) -> Answer:
    """A learned step put before the others; ``constant`` holds it for each sample, shape (batch, 1, features)."""
    same = constant.dim() == 3 and constant.shape[1] == 1 and bool((constant == constant[:1]).all())
    if not same:
        raise UnmappedError("cat", "with a tensor of the model's own, which no layer holds")
    return Answer([Proposal("ClassToken")], (value,), {"weight": constant[0].detach().float()})


def learned(operation: str, value: Value, constant: Tensor) -> list[tuple[Proposal, Weights]]:
    """Layers with weights that add or multiply a tensor: learned positions, a factor a channel."""
    shape = tuple(value.example.shape[1:])
    constant = constant.detach().float()
    if constant.dim() == value.example.dim() and constant.shape[0] == 1:
        constant = constant[0]
    if operation == "add" and len(shape) == 2 and tuple(constant.shape) == shape:
        return [(Proposal("LearnedPositions", {"max_length": shape[0]}), {"weight": constant})]
    if operation == "mul":
        sides = [size for size in constant.shape if size > 1]
        if len(sides) == 1:
            place = len(shape) - constant.dim() + [n for n, s in enumerate(constant.shape) if s > 1][0]
            kept = (shape[place], *(1,) * (len(shape) - 1)) if place == 0 and len(shape) != 2 else (shape[place],)
            if len(shape) == 2 and place == 0:
                kept = (shape[0], 1)
            return [(Proposal("LayerScale"), {"weight": constant.reshape(kept)})]
    raise UnmappedError(operation, "with a tensor of the model's own, which no layer holds")


def _functional(asked: Asked) -> Answer:
    """A function of the same name as a layer; its arguments are the layer's params."""
    named = asked.named
    reads = asked.data
    kind = propose.called(asked.name)
    if asked.name in ("batch_norm", "instance_norm"):
        stem = "BatchNorm" if asked.name == "batch_norm" else "InstanceNorm"
        kind = f"{stem}{max(1, asked.rank - 2)}d"
    found = {name: named[name] for name in _WEIGHTS if isinstance(named.get(name), Tensor)}
    weights = {name: tensor.detach().float() for name, tensor in found.items()}
    if kind is None or kind not in CATALOGUE:
        return Answer(propose.unary(asked.name), reads, weights)
    params = {name: value for name, value in named.items() if not isinstance(value, Tensor | Value)}
    params = {name: tuple(v) if isinstance(v, list) else v for name, v in params.items() if name not in weights}
    params |= from_weights(kind, weights, int(params.get("groups", 1) or 1))
    tried = "dropout" not in asked.name
    written = {name: propose.sizes(value) for name, value in params.items()}
    return Answer([Proposal(kind, written), Proposal(kind, params)], reads, weights, tried)


def from_weights(kind: str, weights: Weights, groups: int = 1) -> dict[str, Any]:
    """Return the params that the shapes of weights tell."""
    fields = CATALOGUE[kind].model_fields
    weight = weights.get("weight")
    params: dict[str, Any] = {}
    for name in ("affine", "elementwise_affine"):
        if name in fields:
            params[name] = weight is not None
    if "bias" in fields:
        params["bias"] = "bias" in weights
    if "track_running_stats" in fields:
        params["track_running_stats"] = "running_mean" in weights
    if weight is None:
        return params
    transposed = "Transpose" in kind
    params["out_channels"] = weight.shape[1] * groups if transposed and weight.dim() > 1 else weight.shape[0]
    params["out_features"] = weight.shape[0]
    params["kernel_size"] = propose.sizes(tuple(weight.shape[2:]))
    params["num_parameters"] = weight.numel()
    if weight.dim() == 2:
        params["num_embeddings"], params["embedding_dim"] = weight.shape
    return params


def parameters_of(target: Any, name: str) -> tuple[str, ...]:
    """Return the names of a function's parameters, in order, as far as they can be known."""
    schema = getattr(target, "_schema", None)
    if schema is not None:
        return tuple(argument.name for argument in schema.arguments)
    for found in (target if callable(target) else None, getattr(F, f"_{name}", None), getattr(F, name, None)):
        try:
            names = tuple(inspect.signature(found).parameters) if found is not None else ()
        except (ValueError, TypeError):
            continue
        if names and names[0] not in ("args", "self"):
            return names
    return ()


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
    yield from propose.identity()


_BINARY = {
    "add": "add", "iadd": "add", "radd": "add", "sub": "sub", "isub": "sub", "subtract": "sub", "rsub": "rsub",
    "mul": "mul", "imul": "mul", "multiply": "mul", "div": "div", "truediv": "div", "true_divide": "div",
    "divide": "div", "itruediv": "div", "matmul": "matmul", "bmm": "matmul", "mm": "matmul", "pow": "pow", "maximum": "maximum",
    "minimum": "minimum",
}  # fmt: skip

_SPECIAL: Mapping[str, Callable[[Asked], Iterator[Proposal]]] = {
    **dict.fromkeys(
        ("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "_unsafe_view", "view_as", "reshape_as"),
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
    "argmax": _reduced("arg_max"),
    "getitem": _indexed,
    "select": _selected,
    "slice": _narrowed,
    "narrow": _narrowed,
    **dict.fromkeys(("cat", "concat", "concatenate"), _joined),
    "stack": _stacked,
    **dict.fromkeys(("clamp", "clip", "clamp_min", "clamp_max"), _clamped),
    "pad": _padded,
    **dict.fromkeys(
        ("interpolate", "upsample", "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_bilinear2d", "upsample_bicubic2d"),
        _resized,
    ),
    **dict.fromkeys(("softmax", "log_softmax", "softmin", "_softmax", "_log_softmax"), _softmaxed),
    **dict.fromkeys(SAME - {"dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"}, _same),
}  # fmt: skip
