"""Layers that make a misfit fit, each tried before it is offered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from workbench.build.cost import RefusedError, cost
from workbench.graph.project import Node
from workbench.layers import CATALOGUE, Fix, Layer, TensorSpec
from workbench.layers.base import short
from workbench.layers.window import Window

_POINTWISE = {2: "Conv1d", 3: "Conv2d", 4: "Conv3d"}
"""By the number of dimensions, the convolution that changes channels."""


def projection(
    nodes: Sequence[Node],
    above: Sequence[tuple[int, ...]],
    outputs: Sequence[TensorSpec | None],
    layer: Layer,
    reads: tuple[int, ...],
) -> Fix | None:
    """Return a layer on the one link that keeps others from being joined: the skip connection.

    ``reads`` are the rows that ``layer`` joins. The lowest of them is the trunk, whose shape is kept. (He,
    Zhang, Ren and Sun 2016, "Deep residual learning for image recognition", section 3.3, option B.)
    """
    if layer.group != "merge":
        return None
    trunk = max(reads)
    wanted = outputs[trunk]
    others = {row for row in reads if outputs[row] != wanted}
    if wanted is None or len(others) != 1:
        return None
    (skip,) = others
    given = outputs[skip]
    if given is None or _result(layer, tuple(wanted for _ in reads)) != wanted:
        return None
    channels_first = any(_slides(nodes, above, row) for row in (trunk, skip))
    for name, params in _projections(given.shape, wanted.shape, channels_first):
        made = CATALOGUE[name].model_validate(dict(params))
        if _result(made, (given,)) == wanted:
            size = made.summary()
            what = f"{name} {size}"
            if name in _POINTWISE.values():
                stride = dict(params).get("stride", 1)
                kernel = short((1,) * (len(given.shape) - 1))
                what = f"{kernel} {name} {wanted.shape[0]}" + (f" /{short(stride)}" if stride != 1 else "")
            link = nodes[skip].id
            return Fix(f"Insert a {what} on the skip from {link}", "insert_on_link", name, params, link=link)
    return None


Params = tuple[tuple[str, object], ...]


def _projections(
    given: tuple[int, ...], wanted: tuple[int, ...], channels_first: bool
) -> Iterator[tuple[str, Params]]:
    """Layers that may turn one shape into the other: a Linear for features, a strided one by one else."""
    if len(given) != len(wanted):
        return
    linear = ("Linear", (("out_features", wanted[-1]),))
    if len(given) == 1 or (len(given) == 2 and not channels_first):
        yield linear
    if len(given) == 2 and not channels_first:
        return
    if len(given) in _POINTWISE and all(
        small <= large for small, large in zip(wanted[1:], given[1:], strict=True)
    ):
        steps = tuple(-(-large // small) for large, small in zip(given[1:], wanted[1:], strict=True))
        stride = steps[0] if len(set(steps)) == 1 else steps
        params: Params = (("out_channels", wanted[0]), ("kernel_size", 1))
        yield _POINTWISE[len(given)], params if stride == 1 else (*params, ("stride", stride))


def _slides(nodes: Sequence[Node], above: Sequence[tuple[int, ...]], row: int) -> bool:
    """Whether a window slides over what a layer gives, so that its channels come first."""
    while True:
        if isinstance(nodes[row].layer, Window):
            return True
        if len(above[row]) != 1:
            return False
        row = above[row][0]


def insertions(layer: Layer, given: TensorSpec, shapes: Sequence[TensorSpec]) -> Iterator[Fix]:
    """Yield layers put before one that takes a single input, after which it takes it.

    ``shapes`` are what layers above give, nearest first: numbers that were laid out so go back to it.
    """
    if layer.arity != (1, 1):
        return
    if given.dtype not in layer.dtypes:
        dtype = layer.dtypes[0]
        yield from _tried(layer, given, "Cast", (("dtype", dtype),), f"Insert Cast to {dtype}")
    if layer.ranks and len(given.shape) == 1 and 1 not in layer.ranks:
        for shape in _unflattened(layer, given, shapes):
            label = f"Insert Unflatten to {short(shape)}"
            fixes = list(_tried(layer, given, "Unflatten", (("dim", 1), ("unflattened_size", shape)), label))
            if fixes:
                yield fixes[0]
                return


def _unflattened(layer: Layer, given: TensorSpec, shapes: Sequence[TensorSpec]) -> Iterator[tuple[int, ...]]:
    """Shapes of as many numbers that a layer may take, likeliest first."""
    values = given.shape[0]
    for spec in shapes:
        if len(spec.shape) in layer.ranks and math.prod(spec.shape) == values:
            yield spec.shape
    if 3 in layer.ranks:
        for channels in (1, 3):
            side = math.isqrt(values // channels)
            if side > 1 and channels * side * side == values:
                yield (channels, side, side)
        yield (values, 1, 1)
    if 2 in layer.ranks:
        yield (1, values) if isinstance(layer, Window) else (values, 1)


def _tried(layer: Layer, given: TensorSpec, name: str, params: Params, label: str) -> Iterator[Fix]:
    """The fix, if the layer takes what the one put before it gives."""
    between = _result(CATALOGUE[name].model_validate(dict(params)), (given,))
    if between and _result(layer, (between,)):
        yield Fix(label, "insert_before", name, params)


def _result(layer: Layer, inputs: tuple[TensorSpec, ...]) -> TensorSpec | None:
    """What a layer gives, or None where it doesn't take the inputs."""
    if layer.misfit(*inputs):
        return None
    try:
        output = cost(layer, inputs).output
    except RefusedError:
        return None
    return None if 0 in output.shape else output
