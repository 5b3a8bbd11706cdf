"""A tree in words: as rules, and as the reason for one sample's answer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.interpret.surrogates.tree import Tree


def condition(tree: Tree, node: int, holds: bool) -> str:
    """Return what is true of samples that go left at a node, or if it doesn't hold, right."""
    feature, value = tree.features.column(int(tree.column[node]))
    if value:  # a share of 0 or 1: at most a half means another value
        return f"{feature.name} isn’t {value}" if holds else f"{feature.name} is {value}"
    return f"{feature.name} {'≤' if holds else '>'} {tree.shown[node]}"


def rules(tree: Tree) -> str:
    """Return the tree as indented lines, a condition a line, with answers and samples at the leaves."""
    lines: list[str] = []

    def write(node: int, depth: int, head: str) -> None:
        indent = "│  " * depth
        if tree.is_leaf(node):
            lines.append(f"{indent}{head}{': ' if head else ''}{_leaf(tree, node)}")
            return
        if head:
            lines.append(f"{indent}{head}")
        deeper = depth + 1 if head else depth
        write(int(tree.left[node]), deeper, condition(tree, node, True))
        write(int(tree.right[node]), deeper, condition(tree, node, False))

    write(0, 0, "")
    return "\n".join(lines)


def because(tree: Tree, sample: NDArray[Any]) -> str:
    """Return why the tree answers as it does for a sample: "because petal width > 1.75: virginica"."""
    nodes = tree.path(sample)
    reasons = reasons_of(tree, nodes)
    answer = tree.answer(nodes[-1]) if tree.classes else f"{tree.target} ≈ {tree.answer(nodes[-1])}"
    return f"because {_joined(reasons)}: {answer}" if reasons else f"always {answer}"


def reasons_of(tree: Tree, nodes: list[int]) -> list[str]:
    """Return the conditions on a path from the root, those on one feature made into one."""
    bounds: dict[int, tuple[int, int]] = {}  # by column: the last nodes that bound it from below and above
    for node, child in pairwise(nodes):
        column = int(tree.column[node])
        low, high = bounds.get(column, (-1, -1))
        bounds[column] = (low, node) if child == tree.left[node] else (node, high)
    told = {
        tree.features.column(column)[0].name
        for column, (low, _) in bounds.items()
        if low >= 0 and tree.features.column(column)[1]
    }
    reasons = []
    for column, (low, high) in bounds.items():
        feature, value = tree.features.column(column)
        if value and low < 0 and feature.name in told:
            continue  # being one value, it isn't another
        if low >= 0 and high >= 0:
            reasons.append(f"{tree.shown[low]} < {feature.name} ≤ {tree.shown[high]}")
        else:
            reasons.append(condition(tree, max(low, high), low < 0))
    return reasons


def _leaf(tree: Tree, node: int) -> str:
    count = int(tree.samples[node])
    samples = "1 sample" if count == 1 else f"{count} samples"
    if not tree.classes:
        return f"{tree.target} ≈ {tree.answer(node)} ({samples})"
    return f"{tree.answer(node)} ({samples}, {100 * float(np.max(tree.values[node])):.0f} %)"


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
