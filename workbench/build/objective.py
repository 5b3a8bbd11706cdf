"""Which losses go with a task and the end of a stack: one rule for checking and for training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from workbench.build.problem import Problem
from workbench.build.view import PASSING, View
from workbench.graph import training
from workbench.graph.project import Graph, Node, Task
from workbench.layers import Fix

End = Literal["softmax", "log_softmax", "sigmoid", "scores"]
"""What the end of a stack makes of its scores."""

Form = Literal["classes", "apart", "directions", "embedding", "sequence"]
"""What a loss makes of outputs: one a class (or a value), or one a class scored apart from the others, the
direction towards a class's axis, a place among samples, or classes step by step, blank first."""

VALUES = ("mse", "l1", "huber")
"""Losses of values; the others are of classes."""

_ENDS: Mapping[str, End] = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Sigmoid": "sigmoid"}
_FORMS: Mapping[str, Form] = {
    "bce_with_logits": "apart",
    "cosine": "directions",
    "triplet": "embedding",
    "ctc": "sequence",
}


class Mismatch(NamedTuple):
    """Why a loss can't be taken: what is wrong, what to do, and the loss that goes here."""

    what: str
    remedy: str
    instead: training.LossName


def form_of(loss: training.LossName) -> Form:
    """Return what a loss makes of outputs."""
    return _FORMS.get(loss, "classes")


def end_of(graph: Graph, rank: int = 1) -> End:
    """Return what the end of a stack without bypassed layers makes of its scores.

    ``rank``: dimensions of its answer for a sample, of which the last are the scores.
    """
    return _end(last_of(graph), rank)


def _end(last: Node, rank: int) -> End:
    found = _ENDS.get(last.type, "scores")
    if getattr(last.layer, "dim", -1) not in {-1, rank}:
        return "scores"  # over the steps of a sequence, say
    return found


def last_of(graph: Graph) -> Node:
    """Return the layer whose values are the main answer: the last, or what it only passes on."""
    row = len(graph) - 1
    while graph.layers[row].type in PASSING and len(reads := graph.inputs_of(row)) == 1:
        row = graph.index(reads[0])
    return graph.layers[row]


def chosen(loss: training.LossName, task: Task, end: End, width: int) -> training.LossName:
    """Return the loss that is meant: what "auto" stands for here, or else itself.

    That is the squared error for regression, binary cross-entropy for one output and for sigmoids that
    score classes apart, and cross-entropy for several outputs.
    """
    if loss != "auto":
        return loss
    if task == "regression":
        return "mse"
    return "bce" if width == 1 or end == "sigmoid" else "cross_entropy"


def mismatch(loss: training.LossName, task: Task, end: End, width: int) -> Mismatch | None:
    """Return why a loss doesn't go with the task and with a stack that gives ``width`` outputs, or None.

    Of a sequence, ``width`` are the outputs a step.
    """
    if loss in {"auto", "triplet"} and task == "classification":
        return None
    if task == "regression":
        if loss in {"auto", *VALUES}:
            return None
        what = f"{loss} needs classes, but the task is regression."
        return Mismatch(what, "Set it to auto, or to mse.", "mse")
    if loss in VALUES:
        return Mismatch(f"{loss} measures values, but the task is classification.", "Set it to auto.", "auto")
    if loss in {"bce", "bce_with_logits"}:
        return _binary(loss, end, width)
    return _of_classes(loss, end, width)


def _binary(loss: training.LossName, end: End, width: int) -> Mismatch | None:
    if loss == "bce_with_logits" and end != "scores":
        what = f"bce_with_logits needs scores, but the stack ends in {_NAMES[end]}."
        return Mismatch(what, f"Remove {_NAMES[end]}, or set the loss to auto.", "auto")
    if loss == "bce" and width > 1 and end != "sigmoid":
        what = f"bce needs a single output, but the stack gives {width}."
        return Mismatch(what, "Set it to cross_entropy, or give the last layer 1 output.", "cross_entropy")
    return None


def _of_classes(loss: training.LossName, end: End, width: int) -> Mismatch | None:
    """Losses that compare an output for each class."""
    if width == 1:
        what = f"{loss} needs an output for each class, but the stack gives 1."
        return Mismatch(what, "Set it to bce, or give the last layer 2 outputs.", "bce")
    if loss == "nll" and end != "log_softmax":
        what = "nll needs log-probabilities, but the stack doesn't end in LogSoftmax."
        return Mismatch(what, "Set it to auto, or end the stack in LogSoftmax.", "auto")
    if loss == "cosine" and end == "log_softmax":
        what = "cosine needs outputs of any sign, but those of LogSoftmax are never positive."
        return Mismatch(what, "Set it to nll, or remove LogSoftmax.", "nll")
    if loss in {"cross_entropy", "kl_div", "ctc"} and end == "sigmoid":
        what = f"{loss} needs scores or a Softmax at the stack's end, but it is Sigmoid."
        return Mismatch(what, "Set it to auto, or end the stack in Softmax.", "auto")
    return None


def objective(view: View) -> Iterator[Problem]:
    """Yield what is wrong between the loss, the task and the end of a stack that fits its data."""
    output = view.outputs[-1]
    if not view.facts or not view.training or output is None or not output.shape:
        return
    loss, task, width = view.training.loss.name, view.facts.task, output.shape[-1]
    sequence = task == "classification" and form_of(loss) == "sequence"
    if len(output.shape) != (2 if sequence else 1):
        return
    last = view.nodes[view.end]
    end = _end(last, len(output.shape))
    fault = mismatch(loss, task, end, width)
    if fault:
        text = f"The loss doesn't fit: {fault.what} {fault.remedy}"
        yield Problem(last.id, "error", text, tuple(_fixes(loss, end, width, fault.instead)))
    elif (loss, end) in _TWICE and task == "classification" and (end == "softmax" or width == 1):
        yield Problem(
            last.id,
            "warning",
            f"{loss} applies {last.type} itself, and more exactly: with large scores, the one here rounds to "
            f"0 or 1 and learning stalls. Remove {last.type}.",
            (Fix(f"Remove {last.type}", "remove"), _set_loss("auto")),
        )


def _fixes(loss: training.LossName, end: End, width: int, instead: training.LossName) -> Iterator[Fix]:
    """What mends a mismatch: another loss, or another end of the stack."""
    if loss != "ctc":
        yield _set_loss(instead)
    if loss in {"cross_entropy", "kl_div", "ctc"} and end == "sigmoid" and width > 1:
        yield Fix("Use Softmax", "replace", "Softmax")
    elif loss == "nll" and width > 1:
        if end == "scores":
            yield Fix("Add LogSoftmax", "insert_after", "LogSoftmax")
        else:
            yield Fix("Use LogSoftmax", "replace", "LogSoftmax")
    elif loss in {"bce_with_logits", "cosine"} and end != "scores" and width > 1:
        yield Fix(f"Remove {_NAMES[end]}", "remove")


def _set_loss(loss: training.LossName) -> Fix:
    return Fix(f"Set the loss to {loss}", "training", params=(("loss", loss),))


_NAMES = {end: name for name, end in _ENDS.items()}
_TWICE = frozenset({("cross_entropy", "softmax"), ("kl_div", "softmax"), ("bce", "sigmoid")})
"""A loss of scores that was chosen by name, and an end that makes probabilities of them: allowed for, but
less exact near 0 and 1 than the loss of the scores (see torch.nn.BCEWithLogitsLoss)."""
