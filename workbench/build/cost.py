"""Output shape, parameters and FLOPs of a layer, by running it on torch's meta device."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, cast

import torch
from torch.utils.flop_counter import FlopCounterMode

from workbench.build.modules import module
from workbench.layers import DType, Layer, Misfit, TensorSpec

BATCH = 2
"""Samples in the trial run; more than one, or batch norm's statistics would be undefined."""
_STEPS = 3
"""Time steps in the longer of the two trial runs of a recurrent layer."""


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
    if layer.group == "recurrent" and len(specs) == 1 and specs[0].shape[0] > _STEPS:
        found = _by_steps(layer, specs[0])
        if found:
            return found
    return _run(layer, specs)


def fitting(layer: Layer, inputs: tuple[TensorSpec, ...]) -> Cost | Misfit:
    """Return what a layer costs on these inputs, or why it doesn't take them. Raises `RefusedError`.

    Memoised by the params' values: comparing layers takes longer than all the rest of a row.
    """
    return _fitting(type(layer), tuple(layer.__dict__.values()), inputs)


@lru_cache(maxsize=65_536)
def _fitting(kind: type[Layer], values: tuple[Any, ...], inputs: tuple[TensorSpec, ...]) -> Cost | Misfit:
    layer = kind.model_construct(None, **dict(zip(kind.model_fields, values, strict=True)))
    return layer.misfit(*inputs) or cost(layer, inputs)


def _by_steps(layer: Layer, spec: TensorSpec) -> Cost | None:
    """What a recurrent layer costs on (time × ...), from runs of two and three steps; None if that can't be.

    Every step of the meta device's own loop takes a fraction of a millisecond, and all cost the same: a
    shape's sides and the FLOPs are a + b · steps.
    """
    less, more = (_run(layer, (TensorSpec((n, *spec.shape[1:]), spec.dtype),)) for n in (_STEPS - 1, _STEPS))
    if less.params != more.params or len(less.output.shape) != len(more.output.shape):
        return None

    def at(before: int, after: int) -> int:
        return after + (spec.shape[0] - _STEPS) * (after - before)

    shape = tuple(map(at, less.output.shape, more.output.shape))
    return Cost(TensorSpec(shape, more.output.dtype), more.params, at(less.flops, more.flops))


class _Untracked:
    """Takes the place of torch's module tracker.

    That one hooks every module of the process, also those that another thread is training meanwhile.
    """

    parents = frozenset({"Global"})

    def __enter__(self) -> None: ...

    def __exit__(self, *args: object) -> None: ...


def _counter() -> FlopCounterMode:
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = cast(Any, _Untracked())
    return counter


def _run(layer: Layer, specs: tuple[TensorSpec, ...]) -> Cost:
    try:
        with torch.device("meta"):
            built = module(layer.call(*specs)).eval()
        tensors = [
            torch.empty((BATCH, *s.shape), dtype=getattr(torch, s.dtype), device="meta") for s in specs
        ]
        # Within the device's context too: modules make tensors of their own.
        with torch.device("meta"), _counter() as counter, torch.no_grad():
            output = built(*tensors)
    except (RuntimeError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError) as error:
        raise RefusedError(str(error).partition("\n")[0] or type(error).__name__) from error
    params = sum(p.numel() for p in built.parameters())
    dtype: DType = "int64" if output.dtype == torch.int64 else "float32"
    return Cost(TensorSpec(tuple(output.shape[1:]), dtype), params, counter.get_total_flops() // BATCH)
