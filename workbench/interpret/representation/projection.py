"""A layer's activations for many samples as points of a plane: what the ways to place them have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

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

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Placed:
    """Points, float64 (n, 2); ``said``: a sentence on how; figures and more arrays, by name."""

    points: Floats
    said: str
    figures: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, Floats] = field(default_factory=dict)


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
        features = finite(found.features[layer], layer, numbers)
        if not np.ptp(features, axis=0).any():
            raise UserError(
                "its output is the same for all samples, so there is nothing to map.",
                place=f"layer {layer}",
                remedy="Choose another layer.",
            )
        placed = self.place(features.astype(np.float64), part(subject.tell, 0.2, 1))
        return Result(
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

    @abstractmethod
    def place(self, features: Floats, tell: Progress) -> Placed:
        """Place features, (n, features), which vary, in the plane; report progress where it takes long."""


def before_the_answer(model: StackModel) -> str:
    """Return the layer before the last one with weights: the features that the answer is read off."""
    ids = model.layer_ids
    weighted = [n for n, name in enumerate(ids) if any(True for _ in model.get_submodule(name).parameters())]
    return ids[max(weighted[-1] - 1, 0)] if weighted else ids[-1]


def dense(features: Floats, seed: int) -> tuple[Floats, str]:
    """Return features by their first principal components if they are many, and a sentence that says so."""
    if features.shape[1] <= DENSE or len(features) <= DENSE:
        return features, ""
    from workbench.interpret.representation.pca import principal

    scores, kept = principal(features, DENSE, seed)
    return scores, f" From the first {DENSE} principal components, {kept.sum():.1%} of the variance."
