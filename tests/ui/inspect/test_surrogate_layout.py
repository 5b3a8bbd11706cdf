"""Where a tree's nodes are drawn."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.inspect.tree_layout import laid_out


def test_a_small_tree():
    # 0 has 1 and 4; 1 has 2 and 3
    places = laid_out([1, 2, -1, -1, -1], [4, 3, -1, -1, -1])
    np.testing.assert_array_equal(places, [[0, 1.25], [1, 0.5], [2, 0], [2, 1], [1, 2]])


@given(st.recursive(st.just(None), lambda inner: st.tuples(inner, inner), max_leaves=20))
def test_leaves_never_overlap_and_parents_stand_between(shape):
    left, right = [], []

    def number(part):
        node = len(left)
        left.append(-1)
        right.append(-1)
        if part is not None:
            left[node] = number(part[0])
            right[node] = number(part[1])
        return node

    number(shape)
    places = laid_out(left, right)
    for depth in np.unique(places[:, 0]):
        lines = np.sort(places[places[:, 0] == depth, 1])
        assert (np.diff(lines) >= 1).all() or len(lines) == 1
    for node, (a, b) in enumerate(zip(left, right, strict=True)):
        if a >= 0:
            assert places[a, 1] < places[node, 1] < places[b, 1]
