"""Curves that grow by a few points at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.curve import Curve
from workbench.ui.run_curves import RunCurves


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=12))
def test_it_is_the_same_whenever_it_is_looked_at(parts: list[tuple[int, bool]]) -> None:
    """Points come in any portions, and somebody looks in between or not."""
    curves, at = RunCurves(), 0
    for count, looked in parts:
        places = np.arange(at, at + count) / 7
        curves.add("loss", places, np.sin(places))
        at += count
        if looked:
            curves.get("loss")
    found, wanted = curves.get("loss"), np.arange(at) / 7
    assert (found is None) == (not parts)
    if found is not None:
        assert np.allclose(found.x, wanted)
        assert np.array_equal(found.y, np.sin(wanted).astype(np.float32))


def test_single_points_and_stretches_go_into_one_curve() -> None:
    curves = RunCurves()
    curves.add("accuracy", 1.0, 0.5)
    curves.add("accuracy", [2.0, 3.0], [0.6, 0.7])
    assert curves["accuracy"].x.tolist() == [1, 2, 3]
    assert curves["accuracy"].y.tolist() == pytest.approx([0.5, 0.6, 0.7])


def test_what_was_drawn_before_is_gone_on_with() -> None:
    earlier = Curve()
    earlier.append([0.5, 1.0], [2.0, 1.0])
    curves = RunCurves()
    curves.begin_with({"loss": earlier})
    curves.add("loss", 1.5, 0.5)
    assert curves["loss"].x.tolist() == [0.5, 1.0, 1.5]


def test_a_curve_that_nobody_has_is_none() -> None:
    curves = RunCurves()
    assert curves.get("loss") is None
    with pytest.raises(KeyError):
        curves["loss"]
