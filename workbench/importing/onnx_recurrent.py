"""Recurrent layers in ONNX: the nodes around LSTM, GRU and RNN, and the order of their gates."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Cluster, Constant
from workbench.importing.onnx_one import tensor
from workbench.importing.rows import Proposal

KINDS = ("LSTM", "GRU", "RNN")

_ORDER = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Where ONNX keeps torch's gates: LSTM's i, f, g, o among i, o, f, c; GRU's r, z, n among z, r, h."""


def recurrent(cluster: Cluster) -> Iterator[Answer]:
    """Return the layers that a cluster with recurrent nodes may be, each to be tried."""
    kinds = {op.type for op in cluster.ops} & set(KINDS)
    if len(kinds) != 1:
        return
    kind = kinds.pop()
    held: dict[str, Tensor] = {}
    layers = 0
    params: dict[str, object] = {}
    for op, arguments in zip(cluster.ops, cluster.arguments, strict=True):
        if op.type != kind:
            continue
        w, r, b = (
            tensor(item if isinstance(item, Constant) else None) for item in (*arguments[1:4], None)[:3]
        )
        if w is None or r is None or op.attributes.get("direction") == "reverse":
            return
        if kind == "GRU" and not op.attributes.get("linear_before_reset", 0):
            return  # torch resets after the product
        both, size = w.shape[0] == 2, r.shape[-1]
        params = {"hidden_size": size, "bidirectional": both}
        if kind == "RNN":
            acts = op.attributes.get("activations") or ["Tanh"]
            name = acts[0].decode() if isinstance(acts[0], bytes) else acts[0]
            params["nonlinearity"] = name.lower()
        for way in range(w.shape[0]):
            end = f"l{layers}" + ("_reverse" if way else "")
            gates = len(_ORDER[kind])
            bias = b[way] if b is not None else torch.zeros(2 * gates * size)
            held[f"weight_ih_{end}"] = _ordered(w[way], kind)
            held[f"weight_hh_{end}"] = _ordered(r[way], kind)
            held[f"bias_ih_{end}"] = _ordered(bias[: gates * size], kind)
            held[f"bias_hh_{end}"] = _ordered(bias[gates * size :], kind)
        layers += 1
    for returns in ("last", "sequence"):
        yield Answer(
            [Proposal(kind, {**params, "num_layers": layers, "returns": returns})], cluster.reads, held
        )


def unrolled(cluster: Cluster) -> Iterator[Answer]:
    """A plain RNN of one layer, written out step by step, as PyTorch's exporter does."""
    types = set(cluster.types)
    if "MatMul" not in types or not types & {"Tanh", "Relu"} or types & {"Softmax", *KINDS}:
        return
    matrices = [tensor(c) for c in cluster.constants("MatMul", 1)]
    vectors = [tensor(c) for c in cluster.constants("Add") if c.ndim == 1]
    first = [m for m in _distinct(matrices) if m.dim() == 2]
    biases = _distinct([v.reshape(-1) for v in vectors if v is not None])
    if len(first) < 2 or len(first) % 2 or first[1].shape[0] != first[1].shape[1]:
        return
    params = {"hidden_size": first[1].shape[0], "nonlinearity": "tanh" if "Tanh" in types else "relu"}
    for way in (False, True):
        layers = len(first) // (4 if way else 2)
        held: dict[str, Tensor] = {}
        for number in range(len(first) // 2):
            end = f"l{number // 2 if way else number}" + ("_reverse" if way and number % 2 else "")
            pair = biases[2 * number : 2 * number + 2]
            if len(pair) < 2:
                return
            held[f"weight_ih_{end}"], held[f"weight_hh_{end}"] = first[2 * number].T, first[2 * number + 1].T
            held[f"bias_ih_{end}"], held[f"bias_hh_{end}"] = pair
        for returns in ("last", "sequence"):
            written = {**params, "num_layers": layers, "bidirectional": way, "returns": returns}
            yield Answer(
                [Proposal("RNN", written)], cluster.reads, {k: v.contiguous() for k, v in held.items()}
            )


def _ordered(stacked: Tensor, kind: str) -> Tensor:
    """Gates in torch's order; ``stacked`` has them along the first dimension."""
    parts = stacked.chunk(len(_ORDER[kind]))
    return torch.cat([parts[place] for place in _ORDER[kind]]).contiguous()


def _distinct(found: list[Tensor | None]) -> list[Tensor]:
    """Tensors in order, each once, though every step reads them again."""
    kept: list[Tensor] = []
    for item in found:
        if item is not None and not any(item.shape == k.shape and torch.equal(item, k) for k in kept):
            kept.append(item)
    return kept
