"""Weights that are too many: for the machine, or in one place."""

from __future__ import annotations

import math
from collections.abc import Iterator

import psutil

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import CATALOGUE, Fix, TensorSpec

_MANY = 250_000
"""Parameters from which on it matters where they are."""
_MOST = 0.8
"""Share of them that one layer may hold."""
_SMALL_MAP = 16
"""Positions of a map that is small enough to be read whole: 4×4."""


def memory(view: View) -> Iterator[Problem]:
    """Weights, as float32, that the memory of this machine can't hold."""
    found = too_large(sum(view.params))
    if found:
        most = max(range(len(view.params)), key=view.params.__getitem__)
        alone = too_large(view.params[most])
        whose = view.nodes[most].type if alone else "The stack"
        hint = "Make it smaller." if alone else "Make this layer smaller; it has the most."
        yield Problem(view.nodes[most].id, "warning", f"{whose}'s {alone or found}. {hint}")


def too_large(params: int) -> str | None:
    """'… parameters take …' for float32 weights that this machine can't hold, or None."""
    total: int = psutil.virtual_memory().total
    if 4 * params <= total:
        return None
    return (
        f"{params:,} parameters take {4 * params / 2**30:,.0f} GiB, "
        f"but this machine has {total / 2**30:,.0f} GiB of memory"
    )


def bottleneck(view: View) -> Iterator[Problem]:
    """A Linear behind a Flatten of a large map, with most of the stack's parameters.

    Averaging the map first takes the same weights from every position (Lin, Chen and Yan 2014, "Network in
    network", section 3.2).
    """
    total = sum(view.params)
    if total <= _MANY:
        return
    row = max(range(len(view.params)), key=view.params.__getitem__)
    share = view.params[row] / total
    flatten = _flatten_above(view, row)
    if share <= _MOST or flatten is None:
        return
    image = view.inputs(flatten)[0]
    pool = {3: "AdaptiveAvgPool2d", 4: "AdaptiveAvgPool3d"}[len(image.shape)]
    node, flat = view.nodes[row], view.nodes[flatten]
    fixes = (Fix(f"Insert {pool} 1", "insert_before", pool, (("output_size", 1),), at=flat.id),)
    yield Problem(
        node.id,
        "warning",
        f"{node.id} holds {100 * share:.0f} % of the {total:,} parameters, because {flat.id} lays {image} "
        f"out in {math.prod(image.shape):,} features. Such layers overfit easily: average the map before "
        f"{flat.id}, or pool more above.",
        fixes if pool in CATALOGUE else (),
    )


def _flatten_above(view: View, row: int) -> int | None:
    """The Flatten of a large map that a Linear reads, directly or through layers that keep the width."""
    if view.types[row] != "Linear":
        return None
    above = view.source(row)
    while above is not None and view.types[above] != "Flatten":
        before = view.source(above)
        same = before is not None and view.outputs[before] == view.outputs[above]
        above = before if same else None
    if above is None:
        return None
    inputs: tuple[TensorSpec, ...] = view.inputs(above)
    large = inputs and len(inputs[0].shape) in (3, 4) and math.prod(inputs[0].shape[1:]) > _SMALL_MAP
    return above if large else None
