"""From a call of a function or of a tensor's method to the layers that it may be."""

from __future__ import annotations

from torch import Tensor

from workbench.importing import proposals as propose
from workbench.importing.asked import Answer, Asked
from workbench.importing.own_weights import class_token, from_weights, learned
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value
from workbench.importing.shaping import SPECIAL
from workbench.layers import CATALOGUE

_WEIGHTS = ("weight", "bias", "running_mean", "running_var")


def answer(asked: Asked) -> Answer:
    """Return the layers that a call may be. Raises `UnmappedError` where nothing is known of it."""
    name = asked.name
    if name in ("cat", "concat", "concatenate") and isinstance(asked.get(0, "tensors"), list | tuple):
        parts = asked.get(0, "tensors")
        if len(parts) == 2 and isinstance(parts[0], Tensor) and isinstance(parts[1], Value):
            return class_token(parts[1], parts[0])
    special = SPECIAL.get(name)
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
        return learned(name, value, constant)
    if isinstance(constant, Tensor):
        constant = constant.item()
    if not isinstance(constant, int | float):
        raise UnmappedError(asked.name, f"with {type(constant).__name__}")
    return Answer(propose.scalar(name, float(constant)), (value,), {})


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
    params = {
        name: tuple(v) if isinstance(v, list) else v for name, v in params.items() if name not in weights
    }
    params |= from_weights(kind, weights, int(params.get("groups", 1) or 1))
    tried = "dropout" not in asked.name
    written = {name: propose.sizes(value) for name, value in params.items()}
    return Answer([Proposal(kind, written), Proposal(kind, params)], reads, weights, tried)


_BINARY = {
    "add": "add", "iadd": "add", "radd": "add", "sub": "sub", "isub": "sub", "subtract": "sub",
    "rsub": "rsub", "mul": "mul", "imul": "mul", "multiply": "mul", "div": "div", "truediv": "div",
    "true_divide": "div", "divide": "div", "itruediv": "div", "matmul": "matmul", "bmm": "matmul",
    "mm": "matmul", "pow": "pow", "maximum": "maximum", "minimum": "minimum",
}  # fmt: skip
