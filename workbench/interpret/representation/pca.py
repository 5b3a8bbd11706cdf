"""Principal component analysis of a layer's activations."""

from __future__ import annotations

import numpy as np

from workbench.interpret.representation.projection import Floats, Placed, Projection
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
        scores, ratio = principal(features, SHOWN, self.seed)
        points = np.zeros((len(features), 2))
        points[:, : scores.shape[1]] = scores[:, :2]
        tell(1, 1)
        share = float(ratio[:2].sum())
        return Placed(
            points,
            f"Principal components 1 and 2, {share:.1%} of the variance.",
            {"explained_variance": share},
            {"explained_variance_ratio": ratio},
        )


def principal(features: Floats, most: int, seed: int) -> tuple[Floats, Floats]:
    """Return the first components' scores, (n, k), and their shares of the variance, (k,)."""
    from sklearn.decomposition import PCA

    count = min(most, *features.shape)
    # ARPACK's are the same components, without those that nobody asked for
    solver = "full" if min(features.shape) <= FULL else "arpack"
    fitted = PCA(count, svd_solver=solver, random_state=seed)
    return fitted.fit_transform(features), fitted.explained_variance_ratio_
