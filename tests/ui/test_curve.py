"""A curve of any length: nothing is lost, whatever window is looked at, and means are plain means."""

from __future__ import annotations

import numpy as np
import pytest
from effort import bytes_needed, lines_run
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from workbench.ui.curve import Curve

Made = tuple[Curve, NDArray[np.float64], NDArray[np.float32]]
STEPS = st.one_of(st.just(0.125), st.just(1 / 3), st.just(1.0))


@st.composite
def grown(draw: st.DrawFn) -> Made:
    """A curve appended to in pieces, and its points; places even, changing their step, or irregular."""
    curve, places, values = Curve(), [], []
    last = draw(st.floats(0, 10))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    for size in draw(st.lists(st.one_of(st.integers(0, 40), st.integers(0, 3000)), min_size=1, max_size=8)):
        if draw(st.integers(0, 3)):
            x = last + draw(STEPS) * np.arange(1, size + 1)
        else:
            x = last + np.cumsum(random.choice([0.0, 0.5, 3.0], size))
        y = random.normal(size=size).astype(np.float32) * np.float32(10.0 ** random.integers(-3, 4))
        y[random.random(size) < draw(st.sampled_from([0, 0, 0.01, 0.9]))] = np.nan
        curve.append(x, y)
        places.append(x)
        values.append(y)
        last = x[-1] if size else last
    return curve, np.concatenate(places), np.concatenate(values)


@given(grown(), st.data())
@settings(max_examples=60, deadline=None)
def test_extremes_are_never_lost(made: Made, data: st.DataObject) -> None:
    curve, x, y = made
    assert len(curve) == len(x)
    np.testing.assert_allclose(curve.x, x, rtol=1e-6, atol=1e-4)
    np.testing.assert_array_equal(curve.y, y)
    if not len(x):
        return
    low, high = sorted(data.draw(st.tuples(*[st.floats(x[0] - 1, x[-1] + 1)] * 2)))
    pixels = data.draw(st.integers(1, 200))
    shown_x, shown = curve.view(low, high, pixels)
    assert (np.diff(shown_x) >= -1e-9).all()
    assert len(shown) <= 4 * pixels + 4
    inside = y[(x >= low + 1e-3) & (x <= high - 1e-3)]
    inside = inside[np.isfinite(inside)]
    if len(inside):
        assert np.nanmin(shown) <= inside.min()
        assert np.nanmax(shown) >= inside.max()
    assert set(shown[np.isfinite(shown)]) <= set(y)  # and nothing is made up


@given(grown(), st.data())
@settings(max_examples=40, deadline=None)
def test_zoomed_in_every_point_is_there(made: Made, data: st.DataObject) -> None:
    curve, x, y = made
    if not len(x):
        return
    at = data.draw(st.integers(0, len(x) - 1))
    end = min(len(x) - 1, at + 300)
    shown_x, shown = curve.view(float(x[at]) + 1e-3, float(x[end]) - 1e-3, 1000)
    if x[end] > x[at] + 2e-3 and len(shown) <= 4000:
        first = curve.window(float(x[at]) + 1e-3, float(x[end]) - 1e-3)[0]
        np.testing.assert_array_equal(shown, y[first : first + len(shown)])
        assert shown_x[0] <= x[at] + 1e-3
        assert shown_x[-1] >= x[end] - 1e-3


def plain(y: NDArray[np.float32], middle: int, window: int, in_blocks: bool) -> float:
    """The mean of the finite values around a place, as numpy has it."""
    begin = middle - (window // 32 * 16 if in_blocks else window // 2)
    if in_blocks:
        y = y[: len(y) // 16 * 16]  # the last, unfinished block is left to the next picture
    part = y[max(0, begin) : max(0, begin + window)].astype(np.float64)
    part = part[np.isfinite(part)]
    return float(part.mean()) if len(part) else float("nan")


@given(grown(), st.integers(1, 500), st.integers(1, 600), st.data())
@settings(max_examples=60, deadline=None)
def test_averages_are_a_plain_moving_average(
    made: Made,
    window: int,
    points: int,
    data: st.DataObject,
) -> None:
    curve, x, y = made
    if not len(x):
        return
    low, high = sorted(data.draw(st.tuples(*[st.floats(x[0] - 1, x[-1] + 1)] * 2)))
    start, stop = curve.window(low, high)
    shown_x, means = curve.averages(low, high, points, window)
    far = stop - start > max(points, 16) * 16
    rounded = max(1, round(window / 16)) * 16 if far else window
    assert len(means) <= 16 * max(points, 16)
    scale = np.nanmax(np.abs(y), initial=1e-9) if np.isfinite(y).any() else 1.0
    indices = np.searchsorted(curve.x, shown_x - 1e-9)
    for index, place, mean in list(zip(indices, shown_x, means, strict=True))[:: max(1, len(means) // 20)]:
        same = np.flatnonzero(np.abs(curve.x - place) < 1e-9)  # places may be equal
        expected = [plain(y, int(i), rounded, far) for i in (same if len(same) else [index])]
        assert any(
            np.isclose(mean, value, rtol=1e-6, atol=1e-6 * scale, equal_nan=True) for value in expected
        )


def test_ten_million_points_take_little_memory_and_little_work() -> None:
    curve = Curve()
    random = np.random.default_rng(0)
    noise = random.normal(size=100_000).astype(np.float32)
    for block in range(100):
        curve.append((np.arange(100_000) + 100_000 * block + 1) / 625, noise)
    curve.append(16_000.01, 77.0)
    assert len(curve) == 10_000_001
    assert curve.nbytes < 80e6

    def draw() -> None:
        curve.view(0, 16_000, 1000)
        curve.averages(0, 16_000, 600, 200_000)

    assert lines_run(draw) < 600
    assert bytes_needed(draw) < 150_000, "of 80 MB"
    _, shown = curve.view(0, 16_000, 1000)
    assert shown.min() == noise.min()
    assert curve.view(15_000, 17_000, 500)[1].max() == 77.0


def test_points_are_found_by_place() -> None:
    curve = Curve()
    curve.append([1, 2, 4], [10, 20, 40])
    curve.append(8, 80)
    assert [curve.nearest(x) for x in (-5, 1.4, 1.6, 3.1, 7, 100)] == [0, 0, 1, 2, 3, 3]
    assert curve.point(2) == (4.0, 40.0)
    assert curve.span == (1.0, 8.0)
    assert list(curve.tail(2)) == [40, 80]


def test_the_mean_of_the_last_values() -> None:
    curve = Curve()
    assert np.isnan(curve.mean(5))
    values = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    values[[3, 990]] = np.nan
    curve.append(np.arange(1000), values)
    for count in (1, 7, 16, 333, 1000, 5000):
        np.testing.assert_allclose(curve.mean(count), np.nanmean(values[-count:].astype(float)), rtol=1e-9)


def test_places_that_fall_are_refused() -> None:
    curve = Curve()
    curve.append([1.0, 2.0], [0, 0])
    with pytest.raises(ValueError, match="never fall"):
        curve.append(1.5, 0)
    with pytest.raises(ValueError, match="3 places"):
        curve.append([3, 4, 5], [0])
    assert len(curve) == 2


def test_an_overflow_is_a_gap() -> None:
    curve = Curve()
    curve.append([1, 2, 3], [1e300, np.inf, 2.0])
    np.testing.assert_array_equal(curve.y, [np.nan, np.nan, 2.0])
