import numpy as np
import pytest
from effort import bytes_needed, lines_run

from workbench.data.preview import BINS, summary


def test_a_table_feature_by_feature(made):
    values = np.random.default_rng(0).normal(3, 2, (500, 3)).astype(np.float32)
    values[:, 2] = 7
    found = summary(made(values, np.arange(500) % 3))
    assert found.samples == found.measured == 500
    assert found.splits == {"train": 350, "validation": 75, "test": 75}
    assert sum(map(sum, found.classes.values())) == 500
    assert found.classes["test"] == (25, 25, 25)
    assert found.target is None
    assert found.pixels is None
    for feature, column in zip(found.features, values.T.astype(np.float64), strict=True):
        assert feature.minimum == column.min()
        assert feature.maximum == column.max()
        assert feature.mean == pytest.approx(column.mean())
        assert feature.std == pytest.approx(column.std())
        assert feature.histogram.counts.sum() == 500
        assert len(feature.histogram.edges) == BINS + 1
    counts, edges = np.histogram(values[:, 0].astype(np.float64), BINS)
    np.testing.assert_array_equal(found.features[0].histogram.counts, counts)
    np.testing.assert_allclose(found.features[0].histogram.edges, edges)


def test_targets_of_a_regression(made):
    targets = np.linspace(5, 9, 100, dtype=np.float32)
    found = summary(made(np.zeros((100, 1), np.float32), targets, target="price"))
    assert found.classes == {}
    assert (found.target.name, found.target.minimum, found.target.maximum) == ("price", 5, 9)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_pixels_of_images(made, dtype):
    images = np.random.default_rng(0).integers(0, 17, (50, 1, 8, 8)).astype(dtype)
    found = summary(made(images, np.arange(50) % 2, "image", scale=1 / 16))
    assert found.features == ()
    np.testing.assert_array_equal(found.pixels.counts, np.histogram(images, BINS, (0, 16))[0])
    assert (found.pixels.edges[0], found.pixels.edges[-1]) == (0, 16)


def test_black_images(made):
    found = summary(made(np.zeros((50, 1, 8, 8), np.uint8), np.arange(50) % 2, "image"))
    assert found.pixels.counts.sum() == 50 * 64


@pytest.mark.parametrize(
    ("shape", "kind", "dtype"),
    [
        ((70_000, 1, 28, 28), "image", np.uint8),
        ((70_000, 1, 28, 28), "image", np.float32),
        ((200_000, 60), "table", np.float32),
    ],
)
def test_large_data_are_as_little_work_as_half_of_them(made, shape, kind, dtype):
    whole = made(np.ones(shape, dtype), np.arange(shape[0]) % 10, kind)
    half = made(whole.inputs[::2], whole.targets[::2], kind)
    found = summary(whole)
    assert found.measured == summary(half).measured < len(half)
    assert found.samples == shape[0]
    for effort in (bytes_needed, lines_run):
        assert effort(lambda: summary(whole)) < 1.05 * effort(lambda: summary(half))


def test_sequences_have_counts_only(made):
    found = summary(made(np.zeros((50, 9, 2), np.float32), np.arange(50) % 2, "sequence"))
    assert (found.features, found.pixels) == ((), None)
