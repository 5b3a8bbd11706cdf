import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workbench.interpret.statistics import BINS, statistics


def test_figures():
    values = np.array([[0, 1, 2, 0], [np.nan, np.inf, -1, 4]], np.float32)
    stats = statistics(values)
    finite = np.array([0, 1, 2, 0, -1, 4])
    assert stats.mean == pytest.approx(finite.mean())
    assert stats.std == pytest.approx(finite.std())
    assert (stats.minimum, stats.maximum) == (-1, 4)
    assert stats.zeros == 2 / 8
    assert stats.not_finite == 2 / 8
    assert stats.counts.sum() == 6
    assert (stats.edges[0], stats.edges[-1]) == (-1, 4)


@pytest.mark.parametrize("values", [np.full(3, np.nan), np.empty((0, 2))])
def test_nothing_finite(values):
    stats = statistics(values)
    assert math.isnan(stats.mean)
    assert stats.counts.sum() == 0
    assert stats.not_finite == (1.0 if values.size else 0.0)


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.int64, np.uint8]),
        arrays.array_shapes(max_dims=3, min_side=0),
    )
)
def test_any_array(values):
    stats = statistics(values)
    finite = np.isfinite(values)
    assert stats.counts.shape == (BINS,)
    assert stats.edges.shape == (BINS + 1,)
    assert (np.diff(stats.edges) > 0).all()
    assert stats.counts.sum() == finite.sum()
    if finite.any():
        assert stats.minimum <= stats.mean * (1 + 1e-12) + 1e-300 or stats.mean == pytest.approx(
            stats.minimum
        )
