"""Layers for what a model adds or multiplies of its own, and the params that the shapes of weights tell."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from workbench.importing import proposals as propose
from workbench.importing.asked import Answer
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value, Weights
from workbench.layers import CATALOGUE


def class_token(value: Value, constant: Tensor) -> Answer:
    """A learned step put before the others; ``constant`` has it a sample, shape (batch, 1, features)."""
    same = constant.dim() == 3 and constant.shape[1] == 1 and bool((constant == constant[:1]).all())
    if not same:
        raise UnmappedError("cat", "with a tensor of the model's own, which no layer holds")
    return Answer([Proposal("ClassToken")], (value,), {"weight": constant[0].detach().float()})


def learned(operation: str, value: Value, constant: Tensor) -> Answer:
    """A layer that adds or multiplies by a tensor of its own: learned positions, a factor a channel."""
    shape = tuple(value.example.shape[1:])
    own = constant.detach().float()
    if own.dim() == value.example.dim() and own.shape[0] == 1:
        own = own[0]
    if operation == "add" and len(shape) == 2 and tuple(own.shape) == shape:
        return Answer([Proposal("LearnedPositions", {"max_length": shape[0]})], (value,), {"weight": own})
    wide = [place for place, side in enumerate(own.shape) if side > 1]
    if operation == "mul" and len(wide) == 1:
        place = len(shape) - own.dim() + wide[0]
        sides = [side if at == place else 1 for at, side in enumerate(shape)]
        dim = -1 if place == len(shape) - 1 and len(shape) > 1 else place + 1
        return Answer([Proposal("LayerScale", {"dim": dim})], (value,), {"weight": own.reshape(sides)})
    raise UnmappedError(operation, "with a tensor of the model's own, which no layer holds")


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
