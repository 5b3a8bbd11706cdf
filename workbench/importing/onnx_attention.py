"""Attention and the layers of transformers, as PyTorch's exporter writes them: a cluster of many nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Array, Cluster, Constant
from workbench.importing.onnx_one import rounded, tensor
from workbench.importing.rows import Proposal


def attention(cluster: Cluster) -> Iterator[Answer]:
    """Return the layers that a cluster with a softmax between products may be, each to be tried."""
    if "Softmax" not in cluster.types or not {"MatMul", "Gemm"} & set(cluster.types):
        return
    steps = _products(cluster)
    norms = _norms(cluster)
    width = cluster.reads[0].spec.shape[-1]
    heads = [n for n in range(1, min(width, 64) + 1) if width % n == 0]
    params: dict[str, Any]
    if len(cluster.reads) == 1 and len(steps) == 2 and not norms:
        held = _attention("", *steps)
        for n in heads:
            for causal in (False, True):
                params = {"num_heads": n, "bias": "in_proj_bias" in held, "is_causal": causal}
                yield Answer([Proposal("MultiheadAttention", params)], cluster.reads, held)
    if len(cluster.reads) == 1 and len(steps) == 4 and len(norms) == 2:
        held = _attention("self_attn.", *steps[:2])
        for name, (weight, bias) in zip(("linear1", "linear2"), steps[2:], strict=True):
            held |= _pair(name, weight, bias)
        eps = norms[0][2]
        for name, (weight, bias, _) in zip(("norm1", "norm2"), norms, strict=True):
            held |= _pair(name, weight, bias)
        params = {
            "dim_feedforward": steps[2][0].shape[0],
            "activation": "gelu" if {"Gelu", "Erf"} & set(cluster.types) else "relu",
            "layer_norm_eps": eps,
            "bias": "linear1.bias" in held,
        }
        first = cluster.types.index("LayerNormalization") < cluster.types.index("Softmax")
        for n in heads:
            for causal in (False, True):
                written = {**params, "nhead": n, "norm_first": first, "is_causal": causal}
                yield Answer([Proposal("TransformerEncoderLayer", written)], cluster.reads, held)


def _products(cluster: Cluster) -> list[tuple[Tensor, Tensor | None]]:
    """Weights, shape (out, in), and biases of the products with constants, in order."""
    found: list[tuple[Tensor, Tensor | None]] = []
    for place, (op, arguments) in enumerate(zip(cluster.ops, cluster.arguments, strict=True)):
        weight = arguments[1] if len(arguments) > 1 else None
        if op.type not in ("MatMul", "Gemm") or not isinstance(weight, Constant) or weight.ndim != 2:
            continue
        held = tensor(weight)
        assert held is not None
        if op.type == "Gemm":
            bias = arguments[2] if len(arguments) > 2 else None
            turned = held if op.attributes.get("transB", 0) else held.T
            found.append((turned.contiguous(), _vector(bias)))
            continue
        after = cluster.arguments[place + 1] if place + 1 < len(cluster.ops) else ()
        bias = None
        if after and cluster.ops[place + 1].type == "Add":
            bias = next((a for a in after if isinstance(a, Constant) and a.size == weight.shape[1]), None)
        found.append((held.T.contiguous(), _vector(bias)))
    return found


def _norms(cluster: Cluster) -> list[tuple[Tensor, Tensor | None, float]]:
    found = []
    for op, arguments in zip(cluster.ops, cluster.arguments, strict=True):
        if op.type == "LayerNormalization":
            weight = _vector(arguments[1])
            assert weight is not None
            bias = _vector(arguments[2]) if len(arguments) > 2 else None
            found.append((weight, bias, rounded(op.attributes.get("epsilon", 1e-5))))
    return found


def _vector(found: object) -> Tensor | None:
    if not isinstance(found, Constant):
        return None
    array: Array = found
    held = tensor(array)
    return None if held is None else held.reshape(-1)


def _attention(
    prefix: str, joined: tuple[Tensor, Tensor | None], out: tuple[Tensor, Tensor | None]
) -> dict[str, Tensor]:
    held = {f"{prefix}in_proj_weight": joined[0], f"{prefix}out_proj.weight": out[0]}
    if joined[1] is not None:
        held[f"{prefix}in_proj_bias"] = joined[1]
        held[f"{prefix}out_proj.bias"] = out[1] if out[1] is not None else torch.zeros(len(out[0]))
    return held


def _pair(name: str, weight: Tensor, bias: Tensor | None) -> dict[str, Tensor]:
    held = {f"{name}.weight": weight}
    if bias is not None:
        held[f"{name}.bias"] = bias
    return held
