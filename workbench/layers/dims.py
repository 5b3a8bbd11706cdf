"""Params that name a dimension of what comes in, the batch being 0."""

from __future__ import annotations

from workbench.layers.base import Fix, Layer, Misfit, TensorSpec, dimensions


def axis_of(dim: int, rank: int) -> int | None:
    """Index into a sample's shape of a dimension counted with the batch, or None where there is none."""
    axis = dim - 1 if dim > 0 else rank + dim
    return axis if dim != 0 and 0 <= axis < rank else None


def missing_dim(layer: Layer, name: str, spec: TensorSpec, extra: int = 0) -> Misfit | None:
    """A param that names a dimension which the input, with ``extra`` more, doesn't have."""
    dim, rank = getattr(layer, name), len(spec.shape) + extra
    if axis_of(dim, rank) is not None:
        return None
    mend = min(dim, rank) if dim > 0 else 1
    what = "0 is the batch, which stays whole" if dim == 0 else f"the input has {dimensions(rank)} ({spec})"
    if extra:
        what = f"the output has {dimensions(rank)}" if dim else what
    return Misfit(
        f"{layer.type()} can't use dimension {dim}: {what}. Use {mend}.",
        (Fix(f"Use dimension {mend}", "set", params=((name, mend),)),),
    )
