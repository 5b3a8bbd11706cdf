"""Principal component analysis of a layer's activations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.interpret.representation.projection import Floats, Placed, Projection, Put
from workbench.interpret.subject import Progress

SHOWN = 10
"""Components of which the share of the variance is told."""
FULL = 500
"""Samples or features up to which all components are worked out; above, only those that are wanted."""


class Pca(Projection):
    """See `Projection`; and ``explained_variance_ratio``, (components,), at most ten."""

    name = "pca"
    title = "PCA"
    help = "The two directions in which a layer's activations vary most: distances stay true to scale."

    def place(self, features: Floats, tell: Progress) -> Placed:
        """See `Projection.place`."""
        found = principal(features, SHOWN, self.seed)
        tell(1, 1)
        share = float(found.shares[:2].sum())
        return Placed(
            _plane(found.scores),
            f"Principal components 1 and 2, {share:.1%} of the variance.",
            {"explained_variance": share},
            {"explained_variance_ratio": found.shares},
            lambda rows: _plane(found.put(rows)),
        )


class Principal(NamedTuple):
    """Scores of the first components, (n, k), and their shares of the variance, (k,); ``put`` scores more."""

    scores: Floats
    shares: Floats
    put: Put


def principal(features: Floats, most: int, seed: int) -> Principal:
    """Return the first ``most`` principal components of features, (n, features), or all there are."""
    from sklearn.decomposition import PCA

    count = min(most, *features.shape)
    # ARPACK's are the same components, without those that nobody asked for
    solver = "full" if min(features.shape) <= FULL else "arpack"
    fitted = PCA(count, svd_solver=solver, random_state=seed)
    scores = fitted.fit_transform(features)
    return Principal(scores, fitted.explained_variance_ratio_, fitted.transform)


def _plane(scores: Floats) -> Floats:
    """The first two components, (n, 2); of one there is only a line."""
    points = np.zeros((len(scores), 2))
    points[:, : scores.shape[1]] = scores[:, :2]
    return points
