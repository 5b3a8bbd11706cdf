"""Receptive fields: how much of the input each value depends on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix, TensorSpec
from workbench.layers.base import short
from workbench.layers.window import Window

_PASSING = frozenset(
    {"ReLU", "LeakyReLU", "SiLU", "GELU", "BatchNorm2d", "Dropout", "Identity", "Output"}
    | {"Add", "Multiply", "Concat"}
)
"""The commonest layers that leave every position as it is."""
_SMALLEST = 8
"""Side of the smallest input that is looked at: a couple of kernels see all of a smaller one."""
_CONVOLUTIONS = ("Conv1d", "Conv2d", "Conv3d", "DepthwiseConv2d", "SeparableConv2d")


class Field(NamedTuple):
    """The receptive field of a value, in positions of the input, a number a direction.

    ``step`` is how far apart the fields of neighbours lie, ``whole`` the input's size (Araujo, Norris and
    Sim 2019, "Computing receptive fields of convolutional neural networks", equation 2).
    """

    reach: tuple[float, ...]
    step: tuple[float, ...]
    whole: tuple[int, ...]
    share: float
    """How much of the input a value sees, in the direction in which it sees least."""
    sees_all: bool
    """Whether every value depends on the whole input, even those at its corners."""


class _Slide(NamedTuple):
    """What a window does to the field: a number a direction."""

    reach: tuple[int, ...]
    stride: tuple[int, ...]
    enlarges: bool
    looks: bool
    """Whether it is a convolution of more than single positions."""


def wasted_reach(view: View) -> Iterator[Problem]:
    """The first convolution whose input's values already see the whole image from every position.

    A larger kernel can't show it more. Such layers add little: Richter, Shenk, Byttner, Arpteg and Huss
    2020, "Feature space saturation during training"; Richter et al. 2021, "(Input) size matters for CNN
    classifiers". Where paths join, the smallest field counts: there is detail in it that others don't see.
    """
    convolutions = view.of(*_CONVOLUTIONS)
    if not convolutions:
        return
    fields: list[Field | None] = []
    for row in range(convolutions[-1] + 1):
        reads = view.above[row]
        if not reads:
            fields.append(_whole(view.outputs[row]))
            continue
        before = fields[reads[0]] if len(reads) == 1 else _least([fields[read] for read in reads])
        if before is not None and view.types[row] not in _PASSING:
            layer = view.nodes[row].layer
            slide = _slide(layer) if isinstance(layer, Window) else None
            if slide and slide.looks and before.sees_all:
                yield _problem(view, row, before)
                return
            before = _below(before, slide) if slide else _after(view, row, before)
        fields.append(before)


def _least(fields: list[Field | None]) -> Field | None:
    """Of paths that join, what sees least."""
    least = None
    for field in fields:
        if field is not None and (least is None or field.share < least.share):
            least = field
    return least


@lru_cache(maxsize=4096)
def _slide(layer: Window) -> _Slide:
    reach, stride = layer.reach(), getattr(layer, "stride", None)
    strides = reach if stride is None else layer.per_direction("stride")
    looks = layer.type() in _CONVOLUTIONS and max(reach) > 1
    return _Slide(reach, strides, layer.type().startswith("ConvTranspose"), looks)


def _whole(output: TensorSpec | None) -> Field | None:
    """At an Input of channels first."""
    sides = output.shape[1:] if output and output.dtype == "float32" else ()
    if not sides or min(sides) < _SMALLEST:
        return None
    ones = (1.0,) * len(sides)
    return Field(ones, ones, sides, 1 / max(sides), False)


def _below(field: Field, slide: _Slide) -> Field | None:
    """The field below a window; None where it slides in other directions."""
    if len(slide.reach) != len(field.whole):
        return None
    reach, steps = [], []
    share, sees_all = math.inf, True
    for seen, step, size, k, by in zip(*field[:3], slide.reach, slide.stride, strict=True):
        below = step / by if slide.enlarges else step * by
        wide = seen + (k - 1) * (below if slide.enlarges else step)
        steps.append(below)
        reach.append(wide)
        share = min(share, wide / size)
        sees_all = sees_all and wide >= 2 * size - 1
    return Field(tuple(reach), tuple(steps), field.whole, share, sees_all)


def _after(view: View, row: int, field: Field) -> Field | None:
    """The field below another layer, or None where positions are no longer those of the image."""
    before, after = view.outputs[view.above[row][0]], view.outputs[row]
    group, params = view.nodes[row].layer.group, view.params[row]
    if before is None or after is None or group in ("attention", "recurrent"):
        return None
    if len(view.above[row]) > 1:
        return field if len(after.shape) - 1 == len(field.whole) else None
    if before.shape[1:] == after.shape[1:]:
        return field if params == 0 or group == "normalisation" else None
    if group in ("pooling", "core") or params or len(before.shape) != len(after.shape):
        return None
    # Enlarged, padded or cut: the steps between neighbours change.
    steps = zip(field.step, before.shape[1:], after.shape[1:], strict=True)
    return field._replace(step=tuple(step * old / new for step, old, new in steps))


def _problem(view: View, row: int, field: Field) -> Problem:
    node = view.nodes[row]
    inputs, output = view.inputs(row), view.outputs[row]
    fixes: tuple[Fix, ...] = ()
    if inputs and output and inputs[0].shape[1:] == output.shape[1:]:
        params = tuple(
            (n, v) for n, v in (("kernel_size", 1), ("padding", 0), ("dilation", 1)) if hasattr(node.layer, n)
        )
        fixes = (Fix("Set the kernel to 1", "set", params=params),)
    seen = short(tuple(int(reach) for reach in field.reach))
    return Problem(
        node.id,
        "warning",
        f"Every value that {node.id} reads already depends on {seen} of an input of {short(field.whole)}, so "
        "a kernel here and below can see nothing more. Pool or stride less above, or use kernels of 1.",
        fixes,
    )
