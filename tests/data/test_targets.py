import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from workbench.data.targets import encode
from workbench.errors import UserError


@given(st.lists(st.sampled_from(["b", "a", "C", "ä", "aa"]), min_size=2))
def test_texts_are_numbered_as_scikit_learn_does(values):
    raw = np.array(values, dtype=object)
    if len(set(values)) == 1:
        with pytest.raises(UserError, match="in every sample"):
            encode(raw, None, "kind", "file")
        return
    found = encode(raw, None, "kind", "file")
    encoder = LabelEncoder().fit(values)
    np.testing.assert_array_equal(found.values, encoder.transform(values))
    assert found.classes == tuple(encoder.classes_)
    assert (found.task, found.values.dtype) == ("classification", np.int64)


def test_true_comes_after_false():
    assert encode(np.array([True, False]), None, "t", "f").classes == ("False", "True")
    assert encode(np.array([True, False]), "regression", "t", "f").values.tolist() == [1, 0]


@pytest.mark.parametrize("count", [10, 100, 101])
def test_few_whole_numbers_are_classes(count):
    raw = np.arange(count) % 20
    assert encode(raw, None, "t", "f").task == ("classification" if count >= 100 else "regression")


def test_numbers_that_are_classes_at_word():
    found = encode(np.array([0.5, 1.5, 0.5, 3.0]), "classification", "t", "f")
    assert found.classes == ("0.5", "1.5", "3")


def test_too_many_classes():
    with pytest.raises(UserError, match=r"60 different values.*or regression as the task"):
        encode(np.arange(60), "classification", "t", "f")


def test_no_sample():
    with pytest.raises(UserError, match="no sample has a target"):
        encode(np.array([]), None, "t", "f")
