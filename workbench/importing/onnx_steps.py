"""Layers that exporters write in a few steps: comparisons, one-hot vectors, vectors of length 1, copies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from workbench.importing.asked import Answer
from workbench.importing.onnx_graph import Cluster
from workbench.importing.onnx_one import rounded
from workbench.importing.rows import Proposal

STEPS: tuple[tuple[str, ...], ...] = (
    ("Abs", "Greater", "Sign", "Mul", "Sub", "Mul", "Where"),
    ("Greater", "Sub", "Where", "Less", "Add", "Where", "Add"),
    ("Greater", "Less", "Cast", "Cast", "Or", "Where"),
    ("Mul", "Softplus", "Div", "Greater", "Where"),
    ("Mul", "Greater", "Softplus", "Div", "Where"),
    ("Greater", "Less", "Or", "Where"),
    ("Abs", "LessOrEqual", "Where"),
    ("Abs", "Greater", "Where"),
    ("LessOrEqual", "Where"),
    ("Greater", "Where"),
    ("Unsqueeze", "Equal", "Cast", "Cast"),
    ("Unsqueeze", "Equal", "Cast"),
    ("OneHot", "Cast"),
    ("ReduceL2", "Clip", "Expand", "Div"),
    ("ReduceL1", "Clip", "Expand", "Div"),
    ("ReduceL2", "Clip", "Div"),
    ("ReduceL1", "Clip", "Div"),
    ("ReduceL2", "Max", "Div"),
    ("ReduceL2", "Div"),
    ("Expand", "Tile"),
)
"""Operators that follow each other; see `SEQUENCES` of `onnx_patterns`."""


def _numbers(cluster: Cluster) -> list[float]:
    """The single numbers that the nodes read."""
    return [rounded(float(c.reshape(-1)[0])) for c in cluster.constants() if c.size == 1]


def compared(cluster: Cluster) -> Iterator[Answer]:
    """Threshold, Softplus and the shrinking activations: a number is compared, then one of two is taken."""
    if cluster.types[-1] not in ("Where", "Add"):
        return
    numbers = list(dict.fromkeys(_numbers(cluster)))
    shrunk = [Proposal(kind, {"lambd": abs(n)}) for n in numbers for kind in ("Hardshrink", "Softshrink")]
    kept = [
        Proposal("Threshold", {"threshold": a, "value": b}) for a, b in product((*numbers, 0.0), repeat=2)
    ]
    smooth = [Proposal("Softplus", {"beta": a, "threshold": b}) for a, b in product(numbers, repeat=2)]
    wanted = smooth if "Softplus" in cluster.types else shrunk if len(cluster.types) > 2 else kept
    yield Answer(wanted, cluster.reads, {})


def one_hot(cluster: Cluster) -> Iterator[Answer]:
    """Ids as vectors of zeros with a one."""
    if {"OneHot", "Equal"} & set(cluster.types):
        width = cluster.expected.shape[-1]
        yield Answer([Proposal("OneHot", {"num_classes": width})], cluster.reads, {})


def unit_length(cluster: Cluster) -> Iterator[Answer]:
    """Vectors scaled to length 1, as torch.nn.functional.normalize does."""
    kinds = {"ReduceL1": 1.0, "ReduceL2": 2.0}
    if cluster.types[0] not in kinds or cluster.types[-1] != "Div" or len(cluster.reads) != 1:
        return
    order, usual = kinds[cluster.types[0]], Proposal("Normalize").layer()
    small = [n for n in _numbers(cluster) if n > 0]
    if not small and usual is not None:
        small = [usual.eps]  # type: ignore[attr-defined]
    dims = range(1, cluster.reads[0].example.dim())
    yield Answer(
        [Proposal("Normalize", {"order": order, "dim": dim, "eps": eps}) for dim in dims for eps in small],
        cluster.reads,
        {},
    )


def repeated(cluster: Cluster) -> Iterator[Answer]:
    """Copies one behind the other along a dimension."""
    if cluster.types[-1] not in ("Tile", "Expand"):
        return
    before, after = cluster.reads[0].example.shape, cluster.expected.shape
    if len(before) != len(after):
        return
    for dim, (old, new) in enumerate(zip(before, after, strict=True)):
        if dim and new > old and new % old == 0:
            yield Answer([Proposal("Repeat", {"dim": dim, "repeats": new // old})], cluster.reads, {})
