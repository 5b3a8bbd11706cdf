"""From one ONNX operator to the layers that it may be (onnx.ai/onnx/operators)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from workbench.importing import proposals as propose
from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Cluster, Constant
from workbench.importing.onnx_one import One, rounded, window
from workbench.importing.onnx_weighted import WEIGHTED
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal


def operator(cluster: Cluster) -> Answer:
    """Return the layers that one node may be. Raises `UnmappedError`."""
    one = One(cluster)
    kind = one.op.type
    if one.op.domain not in ("", "ai.onnx", "ai.onnx.ml", "com.microsoft"):
        raise UnmappedError(kind, f"it is of {one.op.domain}")
    if kind in WEIGHTED:
        return WEIGHTED[kind](one)
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
        room = window(one, kernel)
        if room is None:
            raise UnmappedError(one.op.type, "it pads the two sides of the image unlike")
        params = room | {"ceil_mode": bool(one.attribute("ceil_mode", 0))}
        if kind == "Avg":
            params["count_include_pad"] = bool(one.attribute("count_include_pad", 0))
            if room["padding"] in (0, (0,) * len(kernel)):
                del params["count_include_pad"]
        if room["stride"] == room["kernel_size"]:
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
    return propose.pad(
        amounts, mode, float(value.reshape(-1)[0]) if value is not None and value.size else 0.0
    )


def _resize(one: One) -> Any:
    before, after = one.data.example.shape[2:], one.expected.shape[2:]
    mode = one.attribute("mode", "nearest")
    corners = one.attribute("coordinate_transformation_mode", "half_pixel") == "align_corners"
    names = {
        "linear": {1: "linear", 2: "bilinear", 3: "trilinear"}.get(len(before), mode),
        "cubic": "bicubic",
    }
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


def _cast(one: One) -> Any:
    kind = "int64" if one.expected.dtype == torch.int64 else "float32"
    return [
        *(propose.identity() if one.data.example.dtype == one.expected.dtype else ()),
        Proposal("Cast", {"dtype": kind}),
    ]


def _identity(one: One) -> Any:
    return propose.identity()


def _dropout(one: One) -> Any:
    share = one.array(1, "ratio")
    yield Proposal("Dropout", {"p": 0.5 if share is None else rounded(float(share.reshape(-1)[0]))})
    yield from propose.identity()


def _expand(one: One) -> Any:
    before, after = one.data.example.shape, one.expected.shape
    if before == after:
        yield from propose.identity()
    grown = [dim for dim in range(1, len(before)) if len(before) == len(after) and before[dim] != after[dim]]
    if len(grown) == 1:
        repeats = after[grown[0]] // before[grown[0]]
        yield Proposal("Repeat", {"dim": grown[0], "repeats": repeats})


def _one_hot(one: One) -> Any:
    return [Proposal("OneHot", {"num_classes": one.expected.shape[-1]})]


def _arg_max(one: One) -> Any:
    params = {"dim": int(one.attribute("axis", 0)), "keepdim": bool(one.attribute("keepdims", 1))}
    return [Proposal("ArgMax", params)]


def _unit_length(one: One) -> Any:
    params = {"dim": int(one.attribute("axis", -1)), "order": float(one.attribute("p", 2))}
    return [Proposal("Normalize", params)]


def _shrink(one: One) -> Any:
    kind = "Softshrink" if one.attribute("bias", 0.0) else "Hardshrink"
    return [Proposal(kind, {"lambd": rounded(one.attribute("lambd", 0.5))})]


def _extreme(kind: str) -> Callable[[One], Any]:
    """The larger or smaller of several inputs, or of one and a number."""

    def found(one: One) -> Any:
        numbers = [a for a in one.args if isinstance(a, Constant) and a.size == 1]
        if len(one.reads) > 1:
            return propose.merge(kind)
        bound = rounded(float(numbers[0].reshape(-1)[0])) if len(numbers) == 1 else None
        return propose.clamp(bound, None) if kind == "maximum" else propose.clamp(None, bound)

    return found


_PLAIN: Mapping[str, Callable[[One], Any]] = {
    "MaxPool": _pool("Max"), "AveragePool": _pool("Avg"), "GlobalAveragePool": _global("mean"),
    "GlobalMaxPool": _global("max"), "ReduceMean": _reduced("mean"), "ReduceMax": _reduced("max"),
    "ReduceMin": _reduced("min"), "ReduceSum": _reduced("sum"), "Clip": _clip, "Flatten": _reshape,
    "Reshape": _reshape, "Squeeze": _reshape, "Unsqueeze": _reshape, "Transpose": _transpose, "Slice": _slice,
    "Pad": _pad, "Resize": _resize, "Upsample": _resize, "DepthToSpace": _shuffle, "SpaceToDepth": _shuffle,
    "Softmax": _softmax("Softmax"), "LogSoftmax": _softmax("LogSoftmax"), "Cast": _cast,
    "Identity": _identity, "Dropout": _dropout, "Max": _extreme("maximum"), "Min": _extreme("minimum"),
    "Sum": _merged("add"), "Mean": _merged("mean"), "Expand": _expand, "Tile": _expand, "OneHot": _one_hot,
    "ArgMax": _arg_max, "LpNormalization": _unit_length, "Shrink": _shrink,
}  # fmt: skip

_SIMPLE: Mapping[str, tuple[str, tuple[tuple[str, str, Any], ...]]] = {
    "Relu": ("ReLU", ()), "Sigmoid": ("Sigmoid", ()), "Tanh": ("Tanh", ()), "Selu": ("SELU", ()),
    "Softsign": ("Softsign", ()), "Softplus": ("Softplus", ()), "Mish": ("Mish", ()),
    "HardSwish": ("Hardswish", ()),
    "HardSigmoid": ("Hardsigmoid", ()), "LeakyRelu": ("LeakyReLU", (("negative_slope", "alpha", 0.01),)),
    "Elu": ("ELU", (("alpha", "alpha", 1.0),)), "Celu": ("CELU", (("alpha", "alpha", 1.0),)),
    "Gelu": ("GELU", (("approximate", "approximate", "none"),)), "Abs": ("Abs", ()), "Neg": ("Neg", ()),
    "LRN": (
        "LocalResponseNorm",
        (("size", "size", 5), ("alpha", "alpha", 1e-4), ("beta", "beta", 0.75), ("k", "bias", 1.0)),
    ),
    "ThresholdedRelu": ("Threshold", (("threshold", "alpha", 1.0),)),
    "Exp": ("Exp", ()), "Log": ("Log", ()), "Sqrt": ("Sqrt", ()), "Reciprocal": ("Reciprocal", ()),
}  # fmt: skip
