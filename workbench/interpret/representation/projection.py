"""A layer's activations for many samples as points of a plane: what the ways to place them have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Layers, Method, Result, Scope
from workbench.interpret.subject import Progress, Subject

if TYPE_CHECKING:
    from workbench.build.model import StackModel

LEAST = 4
"""Samples that a map needs."""
DENSE = 50
"""Principal components that neighbours are looked for in (van der Maaten and Hinton, 2008)."""
EXTREME = 1e12
"""Features larger than that, or all smaller than its inverse, are scaled before neighbours are looked for."""

Floats = NDArray[np.float64]
Put = Callable[[Floats], Floats]
"""From features, (m, features), to what was made of those that it was fitted to."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Points, float64 (n, 2); ``said``: a sentence on how; figures and more arrays, by name.

    ``put``: places more features, (m, features), on the same map; None where that can't be.
    """

    points: Floats
    said: str
    figures: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, Floats] = field(default_factory=dict)
    put: Put | None = None


@dataclass(frozen=True, eq=False)
class Map:
    """A projection's result, fitted to many samples; others may find their place on it."""

    title: str
    layer: str
    result: Result
    put: Put | None

    def place(self, subject: Subject) -> Floats:
        """Return where the subject's one sample, of the data or from elsewhere, lies on the map: (2,).

        The subject's model must be the one that the map was fitted for. Raises `UserError` where the map
        can't place others (t-SNE has no function from features to points), and for features that are no
        finite numbers.
        """
        from workbench.interpret.representation.layer_features import MOST, row_of

        if self.put is None:
            raise UserError(
                f"{self.title} can't place a sample that it wasn't fitted to.",
                place="sample",
                remedy="Use PCA or UMAP.",
            )
        row = row_of(subject, self.layer, MOST).astype(np.float64)
        if not np.isfinite(row).all():
            raise UserError("its output for this sample is no finite number.", place=f"layer {self.layer}")
        found: Floats = self.put(row)[0]
        return found


class Projection(Method):
    """Arrays by name, a row a sample: ``points`` (n, 2) float64, ``samples`` (n,) int64, their numbers.

    And ``true``, ``predicted``, ``error`` and ``confidence``, as far as there are: see `answers`. The layer
    is by default the one before the last with weights.
    """

    scope: ClassVar[Scope] = "samples"
    layers: ClassVar[Layers] = "one"

    samples: int = Field(default=2000, ge=LEAST, le=20_000, description="At most so many, drawn evenly.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Of what is drawn at random.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        return self.fit(subject).result

    def fit(self, subject: Subject) -> Map:
        """Do as `run`, and return also what places other samples on the map."""
        from workbench.interpret.representation.answers import answers
        from workbench.interpret.representation.layer_features import MOST, finite, layer_features
        from workbench.interpret.representation.progress import part

        numbers = subject.chosen(self.samples, self.seed)
        layer = subject.layer or before_the_answer(subject.model)
        found = layer_features(subject, [layer], numbers, MOST, part(subject.tell, 0, 0.2))
        if len(numbers) < LEAST:
            raise UserError(
                f"a map needs {LEAST} samples or more.", place="samples", remedy="Choose another part."
            )
        features = finite(found.features[layer], layer, numbers).astype(np.float64)
        if not np.ptp(features, axis=0).any():
            raise UserError(
                "its output is the same for all samples, so there is nothing to map.",
                place=f"layer {layer}",
                remedy="Choose another layer.",
            )
        placed = self.place(features, part(subject.tell, 0.2, 1))
        result = Result(
            {
                "points": placed.points,
                "samples": numbers,
                **answers(subject, numbers, found.outputs),
                **placed.arrays,
            },
            f"{len(numbers):,} samples by the output of {layer}, {features.shape[1]:,} features. "
            f"{placed.said}{found.note}",
            figures=placed.figures,
        )
        return Map(self.title, layer, result, placed.put)

    def patience(self) -> str:
        """Return what makes the next run take longer than others, in a sentence; "" for nothing."""
        return ""

    @abstractmethod
    def place(self, features: Floats, tell: Progress) -> Placed:
        """Place features, (n, features), which vary, in the plane; report progress where it takes long."""


def before_the_answer(model: StackModel) -> str:
    """Return the layer before the last one with weights: the features that the answer is read off."""
    ids = model.layer_ids
    weighted = [n for n, name in enumerate(ids) if any(True for _ in model.get_submodule(name).parameters())]
    return ids[max(weighted[-1] - 1, 0)] if weighted else ids[-1]


class Dense(NamedTuple):
    """Rows to look for neighbours among, a sentence on how they were made, and what makes more such rows."""

    rows: Floats
    said: str
    put: Put


def dense(features: Floats, seed: int) -> Dense:
    """Return features by their first principal components if they are many.

    Very large or small ones are scaled by a power of two first: the libraries square distances in float32.
    """
    from workbench.interpret.representation.pca import principal

    size = float(np.abs(features).max())
    scale, said = 1.0, ""
    if size and not 1 / EXTREME < size < EXTREME:
        scale, said = (
            2.0 ** -np.floor(np.log2(size)),
            f" Its values, as large as {size:.2g}, were scaled first.",
        )
    rows = features * scale
    if features.shape[1] <= DENSE or len(features) <= DENSE:
        return Dense(rows, said, lambda more: more * scale)
    found = principal(rows, DENSE, seed)
    share = f" From the first {DENSE} principal components, {found.shares.sum():.1%} of the variance."
    return Dense(found.scores, said + share, lambda more: found.put(more * scale))
