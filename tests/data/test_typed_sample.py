"""Samples that are typed or pasted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from workbench.data.dataset import Dataset
from workbench.data.typed_sample import largest_id, typed, written
from workbench.errors import UserError

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(arrays(np.float32, array_shapes(max_dims=4, max_side=4), elements=floats))
def test_what_is_written_is_read_to_the_bit(sample: np.ndarray) -> None:
    again = typed(written(sample), sample.shape)
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, sample)


@given(arrays(np.int64, array_shapes(max_dims=2, max_side=5), elements=st.integers(0, 99)))
def test_ids_are_read_again(ids: np.ndarray) -> None:
    again = typed(written(ids), ids.shape, 99)
    assert again.dtype == np.int64
    np.testing.assert_array_equal(again, ids)


@given(st.text(), array_shapes(max_dims=3, max_side=3), st.none() | st.integers(0, 9))
def test_any_text_is_a_sample_or_is_told(text: str, shape: tuple[int, ...], top: int | None) -> None:
    try:
        sample = typed(text, shape, top)
    except UserError:
        return
    assert sample.shape == shape
    assert np.isfinite(sample).all()


@given(
    arrays(np.float32, (3, 2), elements=floats),
    st.sampled_from([",", ";", "\t", " ", ", "]),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_separators_of_spreadsheets(sample: np.ndarray, between: str, end: str) -> None:
    text = end.join(between.join(repr(float(v)) for v in row) for row in sample)
    np.testing.assert_array_equal(typed(text, (3, 2)), sample)


def test_brackets_and_one_line() -> None:
    wanted = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(typed("[[1, 2],\n [3, 4]]", (2, 2)), wanted)
    np.testing.assert_array_equal(typed("1 2 3 4", (2, 2)), wanted)


@pytest.mark.parametrize(
    ("text", "shape", "top", "words"),
    [
        ("1 2", (3,), None, "there are 2 numbers, and a sample has 3"),
        ("", (3,), None, "there are 0 numbers"),
        ("7", (3,), None, "there is 1 number, and a sample has 3"),
        ("7", (3,), 9, "there is 1 id, and a sample has 3"),
        ("1 x 3", (3,), None, "line 1: “x” is no number"),
        ("1 2\n3", (2, 2), None, "line 2: it has 1 number, and a row has 2"),
        ("1 2\n3 4\n5 6", (2, 2), None, "there are 3 rows, and a sample has 2"),
        ("1 nan", (2,), None, "“nan” is no number"),
        ("1e39 2", (2,), None, "“1e39” is no number"),
        ("1 2.5", (2,), 9, "“2.5” is no whole number"),
        ("1 12", (2,), 9, "there is no id 12: in these data they go from 0 to 9"),
        ("-1 2", (2,), 9, "there is no id -1"),
        ("9" * 400 + " 1", (2,), 9, "is no whole number"),
    ],
)
def test_what_is_wrong_is_told(text: str, shape: tuple[int, ...], top: int | None, words: str) -> None:
    with pytest.raises(UserError, match=words.replace("(", r"\(")):
        typed(text, shape, top)


def test_the_largest_id() -> None:
    ids = Dataset("d", "array", "classification", np.array([[1, 7], [2, 3]]), np.array([0, 1]))
    assert largest_id(ids) == 7
    numbers = Dataset("d", "array", "classification", np.ones((2, 2), np.float32), np.array([0, 1]))
    assert largest_id(numbers) is None
