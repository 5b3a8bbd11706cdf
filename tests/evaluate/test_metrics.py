import math

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.evaluate import metrics

pytestmark = pytest.mark.filterwarnings("error")


def drawn(seed, samples, classes):
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, samples)
    probabilities = random.dirichlet(np.ones(classes), samples).astype(np.float32)
    return truth, probabilities.argmax(1), probabilities


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 6))
def test_classification_metrics_are_scikit_learns(seed, samples, classes):
    truth, labels, probabilities = drawn(seed, samples, classes)
    found = metrics.classification(truth, labels, probabilities, probabilities.shape[1])
    average = "binary" if classes == 2 else "macro"
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(truth, labels))
    for name, function in [
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
        ("f1", sk.f1_score),
    ]:
        assert found[name] == pytest.approx(function(truth, labels, average=average, zero_division=0))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_roc_auc_is_scikit_learns_where_all_classes_occur(seed, classes):
    truth, _, probabilities = drawn(seed, 60, classes)
    truth[:classes] = range(classes)
    if classes == 2:
        expected = sk.roc_auc_score(truth, probabilities[:, 1])
    else:
        exact = probabilities.astype(np.float64)
        exact /= exact.sum(1, keepdims=True)
        expected = sk.roc_auc_score(truth, exact, multi_class="ovr", average="macro")
    assert metrics.roc_auc(truth, probabilities) == pytest.approx(expected, abs=1e-6)


def test_a_class_that_does_not_occur_is_left_out_of_roc_auc():
    truth = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.6, 0.2]])
    assert metrics.roc_auc(truth, probabilities) == 1.0


@pytest.mark.parametrize("classes", [2, 3])
def test_one_class_alone_has_no_roc_auc(classes):
    truth = np.zeros(5, np.int64)
    probabilities = np.full((5, classes), 1 / classes)
    found = metrics.classification(truth, truth, probabilities, probabilities.shape[1])
    assert math.isnan(found["roc_auc"])
    assert found["accuracy"] == 1.0


def test_no_samples_are_no_numbers():
    empty = np.zeros(0, np.int64)
    assert all(map(math.isnan, metrics.classification(empty, empty, np.zeros((0, 3)), 3).values()))
    assert all(map(math.isnan, metrics.regression(empty.astype(float), empty.astype(float)).values()))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 60), st.floats(-1e6, 1e6))
def test_regression_metrics_are_scikit_learns(seed, samples, shift):
    random = np.random.default_rng(seed)
    truth = (random.normal(size=samples) + shift).astype(np.float32)
    values = (truth + random.normal(size=samples)).astype(np.float32)
    found = metrics.regression(truth, values)
    exact = truth.astype(np.float64), values.astype(np.float64)
    assert found == {
        "r2": pytest.approx(sk.r2_score(*exact)),
        "mean_absolute_error": pytest.approx(sk.mean_absolute_error(*exact)),
        "mean_squared_error": pytest.approx(sk.mean_squared_error(*exact)),
        "root_mean_squared_error": pytest.approx(sk.root_mean_squared_error(*exact)),
    }


def test_one_value_has_errors_but_no_r2():
    found = metrics.regression(np.ones(1), np.zeros(1))
    assert math.isnan(found["r2"])
    assert found["mean_absolute_error"] == 1.0
