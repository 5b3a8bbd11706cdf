"""Activations that are missing, idle, or too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix, TensorSpec

_NOT_NEGATIVE = frozenset(
    {"ReLU", "ReLU6", "Sigmoid", "Hardsigmoid", "Softmax", "Softmin", "Softplus", "Abs"}
)
"""Layers that give no negative numbers."""
_KEEP_POSITIVE = ("ReLU", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "Abs")
"""Layers that leave all other numbers as they are."""
_PASS_SIGN = frozenset({"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "Identity", "Flatten"})
"""Layers that pass on numbers, or zeros instead."""


def idle_activation(view: View) -> Iterator[Problem]:
    """An activation of numbers that it leaves as they are: a ReLU of a ReLU."""
    for row in view.of(*_KEEP_POSITIVE):
        above = view.source(row)
        while above is not None and view.types[above] in _PASS_SIGN:
            above = view.source(above)
        if above is None or view.types[above] not in _NOT_NEGATIVE:
            continue
        node = view.nodes[row]
        yield Problem(
            node.id,
            "warning",
            f"{node.id} changes nothing: {view.nodes[above].id} above it gives no negative numbers, and "
            f"{node.type} leaves the others as they are. Remove one of the two.",
            (Fix(f"Remove {node.type}", "remove"),),
        )


def linear_twice(view: View) -> Iterator[Problem]:
    """A Linear that only another reads: together they are one Linear.

    Unless the first gives fewer features than go in and come out: then they are one of low rank, as in
    Denil et al. 2013, "Predicting parameters in deep learning".
    """
    for row in view.of("Linear"):
        above = view.source(row)
        if above is None or view.types[above] != "Linear" or len(view.readers[above]) > 1:
            continue
        before, between, after = view.inputs(above), view.outputs[above], view.outputs[row]
        if not before or not between or not after:
            continue
        if between.shape[-1] < min(before[0].shape[-1], after.shape[-1]):
            continue
        first, second = view.nodes[above].id, view.nodes[row].id
        yield Problem(
            second,
            "warning",
            f"{second} reads {first} with no activation between them, so the two can learn no more than one "
            "Linear. Put an activation between them, or remove one.",
            (Fix("Insert ReLU", "insert_before", "ReLU"), Fix("Remove Linear", "remove", at=first)),
        )


def softmax_within(view: View) -> Iterator[Problem]:
    """A Softmax as the activation of a hidden layer, or of another Softmax."""
    for row in view.of("Softmax"):
        readers = {view.types[reader] for reader in view.readers[row]}
        node = view.nodes[row]
        remove = Fix("Remove Softmax", "remove")
        if readers & {"Softmax", "LogSoftmax"}:
            message = (
                f"{node.id} is followed by another Softmax. Of numbers between 0 and 1 that gives nearly "
                "equal shares, and learning is slow. Keep only the last."
            )
            yield Problem(node.id, "warning", message, (remove,))
        elif readers == {"Linear"} and _is_vector(view.outputs[row]):
            message = (
                f"{node.id} makes the features compete for a sum of 1 before the next Linear, which learns "
                "badly. Use ReLU between layers, and Softmax only at the end."
            )
            yield Problem(node.id, "warning", message, (Fix("Use ReLU", "replace", "ReLU"), remove))


def _is_vector(spec: TensorSpec | None) -> bool:
    return spec is not None and len(spec.shape) == 1


@dataclass(frozen=True)
class _Depth:
    """Saturating activations in a row, with no norm or skip connection between them."""

    sigmoids: int = 0
    others: int = 0

    @property
    def vanishes(self) -> bool:
        """Whether so little of a gradient is left that it is lost in float32's noise."""
        return self.sigmoids >= 10 or self.sigmoids + self.others > 20


_SIGMOIDS = frozenset({"Sigmoid", "Hardsigmoid"})
_TANHS = frozenset({"Tanh", "Hardtanh", "Softsign"})


def saturation(view: View) -> Iterator[Problem]:
    """A deep stack of sigmoids or tanhs: the gradient shrinks with each.

    A sigmoid's slope is 1/4 at most, so that ten leave a millionth of it. (Glorot and Bengio 2010,
    "Understanding the difficulty of training deep feedforward neural networks"; norms and skip
    connections keep it: Ioffe and Szegedy 2015; He et al. 2016.)
    """
    if len(view.of(*_SIGMOIDS, *_TANHS)) < 10:
        return
    depths: list[_Depth] = []
    for row, name in enumerate(view.types):
        above = view.source(row)
        group = view.nodes[row].layer.group
        if above is None or group in ("normalisation", "recurrent", "attention"):
            depths.append(_Depth())
            continue
        depth = depths[above]
        if name in _SIGMOIDS or name in _TANHS:
            sigmoid = name in _SIGMOIDS
            depth = _Depth(depth.sigmoids + sigmoid, depth.others + (not sigmoid))
            if depth.vanishes:
                yield _vanishing(view, row, depth)
                return
        depths.append(depth)


def _vanishing(view: View, row: int, depth: _Depth) -> Problem:
    node, output = view.nodes[row], view.outputs[row]
    rank = len(output.shape) if output else 0
    norm = {3: "BatchNorm2d", 4: "BatchNorm3d"}.get(rank, "LayerNorm")
    return Problem(
        node.id,
        "warning",
        f"{node.id} is number {depth.sigmoids + depth.others} of Sigmoid and Tanh in a row, and each shrinks "
        "the gradient: upper layers will hardly learn. Use ReLU, or put norms or skip connections between.",
        (Fix(f"Insert {norm}", "insert_before", norm),),
    )
