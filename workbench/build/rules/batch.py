"""What a batch must hold."""

from __future__ import annotations

import math
from collections.abc import Iterator

from workbench.build.problem import Problem
from workbench.build.view import View
from workbench.layers import Fix

_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")


def batch_of_one(view: View) -> Iterator[Problem]:
    """Batch norm with batches of one sample, by whose statistics nothing can be told apart.

    With one value a channel torch refuses to train, which makes it an error. Larger batches are never cut
    to one sample: see `workbench.train.batches.sizes`. (Wu and He 2018, "Group normalization", figure 1.)
    """
    if not view.training or view.training.batch_size > 1:
        return
    norms = [row for row in view.of(*_NORMS) if view.outputs[row]]
    if not norms:
        return
    single = next((row for row in norms if _values(view, row) == 1), None)
    row = norms[0] if single is None else single
    node = view.nodes[row]
    what = "so batch norm has no statistics" if single is not None else "so batch norm's statistics are noise"
    fixes = [Fix("Set the batch size to 32", "training", params=(("batch_size", 32),))]
    if single is None:
        groups = math.gcd(view.inputs(row)[0].shape[0], 8)
        fixes.append(Fix(f"Use GroupNorm {groups}", "replace", "GroupNorm", (("num_groups", groups),)))
    yield Problem(
        node.id,
        "error" if single is not None else "warning",
        f"A batch holds 1 sample, {what}. Train on larger batches, or use GroupNorm or LayerNorm.",
        tuple(fixes),
    )


def few_for_triplets(view: View) -> Iterator[Problem]:
    """Triplets in batches that hold none: they take two samples of a class and one of another.

    Where batches are run in parts, triplets are formed in each. A warning where a part has no more samples
    than there are classes, so that few of them are of one class (Hermans et al., 2017, draw four of each).
    """
    training, facts = view.training, view.facts
    if not training or not facts or training.loss.name != "triplet" or facts.task != "classification":
        return
    samples = training.batch_size // training.accumulate
    if samples > max(2, facts.classes):
        return
    wanted = max(32, 4 * facts.classes) * training.accumulate
    parts = " run at a time" if training.accumulate > 1 else ""
    which = "none" if samples < 3 else f"few: there are {facts.classes} classes"
    yield Problem(
        view.nodes[view.end].id,
        "error" if samples < 3 else "warning",
        f"triplet needs two samples of a class and one of another, and of {_samples(samples)} in a batch"
        f"{parts} that leaves {which}. Train on larger batches.",
        (Fix(f"Set the batch size to {wanted}", "training", params=(("batch_size", wanted),)),),
    )


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count} samples"


def _values(view: View, row: int) -> int:
    """Values that a sample has a channel."""
    return math.prod(view.inputs(row)[0].shape[1:])
