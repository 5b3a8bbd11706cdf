"""ONNX operators that hold weights or join: convolutions, products, norms, lookups, arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from workbench.importing import proposals as propose
from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Constant
from workbench.importing.onnx_one import One, rounded, tensor, weights, window
from workbench.importing.own_weights import class_token, from_weights, learned
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value, Weights


def _convolution(one: One) -> Answer:
    weight, bias = tensor(one.array(1)), tensor(one.array(2))
    assert weight is not None
    group = int(one.attribute("group", 1))
    found = window(one, tuple(weight.shape[2:]))
    if found is None:
        raise UnmappedError(one.op.type, "it pads the two sides of the image unlike")
    transposed = one.op.type == "ConvTranspose"
    kind = f"Conv{'Transpose' if transposed else ''}{weight.dim() - 2}d"
    held = weights(weight=weight, bias=bias)
    params = from_weights(kind, held, group) | found | {"groups": group}
    if transposed:
        params["output_padding"] = propose.sizes(tuple(one.attribute("output_padding") or (0,)))
    plain = [Proposal(kind, params)]
    return Answer(plain, (one.data,), held)


def _gemm(one: One) -> Answer:
    if not isinstance(one.args[0], Value):
        raise UnmappedError(one.op.type, "with a constant before the data")
    if isinstance(one.args[1], Value):
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
    written = {
        name: rounded(number) if isinstance(number, float) else number for name, number in params.items()
    }
    return Answer([Proposal(kind, from_weights(kind, held) | written)], (value,), held)


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
    return Answer(
        [Proposal("Embedding", from_weights("Embedding", {"weight": table}))], one.reads, {"weight": table}
    )


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
    return learned(name, value, held)


def _concat(one: One) -> Answer:
    axis = int(one.attribute("axis"))
    if len(one.args) == 2 and isinstance(one.args[0], Constant) and isinstance(one.args[1], Value):
        held = tensor(one.args[0])
        assert held is not None
        return class_token(one.args[1], held)
    if not all(isinstance(item, Value) for item in one.args):
        raise UnmappedError("Concat", "with a constant")
    reads = tuple(item for item in one.args if isinstance(item, Value))
    return Answer([*propose.merge("cat", dim=axis), *propose.merge("cat", dim=axis % one.rank)], reads, {})


WEIGHTED: Mapping[str, Callable[[One], Answer]] = {
    "Conv": _convolution, "ConvTranspose": _convolution, "Gemm": _gemm, "MatMul": _gemm,
    "BatchNormalization": _batch_norm, "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm, "PRelu": _prelu, "Gather": _gather, "Concat": _concat,
    "Add": _binary, "Sub": _binary, "Mul": _binary, "Div": _binary, "Pow": _binary,
}  # fmt: skip
