import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score
from torch import nn

from workbench.data.dataset import Source
from workbench.train.batches import Samples
from workbench.train.losses import loss
from workbench.train.outputs import Reading
from workbench.train.validation import validate

CPU = torch.device("cpu")
VALUES = st.floats(-1000, 1000, width=32)


def validated(task, outputs, targets, end="scores", size=7):
    """Validate a model that gives ``outputs`` back as they are."""
    read = Reading(task, end)
    chosen = loss("auto", read, outputs.shape[1])
    source = Source("made", "table", task, outputs.copy(), targets)
    samples = Samples(source, np.arange(len(outputs)), chosen, CPU)
    model = nn.Identity()
    found = validate(model, samples, chosen, read, size)
    assert model.training
    prepared = chosen.prepared(torch.from_numpy(targets))
    whole = float(chosen.function(torch.from_numpy(outputs).double(), _double(prepared)))
    assert found.loss == pytest.approx(whole, rel=1e-5, abs=1e-6)
    return found.metrics


def _double(values):
    return values.double() if values.is_floating_point() else values


@settings(deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 40), st.just(3)), elements=VALUES), st.integers(0, 99))
def test_accuracy_is_scikit_learns(outputs, seed):
    targets = np.random.default_rng(seed).integers(0, 3, len(outputs))
    found = validated("classification", outputs, targets)
    assert found == {"accuracy": pytest.approx(accuracy_score(targets, outputs.argmax(1)))}


@settings(deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 40), st.just(1)), elements=VALUES), st.integers(0, 99))
def test_accuracy_of_one_output_is_scikit_learns(outputs, seed):
    targets = np.random.default_rng(seed).integers(0, 2, len(outputs))
    found = validated("classification", outputs, targets)
    assert found == {"accuracy": pytest.approx(accuracy_score(targets, outputs[:, 0] > 0))}


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(0, 999), st.floats(0, 2), st.floats(-100, 100))
def test_regression_metrics_are_scikit_learns(samples, seed, noise, shift):
    random = np.random.default_rng(seed)
    targets = (random.normal(size=samples) + shift).astype(np.float32)
    outputs = (targets + noise * random.normal(size=samples)).astype(np.float32)[:, None]
    found = validated("regression", outputs, targets)
    assert list(found) == ["r2", "mean_absolute_error"]
    truth, values = targets.astype(np.float64), outputs[:, 0].astype(np.float64)
    assert found["r2"] == pytest.approx(r2_score(truth, values), rel=1e-4, abs=1e-5)
    assert found["mean_absolute_error"] == pytest.approx(
        mean_absolute_error(truth, values), rel=1e-4, abs=1e-6
    )


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_r2_of_targets_that_are_all_alike_is_scikit_learns(shift):
    targets = np.full(5, 3, np.float32)
    outputs = (targets + np.float32(shift))[:, None]
    assert validated("regression", outputs, targets)["r2"] == r2_score(targets, outputs[:, 0])


def test_r2_of_one_sample_is_undefined():
    assert np.isnan(validated("regression", np.ones((1, 1), np.float32), np.ones(1, np.float32))["r2"])
