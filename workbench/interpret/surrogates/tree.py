"""A decision tree that answers as the network does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.features import Features, features_of
from workbench.interpret.surrogates.fitting import Fidelity, fidelity, fitting

Array = NDArray[Any]
SMALLEST_DIGITS = 3


@dataclass(frozen=True, eq=False)
class Tree:
    """A fitted tree; its nodes are numbered from the root, 0, depth first.

    ``left`` (the condition holds) and ``right``: int64 (nodes,), -1 at a leaf. ``column`` and ``threshold``:
    a sample goes left if that column of the features' matrix is at most that, in the data's own units.
    ``shown``: the threshold in the fewest digits that part the samples alike. ``values``: (nodes, classes)
    shares of the network's answers, or (nodes, 1) their mean. ``samples``: int64 (nodes,).
    ``importance``: (features,), adding up to 1 unless there is no split.
    """

    features: Features
    classes: tuple[str, ...]
    target: str
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    shown: tuple[str, ...]
    values: NDArray[np.float64]
    samples: NDArray[np.int64]
    importance: NDArray[np.float64]
    judged: Fidelity

    def is_leaf(self, node: int) -> bool:
        """Whether a node asks nothing."""
        return bool(self.left[node] < 0)

    def path(self, sample: Array) -> list[int]:
        """Return the nodes that a sample passes, in the data's units, without batch dimension."""
        row = self.features.matrix(sample[None]).astype(np.float32)[0]  # what scikit-learn compares
        nodes = [0]
        while not self.is_leaf(nodes[-1]):
            node = nodes[-1]
            side = self.left if row[self.column[node]] <= self.threshold[node] else self.right
            nodes.append(int(side[node]))
        return nodes

    def label(self, node: int) -> float:
        """Return what a node answers: a class number, or a value."""
        return float(self.values[node, 0] if not self.classes else self.values[node].argmax())

    def answer(self, node: int) -> str:
        """Return what a node answers, in words."""
        return self.classes[int(self.label(node))] if self.classes else f"{self.label(node):.4g}"

    @property
    def depth(self) -> int:
        """The most questions on the way to a leaf."""
        deep = np.zeros(len(self.left), np.int64)
        for node in range(len(self.left)):  # parents come before their children
            for child in (self.left[node], self.right[node]):
                if child >= 0:
                    deep[child] = deep[node] + 1
        return int(deep.max())

    @property
    def leaves(self) -> int:
        """How many nodes ask nothing."""
        return int((self.left < 0).sum())


class DecisionTree(Method):
    """Arrays that describe the tree as scikit-learn's ``tree_`` does, and ``importance``, a number a feature.

    Craven and Shavlik, 1996, in the plain form: fitted to the network's answers for the training split.
    """

    name = "tree"
    title = "Decision tree"
    help = "A decision tree fitted to what the network answers: rules to read (Craven and Shavlik, 1996)."
    scope = "samples"
    layers = "input"

    max_depth: int = Field(default=4, ge=1, le=20, description="Most questions on the way to an answer.")
    min_samples_leaf: int = Field(default=5, ge=1, description="Fewest samples that a rule stands for.")
    pool: int = Field(
        default=0, ge=0, description="Side of the squares of pixels that count as one; 0 chooses it."
    )
    samples: int = Field(default=5000, ge=2, description="Most samples that it is fitted to.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Random state of the draw and of ties.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`; ``text`` holds the rules."""
        from workbench.interpret.surrogates.rules import rules

        tree = fit_tree(subject, self)
        arrays = {
            "children_left": tree.left,
            "children_right": tree.right,
            "feature": tree.column,
            "threshold": tree.threshold,
            "value": tree.values,
            "n_node_samples": tree.samples,
            "importance": tree.importance,
        }
        score = "r2" if subject.dataset.task == "regression" else "accuracy"
        figures = {**tree.judged.figures(score), "depth": tree.depth, "leaves": tree.leaves}
        note = (
            "A decision tree fitted to the network's answers; feature is a column, counted from 0, and "
            "threshold is in the data's own units."
        )
        return Result(arrays, note, figures=figures, text=rules(tree))


def fit_tree(subject: Subject, params: DecisionTree) -> Tree:
    """Fit a tree to the network's answers. Raises `UserError`, see `features_of`."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    dataset = subject.dataset
    features = features_of(dataset, params.pool)
    fit = fitting(subject, features, params.samples, params.seed)
    kind = DecisionTreeRegressor if dataset.task == "regression" else DecisionTreeClassifier
    # as with scikit-learn, a leaf of a few samples must be possible at all
    least = min(params.min_samples_leaf, max(1, len(fit.seen) // 2))
    model = kind(max_depth=params.max_depth, min_samples_leaf=least, random_state=params.seed)
    model.fit(fit.seen, fit.answers)
    found = model.tree_
    values = found.value[:, 0, :]
    if dataset.task == "classification":  # the network may not answer every class
        values, known = np.zeros((len(values), len(dataset.classes))), values
        values[:, model.classes_] = known
    return Tree(
        features,
        dataset.classes if dataset.task == "classification" else (),
        dataset.target,
        found.children_left.astype(np.int64),
        found.children_right.astype(np.int64),
        found.feature.astype(np.int64),
        found.threshold.astype(np.float64),
        _shown(model, fit.seen),
        values,
        found.n_node_samples.astype(np.int64),
        np.bincount(features.owners, model.feature_importances_, len(features)).astype(np.float64),
        fidelity(subject, fit, model.predict(fit.held)),
    )


def _shown(model: Any, seen: NDArray[np.float64]) -> tuple[str, ...]:
    found, rows = model.tree_, seen.astype(np.float32)
    passed = model.decision_path(seen).tocsc()
    texts = []
    for node in range(found.node_count):
        if found.children_left[node] < 0:
            texts.append("")
            continue
        here = rows[passed.indices[passed.indptr[node] : passed.indptr[node + 1]], found.feature[node]]
        threshold = float(found.threshold[node])
        low, high = float(here[here <= threshold].max()), float(here[here > threshold].min())
        texts.append(shortest(threshold, low, high))
    return tuple(texts)


def shortest(threshold: float, low: float, high: float) -> str:
    """Return a threshold in the fewest digits, at least three, that part low from high."""
    for digits in range(SMALLEST_DIGITS, 17):
        text = f"{threshold:.{digits}g}"
        if low <= float(text) < high:
            break
    value = float(text)
    plain = value == 0 or 1e-4 <= abs(value) < 1e7
    return np.format_float_positional(value, trim="-") if plain else text
