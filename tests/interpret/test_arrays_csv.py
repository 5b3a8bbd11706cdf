import csv
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from workbench.interpret.arrays_csv import arrays_csv


def rows(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_columns_of_one_length():
    text = arrays_csv(
        {"sample": np.array([3, 1]), "name": np.array(["a,b", "c"]), "x": np.array([0.5, np.nan])}
    )
    assert rows(text) == [["sample", "name", "x"], ["3", "a,b", "0.5"], ["1", "c", "nan"]]


def test_values_with_their_places():
    found = rows(arrays_csv({"map": np.arange(4).reshape(2, 2), "sum": np.array(6)}))
    assert found[0] == ["array", "place_0", "place_1", "value"]
    assert found[1:] == [["map", str(i), str(j), str(2 * i + j)] for i in (0, 1) for j in (0, 1)] + [
        ["sum", "", "", "6"]
    ]
    assert arrays_csv({}) == "array,value\r\n"


@given(arrays_of.arrays(np.float32, arrays_of.array_shapes(min_dims=2, max_dims=3, max_side=4)))
def test_numbers_are_read_back_exactly(values):
    found = [float(row[-1]) for row in rows(arrays_csv({"a": values}))[1:]]
    np.testing.assert_array_equal(np.array(found, np.float32).reshape(values.shape), values)


@given(st.dictionaries(st.text(max_size=5), arrays_of.arrays(np.int64, 3), min_size=1, max_size=3))
def test_any_name_is_a_column(arrays):
    text = arrays_csv(arrays)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == list(arrays)
