import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, LinearSVR
from surrogate_subjects import AsEstimator, chur_model, classes_subject, people, values_subject

from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.linear import LinearSvm, fit_linear


def test_equals_scikit_learns_svm_of_the_answers():
    subject = classes_subject()
    data, network = subject.dataset, AsEstimator(subject.model)
    train, test = data.splits["train"], data.splits["test"]
    svm = LinearSVC(dual="auto", max_iter=5000, random_state=0)
    wanted = make_pipeline(StandardScaler(), svm)
    wanted.fit(data.inputs[train].astype(np.float64), network.predict(data.inputs[train]))
    found = LinearSvm().run(subject)
    np.testing.assert_allclose(found.arrays["coefficients"], svm.coef_, atol=1e-9)
    np.testing.assert_allclose(found.arrays["intercept"], svm.intercept_, atol=1e-9)
    np.testing.assert_allclose(found.arrays["mean"], wanted[0].mean_)
    np.testing.assert_allclose(found.arrays["scale"], wanted[0].scale_)
    said = wanted.predict(data.inputs[test].astype(np.float64))
    assert found.figures["fidelity"] == accuracy_score(network.predict(data.inputs[test]), said)
    assert found.text.startswith("a\n")


def test_a_linear_network_is_matched():
    subject = values_subject()
    line = subject.model
    with torch.no_grad():  # small arguments, where tanh is a straight line
        line.fc1.weight.mul_(1e-3)
        line.fc1.bias.zero_()
        line.fc2.weight.mul_(1e4)
    found = fit_linear(subject, LinearSvm(C=100))
    slope = (line.fc2.weight @ line.fc1.weight).detach().numpy()
    np.testing.assert_allclose(found.coefficients / found.scale, slope, rtol=2e-2)
    assert found.judged.fidelity > 0.999
    data = subject.dataset
    train = data.inputs[data.splits["train"]].astype(np.float64)
    answers = AsEstimator(line, "regressor").predict(train).astype(np.float64)
    svr = LinearSVR(C=100, dual="auto", loss="squared_epsilon_insensitive", max_iter=5000, random_state=0)
    svr.fit(StandardScaler().fit_transform(train), (answers - answers.mean()) / answers.std())
    np.testing.assert_allclose(found.coefficients[0], svr.coef_ * answers.std(), rtol=1e-4)


def test_two_classes_have_opposite_rows_and_categories_a_column_a_value():
    found = fit_linear(Subject(chur_model(), people()), LinearSvm())
    np.testing.assert_array_equal(found.coefficients[0], -found.coefficients[1])
    assert found.columns == ("age", "town is Bern", "town is Chur", "town is Zug", "member")
    assert found.coefficients[1].argmax() == 2
    assert found.judged.fidelity == 1


def test_a_network_that_always_says_the_same():
    subject = classes_subject()
    with torch.no_grad():
        subject.model.fc2.weight.zero_()
        subject.model.fc2.bias.copy_(torch.tensor([0.0, 1.0, 0.0]))
    found = fit_linear(subject, LinearSvm())
    assert not found.coefficients.any()
    assert found.intercept.argmax() == 1
    assert found.judged.fidelity == pytest.approx(1)
