import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from plain_networks import stack
from scipy.stats import spearmanr

from workbench.errors import UserError
from workbench.interpret.attribution.cam import GradCam
from workbench.interpret.attribution.gradients import InputXGradient, SmoothGrad
from workbench.interpret.attribution.sanity import rank_correlation, sanity_check, similarity
from workbench.interpret.saliency import Saliency
from workbench.interpret.subject import Subject


@pytest.mark.parametrize("method", [InputXGradient(), SmoothGrad(n_samples=8), Saliency(), GradCam()])
def test_layers_lose_what_they_learned_one_after_the_other(model, images, method):
    before = copy.deepcopy(model.state_dict())
    subject = Subject(model, images, "conv2" if method.layers == "one" else "", 4)
    found = sanity_check(method, subject, seed=3)
    assert found.layers == ("fc1", "conv2", "bn1", "conv1")
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())

    with torch.random.fork_rng():
        torch.manual_seed(3)
        fresh = type(model)(model.graph)
    changed = copy.deepcopy(model)
    for name, correlation in zip(found.layers, found.correlations, strict=True):
        changed.get_submodule(name).load_state_dict(fresh.get_submodule(name).state_dict())
        by_hand = method.run(Subject(changed, images, subject.layer, 4, found.original.target))
        array = by_hand.arrays.get("attribution", by_hand.arrays.get("saliency"))
        np.testing.assert_array_equal(found.arrays[name], array)
        first = found.original.arrays.get("attribution", found.original.arrays.get("saliency"))
        if not np.ptp(array):  # a map may be 0 everywhere
            assert math.isnan(correlation)
            continue
        wanted = spearmanr(np.abs(first).ravel(), np.abs(array).ravel()).statistic
        assert correlation == pytest.approx(wanted, abs=1e-9)


def test_the_same_twice_and_random_states_stay(model, images):
    states = torch.get_rng_state(), np.random.get_state()[1].copy()
    first, second = (sanity_check(InputXGradient(), Subject(model, images)) for _ in range(2))
    assert first.correlations == second.correlations
    other = sanity_check(InputXGradient(), Subject(model, images), seed=1)
    assert other.correlations != first.correlations
    assert torch.equal(torch.get_rng_state(), states[0])
    assert (np.random.get_state()[1] == states[1]).all()


def test_what_standardize_measured_stays(values_model, values):
    found = sanity_check(InputXGradient(), Subject(values_model, values))
    assert found.layers == ("fc2", "fc1")
    assert all(np.isfinite(found.correlations))


def test_progress_and_cancel(model, images):
    told = []
    sanity_check(SmoothGrad(n_samples=8), Subject(model, images, progress=lambda *pair: told.append(pair)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1

    class Cancelled(Exception):  # noqa: N818 - no error
        pass

    def cancel(done, total):
        if done / total > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        sanity_check(SmoothGrad(n_samples=8), Subject(model, images, progress=cancel))


def test_refusals(images, model):
    bare = stack(
        {"id": "x", "type": "Input", "params": {"shape": [2, 6, 6]}},
        {"id": "pool", "type": "GlobalAvgPool"},
    )
    with pytest.raises(UserError, match="model: there are no weights in it to randomise"):
        sanity_check(InputXGradient(), Subject(bare, images))
    with pytest.raises(UserError, match="Samples go from 0 to 8"):
        sanity_check(InputXGradient(), Subject(model, images, "", 99))


def test_figures_by_hand():
    assert rank_correlation(np.array([1, -2, 3, 4.0]), np.array([10, 20, -30, 40.0])) == pytest.approx(1)
    assert rank_correlation(np.array([1, 2, 3, 4.0]), np.array([4, 3, -2, 1.0])) == pytest.approx(-1)
    # ranks 1 2.5 2.5 4 against 1 2 3 4: 4.5 / sqrt(4.5 · 5)
    assert rank_correlation(np.array([1, 2, -2, 5.0]), np.array([1, 2, 3, 4.0])) == pytest.approx(
        4.5 / math.sqrt(22.5)
    )
    assert math.isnan(rank_correlation(np.zeros(4), np.arange(4.0)))
    assert math.isnan(rank_correlation(np.array([1, np.nan]), np.arange(2.0)))
    one, other = np.array([1, 2, 3.0]), np.array([3, 1, 2.0])
    np.testing.assert_allclose(similarity({"a": one, "b": other}), [[1, -0.5], [-0.5, 1]])


@given(st.integers(2, 30).flatmap(lambda n: st.tuples(*[
    arrays.arrays(np.float32, n, elements=st.floats(-4, 4, width=16)) for _ in range(2)])))  # fmt: skip
def test_as_scipy_has_it(pair):
    one, other = pair
    found = rank_correlation(one, other)
    if np.ptp(np.abs(one)) == 0 or np.ptp(np.abs(other)) == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(np.abs(one), np.abs(other)).statistic, abs=1e-9)
