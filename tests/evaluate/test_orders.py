"""Orders in which samples are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluate.orders import Answers, following

SHARES = np.array(
    [[0.9, 0.1, 0], [0.4, 0.35, 0.25], [0.2, 0.1, 0.7], [0.5, 0.5, 0], [0.1, 0.8, 0.1]], np.float32
)
ANSWERS = Answers(np.array([3, 5, 8, 9, 12]), np.array([0, 1, 0, 0, 2]), SHARES.argmax(1), SHARES)


@pytest.mark.parametrize(
    ("order", "chosen", "wanted"),
    [
        ("mistake", 0, [5, 8, 12]),
        ("least sure", 0, [5, 9, 8, 12, 3]),
        ("most wrong", 0, [12, 8, 5]),
        ("class", 0, [3, 8, 9]),
        ("class", 1, [5]),
    ],
)
def test_orders_of_classes(order: str, chosen: int, wanted: list[int]) -> None:
    assert ANSWERS.ordered(order, chosen).tolist() == wanted  # type: ignore[arg-type]


def test_orders_of_values() -> None:
    values = Answers(
        np.array([1, 2, 3]), np.array([1, 2, 3], np.float32), np.array([1.5, 0, 3], np.float32), None
    )
    assert values.ordered("most wrong").tolist() == [2, 1, 3]
    assert values.ordered("mistake").tolist() == []


def test_without_probabilities_only_mistakes_are_known() -> None:
    known = Answers(ANSWERS.numbers, ANSWERS.truth, ANSWERS.labels, None)
    assert known.ordered("mistake").tolist() == [5, 8, 12]
    assert known.ordered("least sure").tolist() == []
    assert known.ordered("most wrong").tolist() == []


@given(st.lists(st.integers(0, 50), unique=True, min_size=1), st.integers(0, 50))
def test_going_on_comes_through_all_and_round(numbers: list[int], start: int) -> None:
    ordered = np.array(numbers)
    now = following(ordered, start)
    seen = []
    for _ in numbers:
        seen.append(now)
        now = following(ordered, now)
    assert sorted(seen) == sorted(numbers)
    assert now == seen[0]


def test_from_a_sample_that_is_none_of_them() -> None:
    assert following(np.array([5, 8, 12]), 6) == 8
    assert following(np.array([5, 8, 12]), 13) == 5
    assert following(np.array([12, 8, 5]), 6) == 12
    assert following(np.array([], np.int64), 6) is None
    assert following(np.array([5]), None) == 5
