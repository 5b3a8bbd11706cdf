"""The Hilbert-Schmidt independence criterion of linear kernels, for many layers at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gram(features: NDArray[np.float32]) -> Floats:
    """Return the inner products of n samples' centred features, (n, n).

    All 0 where the features, (n, features), don't vary or aren't finite: nothing is known of them then.
    """
    values = features.astype(np.float64)
    if not np.isfinite(values).all() or not np.ptp(values, axis=0).any():
        return np.zeros((len(values), len(values)))
    centred = values - values.mean(0)
    return np.asarray(centred @ centred.T)


def biased(mine: Floats, theirs: Floats) -> Floats:
    """Return the criterion of each pair of layers, (rows, columns), up to the factor 1 / (n - 1)².

    From centred inner products, (rows, n, n) and (columns, n, n). Gretton et al., 2005.
    """
    return np.asarray(mine.reshape(len(mine), -1) @ theirs.reshape(len(theirs), -1).T)


def unbiased(mine: Floats, theirs: Floats) -> Floats:
    """Return the unbiased estimate for each pair of layers, (rows, columns), from n ≥ 4 samples.

    Song et al., 2012, equation 5. The centre of the features doesn't matter.
    """
    n = mine.shape[1]
    first, second = _without_diagonal(mine), _without_diagonal(theirs)
    sums, other_sums = first.sum(2), second.sum(2)
    whole = biased(first, second)
    whole += np.outer(sums.sum(1), other_sums.sum(1)) / ((n - 1) * (n - 2))
    whole -= 2 / (n - 2) * (sums @ other_sums.T)
    return np.asarray(whole / (n * (n - 3)))


def _without_diagonal(grams: Floats) -> Floats:
    emptied = grams.copy()
    emptied[:, np.arange(grams.shape[1]), np.arange(grams.shape[1])] = 0
    return emptied
