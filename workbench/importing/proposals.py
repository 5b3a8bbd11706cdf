"""Which layers an operation may be: what PyTorch's functions and ONNX's operators have in common.

Dimensions count the batch as 0, as PyTorch has it. Each function gives proposals, best first; `Rows.add`
takes the first that the catalogue has and that gives the original's values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.importing.rows import Proposal
from workbench.layers import CATALOGUE

_SQUASHED = {name.lower(): name for name in CATALOGUE}


def called(name: str) -> str | None:
    """Return the layer type that a function's name means: "max_pool2d" is MaxPool2d."""
    return _SQUASHED.get(name.replace("_", "").lower())


def sizes(value: Any) -> Any:
    """A size as layers have it: one number for equal sides, else a tuple of numbers."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        sides = tuple(value)
        return sides[0] if len(set(sides)) == 1 and sides else sides
    return value


def identity() -> Iterator[Proposal]:
    """What changes nothing."""
    yield Proposal("Identity")
    yield Proposal("Dropout", {"p": 0.0})


def permute(dims: Sequence[int]) -> Iterator[Proposal]:
    """Dimensions in another order; ``dims[0]`` is 0."""
    rank = len(dims)
    plain = tuple(d % rank for d in dims)
    moved = [d for d in range(rank) if plain[d] != d]
    if len(moved) == 2:
        yield Proposal("Transpose", {"dim0": moved[0], "dim1": moved[1]})
    yield Proposal("Permute", {"dims": plain[1:]})
    yield Proposal("Permute", {"dims": plain})


def reshape(before: Sequence[int], after: Sequence[int]) -> Iterator[Proposal]:
    """The same values in another shape. Shapes are a sample's, without the batch."""
    if tuple(before) == tuple(after):
        yield from identity()
    if len(after) == 1:
        yield Proposal("Flatten")
    for start in range(len(before)):
        for end in range(start + 1, len(before)):
            merged = (*before[:start], product(before[start : end + 1]), *before[end + 1 :])
            if merged == tuple(after):
                yield Proposal("Flatten", {"start_dim": start + 1, "end_dim": end + 1})
                yield Proposal(
                    "Flatten", {"start_dim": start + 1, "end_dim": -1 if end == len(before) - 1 else end + 1}
                )
    for place in range(len(after)):
        if after[place] == 1 and tuple(before) == (*after[:place], *after[place + 1 :]):
            yield Proposal("Unsqueeze", {"dim": place + 1})
    for place in range(len(before)):
        if before[place] == 1 and tuple(after) == (*before[:place], *before[place + 1 :]):
            yield Proposal("Squeeze", {"dim": place + 1})
    yield Proposal("Reshape", {"shape": tuple(after)})
    yield Proposal("View", {"shape": tuple(after)})


def reduce(kind: str, dims: Sequence[int], keepdim: bool, rank: int) -> Iterator[Proposal]:
    """Mean, max, min or sum over dimensions. ``rank`` counts the batch."""
    over = tuple(sorted(d % rank for d in dims))
    side = rank - 2
    if over == tuple(range(2, rank)) and kind in ("mean", "max"):
        short = "Avg" if kind == "mean" else "Max"
        if keepdim:
            yield Proposal(f"Adaptive{short}Pool{side}d", {"output_size": 1})
        elif side > 1:
            yield Proposal(f"Global{short}Pool")
    if len(over) == 1:
        yield Proposal(f"{kind.capitalize()}Over", {"dim": over[0], "keepdim": keepdim})
        yield Proposal(f"{kind.capitalize()}Over", {"dim": over[0] - rank, "keepdim": keepdim})


def select(dim: int, index: int, size: int) -> Iterator[Proposal]:
    """One place along a dimension, which goes."""
    if dim == 1 and index in (-1, size - 1):
        yield Proposal("LastStep")
    if dim == 1 and index == 0:
        yield Proposal("FirstStep")
    yield Proposal("Select", {"dim": dim, "index": index})


def cut(dim: int, start: int, stop: int, step: int, size: int) -> Iterator[Proposal]:
    """Places ``start`` to before ``stop`` along a dimension of ``size``, all counted from its start."""
    for end in (None, stop) if stop >= size else (stop,):
        yield Proposal("Slice", {"dim": dim, "start": start, "stop": end, "step": step})


