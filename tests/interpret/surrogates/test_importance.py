import numpy as np
import pytest
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss
from surrogate_subjects import AsEstimator, chur_model, classes_subject, people, values_subject

from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.importance import PermutationImportance


@pytest.mark.parametrize(
    ("make", "kind", "metric", "scoring"),
    [
        (classes_subject, "classifier", "score", "accuracy"),
        (classes_subject, "classifier", "loss", "neg_log_loss"),
        (values_subject, "regressor", "score", "r2"),
        (values_subject, "regressor", "loss", "neg_mean_squared_error"),
    ],
)
def test_equals_scikit_learn(make, kind, metric, scoring):
    subject = make()
    data = subject.dataset
    test = data.splits["test"]
    wanted = permutation_importance(
        AsEstimator(subject.model, kind),
        data.inputs[test],
        data.targets[test],
        scoring=scoring,
        n_repeats=4,
        random_state=5,
    )
    found = PermutationImportance(metric=metric, repeats=4, seed=5).run(subject)
    np.testing.assert_allclose(found.arrays["drops"], wanted.importances, atol=1e-6)
    np.testing.assert_allclose(found.arrays["mean"], wanted.importances_mean, atol=1e-6)
    np.testing.assert_allclose(found.arrays["std"], wanted.importances_std, atol=1e-6)


def test_the_loss_is_cross_entropy():
    subject = classes_subject()
    data = subject.dataset
    test = data.splits["test"]
    shares = AsEstimator(subject.model).predict_proba(data.inputs[test])
    found = PermutationImportance(metric="loss", repeats=1).run(subject)
    assert found.figures["loss"] == pytest.approx(log_loss(data.targets[test], shares, labels=[0, 1, 2]))


def test_a_category_is_shuffled_as_a_whole():
    found = PermutationImportance(repeats=3).run(Subject(chur_model(), people()))
    age, town, member = found.arrays["mean"]
    assert (age, member) == (0, 0)
    assert town > 0.2
    assert found.text.splitlines()[0].endswith("  town")


def test_squares_of_an_image(model, images):
    found = PermutationImportance(repeats=1, pool=4).run(Subject(model, images))
    assert found.arrays["mean"].shape == (4,)
