"""Costs worked out by hand: multiplications and additions counted apart, as is usual."""

import pytest
import torch
from effort import lines_run
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.build.cost import RefusedError, _run, cost
from workbench.layers import CATALOGUE, TensorSpec


def of(name: str, params: dict, *inputs: TensorSpec):
    return cost(CATALOGUE[name].model_validate(params), inputs)


IMAGE = TensorSpec((3, 8, 6))


@pytest.mark.parametrize(
    ("name", "params", "spec", "shape", "weights", "flops"),
    [
        ("Linear", {"out_features": 5}, TensorSpec((7,)), (5,), 7 * 5 + 5, 2 * 7 * 5),
        ("Linear", {"out_features": 5, "bias": False}, TensorSpec((4, 7)), (4, 5), 35, 4 * 2 * 7 * 5),
        ("Conv2d", {"out_channels": 4}, IMAGE, (4, 6, 4), 4 * 27 + 4, 2 * 27 * 4 * 24),
        ("Conv2d", {"out_channels": 6, "groups": 3, "padding": "same"}, IMAGE, (6, 8, 6), 60, 2 * 9 * 6 * 48),
        ("ConvTranspose2d", {"out_channels": 4, "stride": 2}, IMAGE, (4, 16, 12), 48 + 4, 2 * 3 * 4 * 4 * 48),
        ("Conv1d", {"out_channels": 4}, TensorSpec((3, 8)), (4, 6), 4 * 9 + 4, 2 * 9 * 4 * 6),
        ("LSTM", {"hidden_size": 5}, TensorSpec((9, 3)), (5,), 4 * 5 * (3 + 5 + 2), 9 * 2 * 4 * 5 * (3 + 5)),
        ("GRU", {"hidden_size": 5}, TensorSpec((9, 3)), (5,), 3 * 5 * (3 + 5 + 2), 9 * 2 * 3 * 5 * (3 + 5)),
        ("Embedding", {"num_embeddings": 9, "embedding_dim": 2}, TensorSpec((4,), "int64"), (4, 2), 18, 0),
        ("BatchNorm2d", {}, IMAGE, (3, 8, 6), 6, 0),
        ("MaxPool2d", {}, IMAGE, (3, 4, 3), 0, 0),
    ],
)  # fmt: skip
def test_costs(name: str, params: dict, spec: TensorSpec, shape: tuple, weights: int, flops: int):
    assert of(name, params, spec) == (TensorSpec(shape), weights, flops)


def test_ids_stay_ids():
    assert of("Flatten", {}, TensorSpec((3, 4), "int64")).output == TensorSpec((12,), "int64")


def test_takes_no_memory():
    """A layer of four terabytes is costed as fast as a small one."""
    wide = of("Linear", {"out_features": 1_000_000}, TensorSpec((1_000_000,)))
    assert wide.params == 10**12 + 10**6


def test_refusals_are_told_in_one_line():
    with pytest.raises(RefusedError) as caught:
        of("Conv2d", {"kernel_size": 9}, IMAGE)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_is_worked_out_once():
    cost.cache_clear()
    for _ in range(3):
        of("Linear", {"out_features": 5}, TensorSpec((7,)))
    assert cost.cache_info().misses == 1


def test_leaves_random_numbers_alone():
    """Looking at a stack must not change the next training run."""
    cost.cache_clear()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    of("LSTM", {"hidden_size": 5}, TensorSpec((9, 3)))
    of("Dropout", {}, TensorSpec((9, 3)))
    assert torch.equal(torch.get_rng_state(), before)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([name for name, kind in CATALOGUE.items() if kind.group == "recurrent"]),
    st.fixed_dictionaries(
        {},
        optional={
            "hidden_size": st.integers(1, 5),
            "num_layers": st.integers(1, 2),
            "bidirectional": st.booleans(),
            "returns": st.sampled_from(["sequence", "last"]),
        },
    ),
    st.integers(1, 9),
    st.integers(1, 5),
)
def test_what_many_steps_cost_follows_from_a_few(name: str, params: dict, steps: int, features: int):
    kind = CATALOGUE[name]
    layer = kind.model_validate({key: value for key, value in params.items() if key in kind.model_fields})
    spec = TensorSpec((steps, features))
    assert cost(layer, (spec,)) == _run(layer, (spec,))


def test_a_long_sequence_is_as_little_work_as_a_short_one():
    params = {"hidden_size": 8, "returns": "sequence"}
    of("LSTM", params, TensorSpec((2, 4)))  # the first prepares
    cost.cache_clear()
    short = lines_run(lambda: of("LSTM", params, TensorSpec((4, 4))))
    assert lines_run(lambda: of("LSTM", params, TensorSpec((100_000, 4)))) < 1.2 * short
    found = of("LSTM", params, TensorSpec((100_000, 4)))
    assert found.output.shape == (100_000, 8)
    assert found.flops == 100_000 * 2 * 4 * 8 * (4 + 8)
