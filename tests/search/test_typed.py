"""Ranges as text: read back as they were, and refused in words."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.graph.search import Choices, FloatRange, IntRange
from workbench.layers.params import Param
from workbench.search.typed import parse, written

FLOAT = Param("lr", "float", 0.1, "")
INT = Param("out_features", "int", 8, "")
NAMES = Param("name", "choice", "Adam", "", choices=("Adam", "SGD", "AdamW"))
SWITCH = Param("bias", "bool", True, "")
SIZE = Param("kernel_size", "size", 3, "", most=2)

finite = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(10**9), 10**9)


@given(st.lists(finite, min_size=2, max_size=2, unique=True).map(sorted), st.booleans())
def test_a_range_of_any_numbers_is_read_back(ends, log):
    low, high = ends
    assume(low < high)
    values = FloatRange(low=low, high=high, log=log and low > 0)
    assert parse(written(values), FLOAT) == values


@given(whole, st.integers(1, 10**4), st.integers(0, 10**9), st.booleans())
def test_a_range_of_whole_numbers_is_read_back(low, step, more, log):
    values = IntRange(low=low, high=low + step + more, step=step, log=log and low > 0 and step == 1)
    assert parse(written(values), INT) == values


@given(st.lists(finite.map(lambda x: x + 0.0), min_size=2, max_size=6, unique=True))
def test_numbers_to_choose_from_are_read_back(numbers):
    values = Choices(values=tuple(numbers))
    assert parse(written(values), FLOAT) == values


@pytest.mark.parametrize(
    ("text", "param", "values"),
    [
        ("1e-5..1e-1 log", FLOAT, FloatRange(low=1e-5, high=0.1, log=True)),
        (" 0 to .6 ", FLOAT, FloatRange(low=0, high=0.6)),
        ("16…256 step 16", INT, IntRange(low=16, high=256, step=16)),
        ("16, 32,64", INT, Choices(values=(16, 32, 64))),
        ("SGD, Adam", NAMES, Choices(values=("SGD", "Adam"))),
        ("true, false", SWITCH, Choices(values=(True, False))),
        ("3, 5x5", SIZE, Choices(values=(3, (5, 5)))),
        ("1..7 step 2", SIZE, IntRange(low=1, high=7, step=2)),
    ],
)
def test_what_people_type(text, param, values):
    assert parse(text, param) == values


@pytest.mark.parametrize(
    ("text", "param", "said"),
    [
        ("1..1", FLOAT, "below the high end"),
        ("0..1 log", FLOAT, "above 0"),
        ("0..1 step 0.1", FLOAT, "no step"),
        ("1.5..3", INT, "no whole number"),
        ("1..9 step 20", INT, "leaves only 1"),
        ("16", INT, "two values or more"),
        ("", FLOAT, "two values or more"),
        ("16, 16", INT, "stands twice"),
        ("SGD, Lion", NAMES, "none of the choices"),
        ("1..3", NAMES, "no order"),
        ("true, 1", SWITCH, "no value"),
        ("16, many", INT, "no value"),
        ("1e999..2", FLOAT, ""),
    ],
)
def test_what_cannot_be_is_refused_with_an_example(text, param, said):
    with pytest.raises(UserError) as error:
        parse(text, param)
    assert said in error.value.what
    assert error.value.remedy


def test_what_is_written_is_short():
    assert written(FloatRange(low=1e-5, high=0.1, log=True)) == "1e-5..0.1 log"
    assert written(FloatRange(low=0, high=math.pi)) == "0..3.141592653589793"
    assert written(Choices(values=(True, (3, 3), "SGD"))) == "true, 3x3, SGD"
