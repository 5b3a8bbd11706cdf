import numpy as np
import pytest
import torch
from sklearn.inspection import partial_dependence
from surrogate_subjects import AsEstimator, chur_model, classes_subject, people, values_subject

from workbench.errors import UserError
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.dependence import PartialDependence, dependence, own_lines


def reference(subject, features, grids, kind, response):
    data = subject.dataset
    rows = data.inputs[subject.chosen(100)].astype(np.float64)
    estimator = AsEstimator(subject.model, kind)
    return partial_dependence(
        estimator, rows, features, custom_values=grids, method="brute", kind="both", response_method=response
    )


def test_equals_scikit_learn_for_a_class():
    subject = classes_subject(target=2)
    found = PartialDependence().run(subject)
    assert found.target == 2
    for number, name in enumerate(subject.dataset.features):
        grid = found.arrays[f"{name}.grid"]
        wanted = reference(subject, [number], {number: grid}, "classifier", "predict_proba")
        np.testing.assert_allclose(found.arrays[f"{name}.pdp"], wanted["average"][2], atol=1e-6)
        np.testing.assert_allclose(found.arrays[f"{name}.ice"], wanted["individual"][2], atol=1e-6)
        assert len(grid) == 20
        values = subject.dataset.inputs[subject.chosen()][:, number].astype(np.float64)
        np.testing.assert_allclose(grid, np.quantile(values, np.linspace(0, 1, 20)))


def test_equals_scikit_learn_for_values_and_for_two_features():
    subject = values_subject()
    found = PartialDependence(feature="f1", points=7, centred=True).run(subject)
    assert list(found.arrays) == ["f1.grid", "f1.pdp", "f1.ice"]
    wanted = reference(subject, [1], {1: found.arrays["f1.grid"]}, "regressor", "auto")
    ice = wanted["individual"][0]
    np.testing.assert_allclose(found.arrays["f1.ice"], ice - ice[:, :1], atol=1e-6)
    both = PartialDependence(feature="f0", other="f2", points=4).run(subject)
    grids = {0: both.arrays["f0.grid"], 2: both.arrays["f2.grid"]}
    wanted = reference(subject, [0, 2], grids, "regressor", "auto")
    np.testing.assert_allclose(both.arrays["pdp"], wanted["average"][0], atol=1e-6)


def test_a_category_is_set_as_a_whole():
    subject = Subject(chur_model(), people())
    found = dependence(subject, PartialDependence(feature="town"))
    (curve,) = found.curves
    assert curve.ticks == ("Bern", "Chur", "Zug")
    no, yes = 1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2))
    np.testing.assert_allclose(curve.pdp, [no, yes, no], rtol=1e-6)
    assert set(curve.values) <= {0, 1, 2}
    assert found.label == 1


def test_own_line_is_the_samples_own():
    subject = classes_subject(target=0)
    found = dependence(subject, PartialDependence())
    place = 3
    sample = subject.dataset.inputs[found.samples[place]]
    own = own_lines(subject, found.features, sample, found.curves, found.label)
    for curve, line in zip(found.curves, own, strict=True):
        np.testing.assert_allclose(line, curve.ice[place], atol=1e-6)


def test_of_many_features_those_that_matter_are_chosen(model, images):
    random = np.random.default_rng(0)
    subject = classes_subject()
    with torch.no_grad():
        subject.model.fc1.weight.zero_()
        subject.model.fc1.weight[:, 2] = torch.from_numpy(random.normal(size=8))
    found = dependence(subject, PartialDependence(most=1))
    assert [curve.name for curve in found.curves] == ["f2"]
    pixels = dependence(Subject(model, images), PartialDependence(most=3, pool=2))
    assert all(curve.name.startswith("rows ") for curve in pixels.curves)
    assert len(pixels.features) == 9


def test_refusals():
    subject = classes_subject()
    with pytest.raises(UserError, match=r"no feature 'f9'.*The features are f0, f1, f2, f3"):
        PartialDependence(feature="f9").run(subject)
    with pytest.raises(UserError, match="two different features"):
        PartialDependence(feature="f1", other="f1").run(subject)
    with pytest.raises(UserError, match="Classes go from 0 to 2"):
        PartialDependence().run(classes_subject(target=3))
