"""Single layers that can't do what they are for where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix
from workbench.layers.base import short
from workbench.layers.window import Window

_DROPOUTS = frozenset(
    {"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "DropPath"}
)
_WINDOWS = (
    *("Conv1d", "Conv2d", "Conv3d", "DepthwiseConv2d", "SeparableConv2d"),
    *(f"{kind}Pool{rank}d" for kind in ("Max", "Avg", "LP") for rank in (1, 2, 3)),
)


def dropout_last(view: View) -> Iterator[Problem]:
    """Dropout of the answer itself."""
    node = view.nodes[view.end]
    if view.types[view.end] in _DROPOUTS and view.end:
        yield Problem(
            node.id,
            "warning",
            f"{node.type} stands at the end, so that answers themselves are dropped at random while "
            "training. Put it before the last Linear, or remove it.",
            (Fix(f"Remove {node.type}", "remove"),),
        )


def norm_of_one(view: View) -> Iterator[Problem]:
    """A norm over a dimension of one value: less its own mean, nothing is left of it."""
    for row in view.of("LayerNorm"):
        inputs = view.inputs(row)
        dims = getattr(view.nodes[row].layer, "dims", 1)
        if inputs and inputs[0].shape[-1] == 1 and (dims == 1 or len(inputs[0].shape) == 1):
            yield Problem(
                view.nodes[row].id,
                "warning",
                "LayerNorm works over the last dimension, which is a single value here: less its own mean "
                "it is always 0. Remove it.",
                (Fix("Remove LayerNorm", "remove"),),
            )


def skipped_pixels(view: View) -> Iterator[Problem]:
    """A window that steps further than it is wide. One of a single pixel is a way to subsample."""
    for row in view.of(*_WINDOWS):
        layer = view.nodes[row].layer
        if not isinstance(layer, Window) or getattr(layer, "stride", None) in (None, 1):
            continue
        reach, steps = layer.reach(), layer.per_direction("stride")
        if all(step <= side or side == 1 for side, step in zip(reach, steps, strict=True)):
            continue
        less = tuple(min(side, step) if side > 1 else step for side, step in zip(reach, steps, strict=True))
        use = less if len(set(less)) > 1 else less[0]
        yield Problem(
            view.nodes[row].id,
            "warning",
            f"The window of {short(reach)} moves by {short(steps)}, so that what lies between is never "
            f"read. Move it by {short(use)} at most.",
            (Fix(f"Set stride to {short(use)}", "set", params=(("stride", use),)),),
        )
