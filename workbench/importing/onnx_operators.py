"""From one ONNX operator to the layers that it may be (onnx.ai/onnx/operators)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workbench.importing import proposals as propose
from workbench.importing.functions import Answer, class_token, from_weights, learned
from workbench.importing.onnx_graph import Array, Cluster, Constant
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value, Weights

Given = Value | Array | None


class One:
    """A cluster of one node."""

    def __init__(self, cluster: Cluster) -> None:
        self.op = cluster.ops[0]
        self.args = cluster.arguments[0]
        self.reads = cluster.reads
        self.expected = cluster.expected

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute of the node."""
        return self.op.attributes.get(name, default)

    def array(self, place: int, name: str = "") -> Array | None:
        """A constant input, or in older operator sets the attribute ``name``."""
        found = self.args[place] if len(self.args) > place else None
        if isinstance(found, Value):
            raise UnmappedError(self.op.type, f"its input {place + 1} depends on the data")
        if found is None and name and name in self.op.attributes:
            return np.asarray(self.op.attributes[name])
        return found

    def numbers(self, place: int, name: str = "") -> tuple[int, ...] | None:
        """As `array`, as whole numbers."""
        found = self.array(place, name)
        return None if found is None else tuple(int(n) for n in np.atleast_1d(found))

    @property
    def data(self) -> Value:
        """The first input, which must be data."""
        if not self.args or not isinstance(self.args[0], Value):
            raise UnmappedError(self.op.type, "its first input is no data")
        return self.args[0]

    @property
    def rank(self) -> int:
        """Dimensions of the first data input, with the batch."""
        return self.reads[0].example.dim()


def operator(cluster: Cluster) -> Answer:
    """Return the layers that one node may be. Raises `UnmappedError`."""
    one = One(cluster)
    kind = one.op.type
    if one.op.domain not in ("", "ai.onnx", "ai.onnx.ml", "com.microsoft"):
        raise UnmappedError(kind, f"it is of {one.op.domain}")
    if kind in _WEIGHTED:
        return _WEIGHTED[kind](one)
    if kind in _PLAIN:
        return Answer(_PLAIN[kind](one), one.reads, {})
    if kind in _SIMPLE:
        name, params = _SIMPLE[kind]
        given = {
            ours: rounded(v) if isinstance(v := one.attribute(theirs, default), float) else v
            for ours, theirs, default in params
        }
        return Answer([Proposal(name, given)], one.reads, {})
    raise UnmappedError(kind)


def tensor(array: Array | None) -> Tensor | None:
    """An array as weights."""
    return None if array is None else torch.from_numpy(np.array(array, dtype=np.float32))


def weights(**arrays: Array | Tensor | None) -> dict[str, Tensor]:
    """Weights by name; None is left out."""
    found = {k: v if isinstance(v, Tensor) else tensor(v) for k, v in arrays.items() if v is not None}
    return {name: item for name, item in found.items() if item is not None}


