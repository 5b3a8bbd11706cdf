"""Groups of ONNX operators that are one layer: norms, activations, Linear, Standardize, shuffles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Cluster
from workbench.importing.onnx_one import rounded, tensor, weights
from workbench.importing.onnx_steps import STEPS, compared, one_hot, repeated, unit_length
from workbench.importing.onnx_weighted import linear, norm
from workbench.importing.proposals import sizes
from workbench.importing.rows import Proposal
from workbench.layers import CATALOGUE

_FREE = (
    "GELU", "SiLU", "Mish", "LogSigmoid", "Tanhshrink", "Softsign", "Softplus", "Hardswish", "Softmin", "GLU",
    "Hardsigmoid", "Softshrink", "Hardshrink", "OneHot", "EmbeddingBag", "RMSNorm", "LayerNorm",
    "SinusoidalPositions", "Normalize", "Sqrt", "Log", "Threshold", "GlobalAvgPool", "GlobalMaxPool",
    "LocalResponseNorm", "LPPool1d", "LPPool2d", "DotProduct", "CosineSimilarity", "Crop2d", "Unfold",
    "Stack", "Average", "Reparameterize", "RotaryPositions", "ReverseTime",
)  # fmt: skip
"""Types without weights that are tried as they are on a group that came from one layer."""

SEQUENCES: tuple[tuple[str, ...], ...] = (
    ("ReduceMean", "Sub", "Pow", "ReduceMean", "Add", "Sqrt", "Div", "Mul", "Add"),
    ("ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul", "Add"),
    ("Pow", "ReduceMean", "Add", "Sqrt", "Reciprocal", "Mul", "Mul"),
    ("Pow", "ReduceMean", "Add", "Sqrt", "Div", "Mul"),
    ("ReduceMean", "Sub", "Pow", "ReduceMean", "Add", "Sqrt", "Div"),
    ("Reshape", "InstanceNormalization", "Reshape", "Mul", "Add"),
    ("Reshape", "InstanceNormalization", "Reshape"),
    ("Mul", "Pow", "Mul", "Add", "Mul", "Tanh", "Add", "Mul"),
    ("Div", "Erf", "Add", "Mul", "Mul"),
    ("Mul", "Div", "Erf", "Add", "Mul"),
    ("Mul", "Erf", "Add", "Mul", "Mul"),
    ("Softplus", "Greater", "Where"),
    ("Softplus", "Tanh", "Mul"),
    ("Exp", "Add", "Log", "Tanh", "Mul"),
    ("Split", "Sigmoid", "Mul"),
    ("Conv", "Reshape", "Transpose"),
    ("Reshape", "Transpose", "Reshape"),
    ("Add", "Clip", "Mul", "Div"),
    ("Add", "Clip", "Div", "Mul"),
    ("Add", "Clip", "Div"),
    ("ReduceMean", "ReduceMean", "ReduceMean"),
    ("ReduceMax", "ReduceMax", "ReduceMax"),
    ("ReduceMean", "ReduceMean"),
    ("ReduceMax", "ReduceMax"),
    ("Unsqueeze", "ReduceMean", "Squeeze"),
    ("Unsqueeze", "ReduceMax", "Squeeze"),
    ("Unsqueeze", "MaxPool", "Squeeze"),
    ("Unsqueeze", "AveragePool", "Squeeze"),
    ("Unsqueeze", "Conv", "Squeeze"),
    ("Reshape", "ReduceMean"),
    ("Reshape", "ReduceMax"),
    ("Abs", "Add", "Div"),
    ("HardSigmoid", "Mul"),
    ("Sigmoid", "Mul"),
    ("Sigmoid", "Log"),
    ("Tanh", "Sub"),
    ("Neg", "Softmax"),
    ("Clip", "Sqrt"),
    ("Clip", "Log"),
    *STEPS,
    ("MatMul", "Add"),
    ("Conv", "Add"),
    ("Sub", "Div"),
    ("Mul", "Add"),
)
"""Operators that follow each other where exporters write one layer; longer ones are tried first."""


def pattern(cluster: Cluster) -> Iterator[Answer]:
    """Return the layers that nodes together may be, each to be tried."""
    for found in _RECOGNISERS:
        try:
            yield from found(cluster)
        except (IndexError, ValueError, AssertionError, RuntimeError):
            continue  # it isn't what it looked like


def _biased(cluster: Cluster) -> Iterator[Answer]:
    if cluster.types == ("MatMul", "Add") and len(cluster.reads) == 1:
        weight = tensor(cluster.constants("MatMul")[0])
        assert weight is not None
        assert weight.dim() == 2
        yield linear(cluster.reads[0], weight.T, tensor(cluster.constants("Add")[0]))


def _patches(cluster: Cluster) -> Iterator[Answer]:
    """An image cut into patches: a convolution as wide as its stride, its places one behind the other."""
    if cluster.types == ("Conv", "Reshape", "Transpose"):
        weight, bias = tensor(cluster.constants("Conv", 1)[0]), cluster.constants("Conv", 2)
        assert weight is not None
        params = {"embed_dim": len(weight), "patch_size": sizes(tuple(weight.shape[2:])), "bias": bool(bias)}
        held = weights(**{"proj.weight": weight, "proj.bias": bias[0] if bias else None})
        yield Answer([Proposal("PatchEmbed", params)], cluster.reads, held)


def _standardized(cluster: Cluster) -> Iterator[Answer]:
    """(x − mean) / std, or x · std + mean, an amount a feature."""
    kinds = {("Sub", "Div"): False, ("Mul", "Add"): True}
    if cluster.types not in kinds or len(cluster.reads) != 1:
        return
    first, second = (cluster.constants(kind)[0] for kind in cluster.types)
    shape = tuple(cluster.reads[0].example.shape[1:])
    invert = kinds[cluster.types]
    mean, std = (second, first) if invert else (first, second)
    mean, std = (a[0] if a.ndim == len(shape) + 1 and len(a) == 1 else a for a in (mean, std))
    if invert and shape != (1,) and mean.size == 1:
        params = {"factor": rounded(float(std.reshape(-1)[0])), "offset": rounded(float(mean.reshape(-1)[0]))}
        yield Answer([Proposal("Scale", params)], cluster.reads, {})
        return
    held = weights(mean=np.broadcast_to(mean, shape), std=np.broadcast_to(std, shape))
    yield Answer([Proposal("Standardize", {"invert": invert})], cluster.reads, held)


def _normed(cluster: Cluster) -> Iterator[Answer]:
    """Layer norm and RMS norm written out, and group norm as an instance norm of groups."""
    value = cluster.reads[0]
    types = cluster.types
    if "InstanceNormalization" in types and types[0] == "Reshape":
        groups = len(cluster.constants("InstanceNormalization", 1)[0])
        eps = rounded(dict(cluster.ops[types.index("InstanceNormalization")].attributes).get("epsilon", 1e-5))
        params = {"num_groups": groups, "eps": eps}
        if "Mul" in types:
            scale, shift = cluster.constants("Mul")[0].reshape(-1), cluster.constants("Add")[0].reshape(-1)
            if (scale == 1).all() and not shift.any():
                yield Answer([Proposal("GroupNorm", {**params, "affine": False})], (value,), {})
            yield norm("GroupNorm", value, weights(weight=scale, bias=shift), params)
        else:
            yield Answer([Proposal("GroupNorm", {**params, "affine": False})], (value,), {})
    if "ReduceMean" in types and ("Sqrt" in types):
        small = [rounded(float(c.reshape(-1)[0])) for c in cluster.constants("Add") if c.size == 1]
        vectors = [c for c in cluster.constants() if c.size > 1]
        for eps in (*small, 1e-5):
            if "Sub" in types:
                held = weights(
                    weight=vectors[0] if vectors else None, bias=vectors[1] if len(vectors) > 1 else None
                )
                yield norm("LayerNorm", value, held, {"eps": eps, "dims": vectors[0].ndim if vectors else 1})
            else:
                held = weights(weight=vectors[0] if vectors else None)
                usual = Proposal("RMSNorm", {"elementwise_affine": bool(vectors)})
                yield Answer(
                    [usual, Proposal("RMSNorm", {"eps": eps, "elementwise_affine": bool(vectors)})],
                    (value,),
                    held,
                )


def _reshaped(cluster: Cluster) -> Iterator[Answer]:
    """Channels and pixels exchanged, pools over one dimension, and positions laid flat and joined."""
    value, types = cluster.reads[0], cluster.types
    params: dict[str, Any]
    if types == ("Reshape", "Transpose", "Reshape"):
        for size in range(2, 17):
            kinds = ("PixelUnshuffle", "PixelShuffle", "ChannelShuffle")
            params = {"upscale_factor": size, "downscale_factor": size, "groups": size}
            if any(size in np.atleast_1d(a) for a in _whole(cluster)):
                yield Answer([Proposal(kind, params) for kind in kinds], (value,), {})
    short = "Avg" if {"ReduceMean", "AveragePool"} & set(types) else "Max"
    if len(set(types)) == 1 and types[0].startswith("Reduce"):
        over = Proposal(f"Adaptive{short}Pool{value.example.dim() - 2}d", {"output_size": 1})
        yield Answer([Proposal(f"Global{short}Pool"), over], (value,), {})
    if types[0] == "Reshape" and len(types) == 2:
        yield Answer([Proposal(f"Global{short}Pool")], (value,), {})
    if types[0] == "Unsqueeze" and types[-1] == "Squeeze":
        side = cluster.expected.shape[-1]
        attributes = cluster.ops[1].attributes
        kernel = (attributes.get("kernel_shape") or [1])[-1]
        params = {
            "kernel_size": kernel,
            "stride": (attributes.get("strides") or [1])[-1],
            "padding": (attributes.get("pads") or [0])[-1],
        }
        if params["stride"] == kernel:
            params["stride"] = None
        whole = Proposal(f"Adaptive{short}Pool1d", {"output_size": side})
        yield Answer([whole, Proposal(f"{short}Pool1d", params)], (value,), {})


def _whole(cluster: Cluster) -> list[Any]:
    """Arrays of whole numbers that the nodes read."""
    return [
        a
        for arguments in cluster.arguments
        for a in arguments
        if isinstance(a, np.ndarray) and a.dtype.kind == "i"
    ]


def _along(cluster: Cluster) -> Iterator[Answer]:
    """Types of no weights, as they are, and along each dimension where that is a param."""
    rank = cluster.reads[0].example.dim()
    numbers = [rounded(float(c.reshape(-1)[0])) for c in cluster.constants() if c.size == 1]
    for kind in _FREE:
        if kind not in CATALOGUE:
            continue
        fields = CATALOGUE[kind].model_fields
        yield Answer([Proposal(kind)], cluster.reads, {})
        if "approximate" in fields:
            yield Answer([Proposal(kind, {"approximate": "tanh"})], cluster.reads, {})
        if "dim" in fields:
            yield Answer([Proposal(kind, {"dim": dim}) for dim in range(1, rank)], cluster.reads, {})
        for name in ("lambd", "threshold", "beta", "eps"):
            if name in fields:
                yield Answer([Proposal(kind, {name: number}) for number in numbers], cluster.reads, {})


_RECOGNISERS: tuple[Callable[[Cluster], Iterator[Answer]], ...] = (
    _biased,
    _patches,
    _standardized,
    _normed,
    _reshaped,
    compared,
    one_hot,
    unit_length,
    repeated,
    _along,
)
