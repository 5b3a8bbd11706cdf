"""Output shape, parameters and FLOPs of a layer, by running it on torch's meta device."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from workbench.build.modules import module
from workbench.layers import DType, Layer, TensorSpec

BATCH = 2
"""Samples in the trial run; more than one, or batch norm's statistics would be undefined."""


class Cost(NamedTuple):
    """What a layer makes of its inputs, and what that takes for one sample."""

    output: TensorSpec
    params: int
    flops: int


class RefusedError(Exception):
    """The module refused its input; the message is torch's own."""


@lru_cache(maxsize=65_536)
def cost(layer: Layer, inputs: tuple[TensorSpec, ...]) -> Cost:
    """Return what a layer costs on these inputs. Raises `RefusedError`.

    Memoised by params and input shapes, so that an edit costs only the layers that it changes.
    """
    specs = inputs or (TensorSpec(layer.shape, layer.dtype),)  # type: ignore[attr-defined]
    try:
        with torch.device("meta"):
            built = module(layer.call(*specs)).eval()
            tensors = [torch.empty((BATCH, *s.shape), dtype=getattr(torch, s.dtype)) for s in specs]
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                output = built(*tensors)
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
        raise RefusedError(str(error).partition("\n")[0] or type(error).__name__) from error
    params = sum(p.numel() for p in built.parameters())
    dtype: DType = "int64" if output.dtype == torch.int64 else "float32"
    return Cost(TensorSpec(tuple(output.shape[1:]), dtype), params, counter.get_total_flops() // BATCH)
