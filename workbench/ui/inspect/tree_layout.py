"""Where the nodes of a binary tree stand that grows to the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def laid_out(left: Sequence[int], right: Sequence[int]) -> NDArray[np.float64]:
    """Return (nodes, 2): how deep each stands, and its line; leaves a line each, parents halfway.

    ``left`` and ``right`` name each node's children, -1 for none; the root is 0. What holds stands above.
    """
    found = np.zeros((len(left), 2))
    line = 0

    def place(node: int, depth: int) -> float:
        nonlocal line
        if left[node] < 0:
            at = float(line)
            line += 1
        else:
            at = (place(left[node], depth + 1) + place(right[node], depth + 1)) / 2
        found[node] = depth, at
        return at

    place(0, 0)
    return found