def _window(one: One, kernel: Sequence[int]) -> dict[str, Any] | None:
    """Stride, padding and dilation; None where the two sides are padded unlike."""
    sides = len(kernel)
    stride = tuple(one.attribute("strides") or (1,) * sides)
    dilation = tuple(one.attribute("dilations") or (1,) * sides)
    pads = tuple(one.attribute("pads") or (0,) * 2 * sides)
    auto = one.attribute("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        total = []
        for size, k, s, d in zip(one.data.example.shape[2:], kernel, stride, dilation, strict=True):
            total.append(max(0, (-(-size // s) - 1) * s + d * (k - 1) + 1 - size))
        low = tuple(t // 2 if auto == "SAME_UPPER" else t - t // 2 for t in total)
        pads = (*low, *(t - p for t, p in zip(total, low, strict=True)))
    same = all(p + q == d * (k - 1) for p, q, d, k in zip(pads[:sides], pads[sides:], dilation, kernel, strict=True))
    found = {"kernel_size": tuple(kernel), "stride": stride, "dilation": dilation, "padding": pads[:sides]}
    written = {name: propose.sizes(value) for name, value in found.items()}
    if same and set(stride) == {1} and set(kernel) != {1} and one.op.type == "Conv":
        written["padding"] = "same"
    elif pads[:sides] != pads[sides:]:
        return None
    return written


def _convolution(one: One) -> Answer:
    weight, bias = tensor(one.array(1)), tensor(one.array(2))
    assert weight is not None
    group = int(one.attribute("group", 1))
    window = _window(one, tuple(weight.shape[2:]))
    if window is None:
        raise UnmappedError(one.op.type, "it pads the two sides of the image unlike")
    transposed = one.op.type == "ConvTranspose"
    kind = f"Conv{'Transpose' if transposed else ''}{weight.dim() - 2}d"
    held = weights(weight=weight, bias=bias)
    params = from_weights(kind, held, group) | window | {"groups": group}
    if transposed:
        params["output_padding"] = propose.sizes(tuple(one.attribute("output_padding") or (0,)))
    plain = [Proposal(kind, params)]
    return Answer(plain, (one.data,), held)


def _gemm(one: One) -> Answer:
    if isinstance(one.args[1], Value) or not isinstance(one.args[0], Value):
        return Answer(propose.merge("matmul"), one.reads, {})
    weight = tensor(one.array(1))
    assert weight is not None
    bias = tensor(one.array(2)) if one.op.type == "Gemm" else None
    if one.op.type == "Gemm":
        if one.attribute("transA", 0):
            raise UnmappedError("Gemm", "it turns its input over")
        weight = weight if one.attribute("transB", 0) else weight.T
        weight = weight * one.attribute("alpha", 1.0)
        bias = None if bias is None else bias * one.attribute("beta", 1.0)
    else:
        if weight.dim() != 2:
            raise UnmappedError("MatMul", "with a constant that isn't a matrix")
        weight = weight.T
    return linear(one.data, weight, bias)


def linear(value: Value, weight: Tensor, bias: Tensor | None) -> Answer:
    """A Linear layer; ``weight`` has shape (out, in)."""
    if bias is not None:
        bias = bias.reshape(-1).expand(weight.shape[0])
    held = weights(weight=weight.contiguous(), bias=None if bias is None else bias.contiguous())
    params = {"out_features": weight.shape[0], "bias": bias is not None}
    return Answer([Proposal("Linear", params)], (value,), held)


def _batch_norm(one: One) -> Answer:
    held = weights(
        weight=one.array(1), bias=one.array(2), running_mean=one.array(3), running_var=one.array(4)
    )
    # ONNX's momentum is the share of the old average that stays
    params = {"eps": one.attribute("epsilon", 1e-5), "momentum": 1 - one.attribute("momentum", 0.9)}
    return norm(f"BatchNorm{max(1, one.rank - 2)}d", one.data, held, params)


def norm(kind: str, value: Value, held: Weights, params: Mapping[str, Any]) -> Answer:
    """A norm; its eps as a person would write it, which float32 only comes near to."""
    written = {name: rounded(number) if isinstance(number, float) else number for name, number in params.items()}
    return Answer([Proposal(kind, from_weights(kind, held) | written)], (value,), held)


def rounded(value: float) -> float:
    """A number as it was before float32: 9.99999974e-06 is 1e-05."""
    return float(f"{float(value):.6g}")


def _instance_norm(one: One) -> Answer:
    held = weights(weight=one.array(1), bias=one.array(2))
    params = {"eps": rounded(one.attribute("epsilon", 1e-5))}
    kind = f"InstanceNorm{one.rank - 2}d"
    if bool((held["weight"] == 1).all()) and not bool(held["bias"].any()):
        return Answer([Proposal(kind, {**params, "affine": False})], (one.data,), {})
    return Answer([Proposal(kind, {**params, "affine": True})], (one.data,), held)


def _layer_norm(one: One) -> Answer:
    held = weights(weight=one.array(1), bias=one.array(2))
    dims = one.rank - int(one.attribute("axis", -1)) % one.rank
    params = {"eps": one.attribute("epsilon", 1e-5), "dims": dims}
    affine = held and not (bool((held["weight"] == 1).all()) and "bias" not in held)
    return norm("LayerNorm", one.data, held if affine else {}, params)


def _prelu(one: One) -> Answer:
    slope = tensor(one.array(1))
    assert slope is not None
    held = {"weight": slope.reshape(-1)}
    params = {"per_channel": slope.numel() > 1, "num_parameters": slope.numel()}
    return Answer([Proposal("PReLU", params)], (one.data,), held)


def _gather(one: One) -> Answer:
    if isinstance(one.args[0], Value):
        index = one.array(1)
        if index is None or index.size != 1:
            raise UnmappedError("Gather", "it takes several places at once")
        axis = int(one.attribute("axis", 0)) % one.rank
        place = int(index.reshape(-1)[0])
        size = one.data.example.shape[axis]
        if index.ndim:
            return Answer(propose.cut(axis, place % size, place % size + 1, 1, size), one.reads, {})
        return Answer(propose.select(axis, place, size), one.reads, {})
    table = tensor(one.array(0))
    if table is None or table.dim() != 2 or int(one.attribute("axis", 0)) != 0:
        raise UnmappedError("Gather", "it looks up in something else than a table of vectors")
    return Answer([Proposal("Embedding", from_weights("Embedding", {"weight": table}))], one.reads, {"weight": table})


def _binary(one: One) -> Answer:
    name = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow"}[one.op.type]
    left, right = one.args
    if isinstance(left, Value) and isinstance(right, Value):
        return Answer(propose.merge(name), (left, right), {})
    value, constant = (left, right) if isinstance(left, Value) else (right, left)
    assert isinstance(value, Value)
    assert constant is not None
    assert not isinstance(constant, Value)
    if not isinstance(constant, Constant):
        raise UnmappedError(one.op.type, "with something that depends on the data")
    if constant.size == 1:
        if not isinstance(left, Value) and name in ("sub", "div", "pow"):
            name = {"sub": "rsub", "div": "rdiv", "pow": "rpow"}[name]
        return Answer(propose.scalar(name, rounded(float(constant.reshape(-1)[0]))), (value,), {})
    held = tensor(constant)
    assert held is not None
    if name in ("sub", "div"):
        raise UnmappedError(one.op.type, "with a constant that no layer holds")
    found = learned(name, value, held)
    return Answer([proposal for proposal, _ in found], (value,), found[0][1])


def _merged(name: str) -> Callable[[One], Any]:
    return lambda one: propose.merge(name)


def _reduced(kind: str) -> Callable[[One], Any]:
    def found(one: One) -> Any:
        axes = one.numbers(1, "axes") or tuple(range(one.rank))
        return propose.reduce(kind, axes, bool(one.attribute("keepdims", 1)), one.rank)

    return found


def _global(kind: str) -> Callable[[One], Any]:
    return lambda one: propose.reduce(kind, range(2, one.rank), True, one.rank)


def _pool(kind: str) -> Callable[[One], Any]:
    def found(one: One) -> Any:
        kernel = tuple(one.attribute("kernel_shape"))
        window = _window(one, kernel)
        if window is None:
            raise UnmappedError(one.op.type, "it pads the two sides of the image unlike")
        params = window | {"ceil_mode": bool(one.attribute("ceil_mode", 0))}
        if kind == "Avg":
            params["count_include_pad"] = bool(one.attribute("count_include_pad", 0))
            if window["padding"] in (0, (0,) * len(kernel)):
                del params["count_include_pad"]
        if window["stride"] == window["kernel_size"]:
            params["stride"] = None
        side = one.expected.shape[2:]
        return [
            Proposal(f"{kind}Pool{len(kernel)}d", params),
            Proposal(f"Adaptive{kind}Pool{len(kernel)}d", {"output_size": propose.sizes(tuple(side))}),
        ]

    return found


def _clip(one: One) -> Any:
    low, high = one.array(1, "min"), one.array(2, "max")
    bounds = [None if b is None or b.size == 0 else rounded(float(b.reshape(-1)[0])) for b in (low, high)]
    huge = float(np.finfo(np.float32).max)
    return propose.clamp(*(None if b is None or abs(b) >= huge * 0.99 else b for b in bounds))


def _reshape(one: One) -> Any:
    return propose.reshape(one.data.example.shape[1:], one.expected.shape[1:])


def _transpose(one: One) -> Any:
    perm = one.attribute("perm") or list(range(one.rank))[::-1]
    if perm[0] != 0:
        raise UnmappedError("Transpose", "it moves the batch dimension")
    return propose.permute(perm)


def _slice(one: One) -> Any:
    starts, ends = one.numbers(1, "starts") or (), one.numbers(2, "ends") or ()
    axes = one.numbers(3, "axes") or tuple(range(len(starts)))
    steps = one.numbers(4) or (1,) * len(starts)
    if len(starts) != 1:
        raise UnmappedError("Slice", "it cuts several dimensions at once")
    axis = axes[0] % one.rank
    size = one.data.example.shape[axis]
    if steps[0] == -1 and axis == 1:
        return [Proposal("ReverseTime")]
    start, stop, step = slice(starts[0], max(ends[0], -size - 1), steps[0]).indices(size)
    return propose.cut(axis, start, stop, step, size)


def _pad(one: One) -> Any:
    pads = one.numbers(1, "pads") or ()
    value = one.array(2, "value")
    rank, mode = one.rank, one.attribute("mode", "constant")
    amounts = [n for axis in range(rank - 1, 0, -1) for n in (pads[axis], pads[axis + rank])]
    while len(amounts) > 2 and amounts[-2:] == [0, 0]:
        amounts = amounts[:-2]
    mode = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)
    return propose.pad(amounts, mode, float(value.reshape(-1)[0]) if value is not None and value.size else 0.0)


def _resize(one: One) -> Any:
    before, after = one.data.example.shape[2:], one.expected.shape[2:]
    mode = one.attribute("mode", "nearest")
    corners = one.attribute("coordinate_transformation_mode", "half_pixel") == "align_corners"
    names = {"linear": {1: "linear", 2: "bilinear", 3: "trilinear"}.get(len(before), mode), "cubic": "bicubic"}
    scales = one.array(2 if len(one.args) > 2 else 1)
    given = tuple(float(s) for s in scales[2:]) if scales is not None and scales.size else ()
    factors = given or tuple(b / a for a, b in zip(before, after, strict=True))
    return propose.resize(names.get(mode, mode), before, after, factors, corners)


def _shuffle(one: One) -> Any:
    if one.attribute("mode", "DCR") != "CRD" and one.op.type == "DepthToSpace":
        raise UnmappedError(one.op.type, "in mode DCR, which orders channels unlike PixelShuffle")
    kind = "PixelShuffle" if one.op.type == "DepthToSpace" else "PixelUnshuffle"
    size = one.attribute("blocksize")
    return [Proposal(kind, {"upscale_factor": size, "downscale_factor": size})]


def _softmax(kind: str) -> Callable[[One], Any]:
    def found(one: One) -> Any:
        axis = int(one.attribute("axis", -1))
        last = axis % one.rank == one.rank - 1
        return [Proposal(kind, {"dim": -1 if last else axis}), Proposal(kind, {"dim": axis % one.rank})]

    return found


def _concat(one: One) -> Answer:
    axis = int(one.attribute("axis"))
    if len(one.args) == 2 and isinstance(one.args[0], Constant) and isinstance(one.args[1], Value):
        held = tensor(one.args[0])
        assert held is not None
        return class_token(one.args[1], held)
    if not all(isinstance(item, Value) for item in one.args):
        raise UnmappedError("Concat", "with a constant")
    reads = tuple(item for item in one.args if isinstance(item, Value))
    return Answer(
        [*propose.merge("cat", dim=axis), *propose.merge("cat", dim=axis % one.rank)], reads, {}
    )


def _cast(one: One) -> Any:
    kind = "int64" if one.expected.dtype == torch.int64 else "float32"
    return [*(propose.identity() if one.data.example.dtype == one.expected.dtype else ()), Proposal("Cast", {"dtype": kind})]


def _identity(one: One) -> Any:
    return propose.identity()


_WEIGHTED: Mapping[str, Callable[[One], Answer]] = {
    "Conv": _convolution, "ConvTranspose": _convolution, "Gemm": _gemm, "MatMul": _gemm,
    "BatchNormalization": _batch_norm, "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm, "PRelu": _prelu, "Gather": _gather, "Concat": _concat,
    "Add": _binary, "Sub": _binary, "Mul": _binary, "Div": _binary, "Pow": _binary,
}  # fmt: skip

_PLAIN: Mapping[str, Callable[[One], Any]] = {
    "MaxPool": _pool("Max"), "AveragePool": _pool("Avg"), "GlobalAveragePool": _global("mean"),
    "GlobalMaxPool": _global("max"), "ReduceMean": _reduced("mean"), "ReduceMax": _reduced("max"),
    "ReduceMin": _reduced("min"), "ReduceSum": _reduced("sum"), "Clip": _clip, "Flatten": _reshape,
    "Reshape": _reshape, "Squeeze": _reshape, "Unsqueeze": _reshape, "Transpose": _transpose, "Slice": _slice,
    "Pad": _pad, "Resize": _resize, "Upsample": _resize, "DepthToSpace": _shuffle, "SpaceToDepth": _shuffle,
    "Softmax": _softmax("Softmax"), "LogSoftmax": _softmax("LogSoftmax"), "Cast": _cast,
    "Identity": _identity, "Dropout": _identity, "Max": _merged("maximum"), "Min": _merged("minimum"),
    "Sum": _merged("add"), "Mean": _merged("mean"),
}  # fmt: skip

_SIMPLE: Mapping[str, tuple[str, tuple[tuple[str, str, Any], ...]]] = {
    "Relu": ("ReLU", ()), "Sigmoid": ("Sigmoid", ()), "Tanh": ("Tanh", ()), "Selu": ("SELU", ()),
    "Softsign": ("Softsign", ()), "Softplus": ("Softplus", ()), "Mish": ("Mish", ()), "HardSwish": ("Hardswish", ()),
    "HardSigmoid": ("Hardsigmoid", ()), "LeakyRelu": ("LeakyReLU", (("negative_slope", "alpha", 0.01),)),
    "Elu": ("ELU", (("alpha", "alpha", 1.0),)), "Celu": ("CELU", (("alpha", "alpha", 1.0),)),
    "Gelu": ("GELU", (("approximate", "approximate", "none"),)), "Abs": ("Abs", ()), "Neg": ("Neg", ()),
    "Exp": ("Exp", ()), "Log": ("Log", ()), "Sqrt": ("Sqrt", ()), "Reciprocal": ("Reciprocal", ()),
}  # fmt: skip
