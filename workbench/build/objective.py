"""Which losses go with a task and the end of a stack: one rule for checking and for training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from workbench.build.problem import Problem
from workbench.build.view import PASSING, View
from workbench.graph import training
from workbench.graph.project import Graph, Node, Task
from workbench.layers import Fix

End = Literal["softmax", "sigmoid", "scores"]
"""What the end of a stack makes of its scores."""

VALUES = ("mse", "l1", "huber")
"""Losses of values; the others are of classes."""

_ENDS: dict[str, End] = {"Softmax": "softmax", "Sigmoid": "sigmoid"}


class Mismatch(NamedTuple):
    """Why a loss can't be taken: what is wrong, what to do, and the loss that goes here."""

    what: str
    remedy: str
    instead: training.Loss


def end_of(graph: Graph) -> End:
    """Return what the end of a stack without bypassed layers makes of its scores."""
    return _ENDS.get(last_of(graph).type, "scores")


def last_of(graph: Graph) -> Node:
    """Return the layer whose values are the main answer: the last, or what it only passes on."""
    row = len(graph) - 1
    while graph.layers[row].type in PASSING and len(reads := graph.inputs_of(row)) == 1:
        row = graph.index(reads[0])
    return graph.layers[row]


def chosen(loss: training.Loss, task: Task, end: End, width: int) -> training.Loss:
    """Return the loss that is meant: what "auto" stands for here, or else itself.

    That is the squared error for regression, binary cross-entropy for one output and for sigmoids that
    score classes apart, and cross-entropy for several outputs.
    """
    if loss != "auto":
        return loss
    if task == "regression":
        return "mse"
    return "bce" if width == 1 or end == "sigmoid" else "cross_entropy"


def mismatch(loss: training.Loss, task: Task, end: End, width: int) -> Mismatch | None:
    """Return why a loss doesn't go with the task and with a stack that gives ``width`` outputs, or None."""
    if loss == "auto":
        return None
    if task == "regression":
        if loss in VALUES:
            return None
        what = f"{loss} needs classes, but the task is regression."
        return Mismatch(what, "Set it to auto, or to mse.", "mse")
    if loss in VALUES:
        return Mismatch(f"{loss} measures values, but the task is classification.", "Set it to auto.", "auto")
    if loss == "cross_entropy" and width == 1:
        what = "cross_entropy needs an output for each class, but the stack gives 1."
        return Mismatch(what, "Set it to bce, or give the last layer 2 outputs.", "bce")
    if loss == "cross_entropy" and end == "sigmoid":
        what = "cross_entropy needs scores or a Softmax at the stack's end, but it is Sigmoid."
        return Mismatch(what, "Set it to auto, or end the stack in Softmax.", "auto")
    if loss == "bce" and width > 1 and end != "sigmoid":
        what = f"bce needs a single output, but the stack gives {width}."
        return Mismatch(what, "Set it to cross_entropy, or give the last layer 1 output.", "cross_entropy")
    return None


def objective(view: View) -> Iterator[Problem]:
    """Yield what is wrong between the loss, the task and the end of a stack that fits its data."""
    output = view.outputs[-1]
    if not view.facts or not view.training or output is None or len(output.shape) != 1:
        return
    loss, task, width = view.training.loss, view.facts.task, output.shape[0]
    last = view.nodes[view.end]
    end = _ENDS.get(last.type, "scores")
    fault = mismatch(loss, task, end, width)
    if fault:
        fixes = [_set_loss(fault.instead)]
        if loss == "cross_entropy" and end == "sigmoid" and width > 1:
            fixes.append(Fix("Use Softmax", "replace", "Softmax"))
        yield Problem(last.id, "error", f"The loss doesn't fit: {fault.what} {fault.remedy}", tuple(fixes))
    elif (loss, end) in _TWICE and task == "classification" and (end == "softmax" or width == 1):
        yield Problem(
            last.id,
            "warning",
            f"{loss} applies {last.type} itself, and more exactly: with large scores, the one here rounds to "
            f"0 or 1 and learning stalls. Remove {last.type}.",
            (Fix(f"Remove {last.type}", "remove"), _set_loss("auto")),
        )


def _set_loss(loss: training.Loss) -> Fix:
    return Fix(f"Set the loss to {loss}", "training", params=(("loss", loss),))


_TWICE = frozenset({("cross_entropy", "softmax"), ("bce", "sigmoid")})
"""A loss of scores that was chosen by name, and an end that makes probabilities of them: allowed for, but
less exact near 0 and 1 than the loss of the scores (see torch.nn.BCEWithLogitsLoss)."""
