"""The scale of growing curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.seen_part import MANY, bulk

FALL = 2.3 * np.exp(-np.linspace(0, 5, 2000)) + 0.1 * np.random.default_rng(0).random(2000)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
def test_it_lies_within_the_values_and_holds_nearly_all(given_values: list[float]) -> None:
    values = np.array(given_values)
    low, high = bulk(values)
    assert values.min() <= low <= high <= values.max()
    inside = ((values >= low) & (values <= high)).mean()
    assert inside == 1 if len(values) < MANY else inside >= 0.95


@pytest.mark.parametrize("spike", [[300.0, 80.0, 40.0], [1e30]])
def test_a_first_spike_is_left_out(spike: list[float]) -> None:
    low, high = bulk(np.concatenate((spike, FALL)))
    assert low == FALL.min()
    assert 2 < high < 3


@pytest.mark.parametrize(
    "values",
    [FALL, 10 * np.exp(-np.linspace(0, 100, 2000)) + FALL, np.random.default_rng(1).normal(size=500)],
    ids=["fall", "fast fall", "noise"],
)
def test_what_belongs_to_the_curve_stays(values: np.ndarray) -> None:
    assert bulk(values) == (values.min(), values.max())


def test_few_values_all_count() -> None:
    values = np.array([300.0, *np.linspace(2, 1, 20)])
    assert bulk(values) == (1, 300)


def test_values_that_are_all_the_same_but_one() -> None:
    assert bulk(np.array([5.0, *np.ones(100)])) == (1, 5)
