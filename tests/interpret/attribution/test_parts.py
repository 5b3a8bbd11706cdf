import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.dataset import Dataset
from workbench.interpret.attribution.parts import count, parts_of, window_of


def data(inputs, kind="image", features=()):
    return Dataset("test", kind, "regression", inputs, np.zeros(len(inputs), np.float32), features=features)


def test_patches_of_an_image_go_through_all_channels():
    parts = parts_of(data(np.zeros((1, 3, 8, 12), np.float32)), 16)
    assert parts.shape == (3, 8, 12)
    assert count(parts) == 16
    assert (parts == parts[0]).all()
    assert parts[0, 0, :4].tolist() == [0, 0, 0, 1]
    assert parts[0, 2, 0] == 4


def test_a_category_is_one_part_and_other_columns_stay_apart():
    names = ("age", "colour=red", "colour=blue", "size")
    rows = np.array([[30, 1, 0, 2.5], [40, 0, 1, 1]], np.float32)
    assert parts_of(data(rows, "table", names), 4).tolist() == [0, 1, 1, 2]
    # two columns that aren't one or the other
    rows = np.array([[30, 1, 1, 2.5], [40, 0.5, 1, 1]], np.float32)
    assert parts_of(data(rows, "table", names), 4).tolist() == [0, 1, 2, 3]


def test_tokens_stay_apart_up_to_512():
    assert parts_of(data(np.zeros((1, 512), np.int64), "array"), 4).tolist() == list(range(512))
    assert count(parts_of(data(np.zeros((1, 513), np.int64), "array"), 64)) == 64


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
    st.integers(4, 100),
    st.one_of(st.none(), st.integers(1, 50)),
    st.one_of(st.none(), st.integers(1, 50)),
)
def test_any_shape(shape, most, window, stride):
    dataset = data(np.zeros((1, *shape), np.float32), "array")
    parts = parts_of(dataset, most)
    assert parts.shape == tuple(shape)
    assert set(np.unique(parts)) == set(range(count(parts)))
    assert len(shape) == 1 or count(parts) <= most
    sizes, steps, places = window_of(dataset, window, stride)
    assert all(1 <= step <= size <= side for step, size, side in zip(steps, sizes, shape, strict=True))
    assert places >= 1


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((3, 224, 224), ((3, 28, 28), (3, 14, 14), 15 * 15)),
        ((1, 28, 28), ((1, 4, 4), (1, 2, 2), 13 * 13)),
        ((1, 8, 8), ((1, 2, 2), (1, 1, 1), 7 * 7)),
        ((100, 5), ((12, 5), (6, 5), 16)),
        ((30,), ((1,), (1,), 30)),
    ],
)
def test_windows_left_open(shape, wanted):
    dataset = data(np.zeros((1, *shape), np.float32))
    assert window_of(dataset, None, None) == wanted
