"""Importances against shares of variance worked out by hand."""

import numpy as np
import pytest

from workbench.graph.search import Choices, FloatRange
from workbench.search.importance import importances
from workbench.search.trials import Trial

SPACE = {
    "a": FloatRange(low=0, high=1),
    "b": FloatRange(low=1e-4, high=1, log=True),
    "c": Choices(values=(1, 2)),
    "d": FloatRange(low=0, high=1),
}


def trials(function, count=120):
    random = np.random.default_rng(0)
    for number in range(count):
        a, exponent, c, d = (
            random.random(),
            random.uniform(-4, 0),
            int(random.integers(1, 3)),
            random.random(),
        )
        value = function(a, exponent, c, d)
        yield Trial(number, "completed", {"a": a, "b": 10**exponent, "c": c, "d": d}, value)


def test_additive_effects_have_their_shares_of_the_variance():
    # uniform on an interval of length s has the variance s²/12, two equal points h apart h²/4
    found = importances(trials(lambda a, e, c, d: 6 * a + 1.0 * e + 1.0 * c), SPACE)
    variances = {"a": 36 / 12, "b": 16 / 12, "c": 1 / 4, "d": 0.0}
    total = sum(variances.values())
    assert list(found)[:2] == ["a", "b"]
    assert sum(found.values()) == pytest.approx(1)
    for name, variance in variances.items():
        assert found[name] == pytest.approx(variance / total, abs=0.1)


def test_the_same_trials_give_the_same():
    made = list(trials(lambda a, e, c, d: a * d, 30))
    assert importances(made, SPACE) == importances(made, SPACE)


def test_nothing_is_said_of_few_or_equal_trials():
    assert importances(trials(lambda a, e, c, d: a, 3), SPACE) == {}
    assert importances(trials(lambda a, e, c, d: 1.0, 30), SPACE) == {}
    assert importances([], SPACE) == {}


def test_settings_that_some_trials_lack_are_left_out():
    made = list(trials(lambda a, e, c, d: a, 20))
    lacking = Trial(99, "completed", {"a": 0.5, "b": 0.5, "c": 1}, 0.5)
    assert set(importances([*made, lacking], SPACE)) == {"a", "b", "c"}


def test_trials_outside_a_narrowed_range_still_count():
    narrow = {**SPACE, "a": FloatRange(low=0.4, high=0.6)}
    assert next(iter(importances(trials(lambda a, e, c, d: a, 40), narrow))) == "a"