def scalar(operation: str, value: float) -> Iterator[Proposal]:
    """A number added, subtracted, multiplied, divided or as exponent: add, sub, mul, div, pow, rsub, rdiv."""
    if (operation in ("add", "sub") and value == 0) or (operation in ("mul", "div", "pow") and value == 1):
        yield from identity()
    if operation == "mul" and value == -1:
        yield Proposal("Neg")
    if operation == "pow" and value == 0.5:
        yield Proposal("Sqrt")
    if operation == "pow":
        yield Proposal("Pow", {"exponent": value})
    if operation == "rdiv" and value == 1:
        yield Proposal("Reciprocal")
    if operation in ("add", "sub", "rsub"):
        sign = -1.0 if operation == "rsub" else 1.0
        yield Proposal("Scale", {"factor": sign, "offset": -value if operation == "sub" else value})
    elif operation == "mul" or (operation == "div" and value):
        yield Proposal("Scale", {"factor": value if operation == "mul" else 1 / value})


_MERGES = {
    "add": "Add",
    "mul": "Multiply",
    "sub": "Subtract",
    "div": "Divide",
    "matmul": "MatMul",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "mean": "Average",
    "cat": "Concat",
    "stack": "Stack",
}


def merge(operation: str, **params: Any) -> Iterator[Proposal]:
    """Several inputs joined: add, mul, sub, div, matmul, maximum, minimum, cat, stack."""
    if operation in _MERGES:
        yield Proposal(_MERGES[operation], params)


_UNARY = {"swish": "SiLU", "negative": "Neg", "absolute": "Abs", "square": "Pow"}


def unary(operation: str, **params: Any) -> Iterator[Proposal]:
    """A function of each element, by PyTorch's name for it."""
    found = _UNARY.get(operation) or called(operation)
    if found:
        yield Proposal(found, params)


def clamp(low: float | None, high: float | None) -> Iterator[Proposal]:
    """Values held between bounds; None is none."""
    if low == 0 and high == 6:
        yield Proposal("ReLU6")
    if low == 0 and high is None:
        yield Proposal("ReLU")
    if (low, high) == (-1, 1):
        yield Proposal("Hardtanh")
    yield Proposal("Clamp", {"min": low, "max": high})
    if low is not None and high is None:
        yield Proposal("Threshold", {"threshold": low, "value": low})


def pad(amounts: Sequence[int], mode: str, value: float) -> Iterator[Proposal]:
    """Values added around; ``amounts`` as in torch: before and after, the last dimension first."""
    sides = len(amounts) // 2
    kinds = {"constant": ("ZeroPad", "ConstantPad"), "reflect": ("ReflectionPad",)}
    kinds |= {"replicate": ("ReplicationPad",), "circular": ("CircularPad",), "edge": ("ReplicationPad",)}
    for count in range(sides, 4):
        padded = (*amounts, *(0,) * (2 * count - len(amounts)))
        for kind in kinds.get(mode, ()):
            if kind == "ZeroPad" and value:
                continue
            for given in (sizes(padded), padded):
                yield Proposal(f"{kind}{count}d", {"padding": given, "value": value})
                yield Proposal("Pad", {"padding": given, "mode": mode, "value": value})


def resize(
    mode: str,
    before: Sequence[int],
    after: Sequence[int],
    factors: Sequence[float],
    align_corners: bool,
) -> Iterator[Proposal]:
    """An image or sequence brought to another size, of ``factors`` times its sides."""
    params: dict[str, Any] = {"mode": mode}
    if align_corners:
        params["align_corners"] = True
    for factor in (sizes(tuple(factors)), tuple(factors)):
        whole = factor
        if isinstance(factor, float) and factor.is_integer():
            whole = int(factor)
        elif isinstance(factor, tuple) and all(float(side).is_integer() for side in factor):
            whole = tuple(map(int, factor))
        for written in (whole, factor):
            yield Proposal("Upsample", {"scale_factor": written, **params})
    for size in (sizes(tuple(after)), tuple(after)):
        yield Proposal("Upsample", {"size": size, **params})


def product(values: Sequence[int]) -> int:
    """All multiplied."""
    found = 1
    for value in values:
        found *= value
    return found
