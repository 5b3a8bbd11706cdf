"""How attributions are read: as pictures, bars, tokens or traces, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.dataset import Dataset, Kind
from workbench.interpret.method import Result
from workbench.ui.inspect.attribution_reading import MANY, by_size, figure, read, strongest
from workbench.ui.inspect.attribution_sanity import verdict
from workbench.ui.inspect.attribution_words import accuracy, question


def dataset(shape: tuple[int, ...], kind: Kind, dtype: str = "float32", **more: object) -> Dataset:
    inputs = np.zeros((4, *shape), dtype)
    return Dataset("test", kind, "classification", inputs, np.arange(4) % 2, classes=("no", "yes"), **more)


def result(values: np.ndarray, sample: np.ndarray | None = None, **more: object) -> Result:
    return Result({"attribution": values, "input": values if sample is None else sample}, "", **more)


@pytest.mark.parametrize(
    ("shape", "kind", "dtype", "form"),
    [
        ((3, 4, 5), "image", "float32", "picture"),
        ((6,), "table", "float32", "bars"),
        ((8, 2), "sequence", "float32", "trace"),
        ((8,), "array", "int64", "tokens"),
        ((5, 6), "array", "float32", "picture"),
        ((2, 3, 4, 5), "array", "float32", "picture"),
        ((1,), "table", "float32", "bars"),
    ],
)
def test_each_kind_of_data_has_its_form(shape: tuple[int, ...], kind: Kind, dtype: str, form: str) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    found = read(result(values, values.astype(dtype)), dataset(shape, kind, dtype))
    assert found.form == form
    assert found.values.shape == (shape if form != "picture" else shape[-2:])
    assert not found.signed


def test_a_picture_sums_its_channels_but_not_one_number_for_all_of_them() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(3, 4, 5)).astype(np.float32)
    apart = read(result(values), dataset((3, 4, 5), "image"))
    np.testing.assert_allclose(apart.values, values.astype(np.float64).sum(0))
    assert apart.signed
    together = read(result(np.repeat(values[:1], 3, axis=0)), dataset((3, 4, 5), "image"))
    np.testing.assert_array_equal(together.values, values[0])


def test_the_strongest_and_the_order_go_by_size() -> None:
    found = read(result(np.array([0.5, -2.0, 1.0, 0.0])), dataset((4,), "table", features=tuple("abcd")))
    assert strongest(found) == 1
    assert list(by_size(found)) == [1, 2, 0, 3]
    assert found.limit == 2
    assert found.names == tuple("abcd")
    assert [figure(found, n) for n in range(3)] == ["+0.5", "−2", "+1"]


def test_what_is_no_number_is_passed_over() -> None:
    found = read(result(np.array([np.nan, -np.inf, 0.25])), dataset((3,), "table"))
    assert found.limit == 0.25
    assert strongest(found) == 2
    assert read(result(np.full(3, np.nan)), dataset((3,), "table")).limit == 1
    assert read(result(np.zeros(3)), dataset((3,), "table")).limit == 1


def test_a_few_values_do_not_leave_the_rest_pale() -> None:
    values = np.ones((1, 40, 40), np.float32)
    values[0, 0, 0] = 1000
    assert values.size > MANY
    assert read(result(values), dataset((1, 40, 40), "image")).limit == 1


def test_a_layers_attribution_is_drawn_by_its_shape() -> None:
    data = dataset((1, 8, 8), "image")
    units = Result({"attribution": np.arange(3.0), "activation": np.arange(3.0) + 1}, "")
    assert read(units, data).form == "bars"
    np.testing.assert_array_equal(read(units, data).sample, [1, 2, 3])
    maps = Result({"attribution": np.ones((2, 4, 4)), "activation": np.ones((2, 4, 4))}, "")
    assert (read(maps, data).form, read(maps, data).sample) == ("picture", None)


def test_it_is_said_how_far_attributions_add_up() -> None:
    figures = {"score_difference": 3.40, "convergence_delta": 0.0102, "completeness_error": 0.003}
    said = accuracy(result(np.zeros(3), figures=figures))
    assert said == "Attributions sum to 3.41, the score changes by 3.4: error 0.3 %."
    none = {"score_difference": 0.0, "convergence_delta": 0.01}
    assert accuracy(result(np.zeros(3), figures=none)) == (
        "Attributions sum to 0.01, the score changes by 0."
    )
    exact = {"score_difference": -2.0, "convergence_delta": 1e-8, "completeness_error": 5e-9}
    assert accuracy(result(np.zeros(3), figures=exact)).endswith("by −2: error under 0.01 %.")
    assert not accuracy(result(np.zeros(3)))


def test_a_question_names_class_and_sample() -> None:
    data = dataset((3,), "table")
    assert question("LIME", result(np.zeros(3), target=1), data, "sample 4") == "LIME of class yes, sample 4"
    assert question("LIME", None, data, "drawn") == "LIME, drawn"


@pytest.mark.parametrize(
    ("last", "role", "words"),
    [
        (0.93, "problem", "hardly changes"),
        (0.8, "problem", "0.80"),
        (0.6, "warning", "in part"),
        (-0.1, "good", "−0.10"),
        (float("nan"), "good", "nothing is left"),
    ],
)
def test_verdicts(last: float, role: str, words: str) -> None:
    text, found = verdict((0.99, last))
    assert found == role
    assert words in text
