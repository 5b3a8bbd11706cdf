import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import TypeAdapter
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score
from sklearn.neighbors import NearestNeighbors
from torch import nn

from workbench.data.dataset import Source
from workbench.graph import training
from workbench.graph.training import AUTO
from workbench.train.batches import Samples
from workbench.train.losses import loss
from workbench.train.outputs import Reading
from workbench.train.validation import validate

CPU = torch.device("cpu")
VALUES = st.floats(-1000, 1000, width=32)


def validated(task, outputs, targets, end="scores", size=7):
    """Validate a model that gives ``outputs`` back as they are."""
    read = Reading(task, end)
    chosen = loss(AUTO, read, outputs.shape[1])
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


def samples_of(outputs, targets, chosen):
    source = Source("made", "table", "classification", outputs, targets)
    return Samples(source, np.arange(len(outputs)), chosen, CPU)


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize(("name", "width"), [("cross_entropy", 3), ("bce", 1), ("bce_with_logits", 3)])
def test_weighted_losses_are_those_of_one_batch(name, width, size):
    random = np.random.default_rng(0)
    outputs = random.normal(size=(40, width)).astype(np.float32)
    targets = np.sort(random.integers(0, max(2, width), 40))
    section = TypeAdapter(training.Loss).validate_python({"name": name, "class_weights": "balanced"})
    read = Reading("classification", "scores")
    chosen = loss(section, read, width, class_counts=[5, 30, 65][: max(2, width)])
    found = validate(nn.Identity(), samples_of(outputs, targets, chosen), chosen, read, size)
    whole = chosen.function(torch.from_numpy(outputs), chosen.prepared(torch.from_numpy(targets)))
    assert found.loss == pytest.approx(float(whole), rel=1e-5)


def test_sequences():
    random = np.random.default_rng(0)
    outputs = random.normal(size=(20, 6, 4)).astype(np.float32)
    targets = random.integers(0, 3, 20)
    read = Reading("classification", "scores", "sequence")
    chosen = loss(training.CTC(), read, 4)
    found = validate(nn.Identity(), samples_of(outputs, targets, chosen), chosen, read, 7)
    whole = chosen.function(torch.from_numpy(outputs), torch.from_numpy(targets))
    assert found.loss == pytest.approx(float(whole), rel=1e-5)
    labels = read.labels(torch.from_numpy(outputs)).numpy()
    assert found.metrics == {"accuracy": pytest.approx(accuracy_score(targets, labels))}


@pytest.mark.parametrize("offset", [0, 1e4])
def test_embeddings_have_the_accuracy_of_their_nearest_neighbours(offset):
    random = np.random.default_rng(0)
    targets = np.sort(random.integers(0, 3, 60))
    outputs = (random.normal(size=(60, 2)) + offset).astype(np.float32)
    outputs[:, 0] += targets
    read = Reading("classification", "scores", "embedding")
    chosen = loss(training.TripletMargin(), read, 2)
    found = validate(nn.Identity(), samples_of(outputs, targets, chosen), chosen, read, 16)
    neighbours = NearestNeighbors(n_neighbors=2).fit(outputs).kneighbors(outputs)[1][:, 1]
    assert found.metrics == {"accuracy": pytest.approx(accuracy_score(targets, targets[neighbours]))}
    assert found.loss > 0, "each batch has samples from all over a split that is in order"


def test_the_loss_of_embeddings_is_the_mean_over_their_triplets():
    outputs = np.array([[0], [1], [5], [5.5]], np.float32)
    read = Reading("classification", "scores", "embedding")
    chosen = loss(training.TripletMargin(margin=3.7), read, 1)
    found = validate(
        nn.Identity(), samples_of(outputs, np.array([0, 0, 1, 0]), chosen), chosen, read, size=64
    )
    # sample 2 has no other of its class; hardest of 0, 1 and 3: 5.5 and 5, 4.5 and 4, 5.5 and 0.5
    assert found.loss == pytest.approx((4.2 + 4.2 + 8.7) / 3, rel=1e-6)
    assert found.metrics == {"accuracy": 0.5}


def test_a_single_embedding_has_no_neighbour():
    read = Reading("classification", "scores", "embedding")
    chosen = loss(training.TripletMargin(), read, 2)
    single = samples_of(np.ones((1, 2), np.float32), np.array([0]), chosen)
    assert validate(nn.Identity(), single, chosen, read, 4) == (0.0, {"accuracy": 0.0})
