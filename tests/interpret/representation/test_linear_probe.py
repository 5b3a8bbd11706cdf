import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from workbench.errors import UserError
from workbench.interpret.representation.fit_parts import fit_parts
from workbench.interpret.representation.layer_features import layer_features
from workbench.interpret.representation.linear_probe import LinearProbe, short
from workbench.interpret.subject import Subject


def test_scores_are_those_of_scikit_learn(model, images):
    result = LinearProbe().run(Subject(model, images))
    assert list(result.arrays["layers"]) == list(model.layer_ids)
    numbers = np.arange(9)
    fitted, judged = fit_parts(images.targets, True, 0)
    found = layer_features(Subject(model, images), model.layer_ids, numbers, 2048).features
    for name, score, own in zip(*result.arrays.values(), strict=True):
        scale = StandardScaler().fit(found[name][fitted].astype(np.float64))
        probe = LogisticRegression(max_iter=200).fit(
            scale.transform(found[name][fitted]), images.targets[fitted]
        )
        assert score == probe.score(scale.transform(found[name][judged]), images.targets[judged])
        assert own == probe.score(scale.transform(found[name][fitted]), images.targets[fitted])
    assert result.figures["chance"] == pytest.approx(1 / 3)
    assert "fitted to 6 samples and judged on 3 others" in result.note


def test_values(values_model, values):
    many = values.inputs
    result = LinearProbe(strength=2).run(Subject(values_model, values, "x"))
    fitted, judged = fit_parts(values.targets, False, 0)
    scale = StandardScaler().fit(many[fitted].astype(np.float64))
    probe = Ridge(alpha=2).fit(scale.transform(many[fitted]), values.targets[fitted])
    wanted = probe.score(scale.transform(many[judged]), values.targets[judged])
    assert result.arrays["score"][0] == pytest.approx(wanted, abs=1e-6)
    assert result.figures["chance"] == 0


def test_a_layer_that_is_not_finite_has_no_score(model, images):
    with torch.no_grad():
        model.conv2.weight[0] = torch.nan
    result = LinearProbe().run(Subject(model, images))
    lost = np.isnan(result.arrays["score"])
    assert [str(n) for n in result.arrays["layers"][lost]] == ["conv2", "add1", "flat1", "fc1"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 5))
def test_parts(targets, seed):
    targets = np.array(targets)
    try:
        fitted, judged = fit_parts(targets, True, seed)
    except UserError:
        counts = np.bincount(targets)
        assert len(np.unique(targets)) < 2 or sum(round(0.3 * n) for n in counts if n > 1) < 2
        return
    assert sorted([*fitted, *judged]) == list(range(len(targets)))
    assert set(targets[fitted]) == set(targets)


def test_fewer_features_answer_alike():
    random = np.random.default_rng(0)
    rows, others = random.normal(size=(30, 200)), random.normal(size=(20, 200))
    targets = rows[:, 0] > 0
    few, asked = short(rows, others)
    assert few.shape == (30, 30)
    wide = LogisticRegression(tol=1e-10, max_iter=5000).fit(rows, targets)
    narrow = LogisticRegression(tol=1e-10, max_iter=5000).fit(few, targets)
    np.testing.assert_allclose(narrow.decision_function(asked), wide.decision_function(others), atol=1e-5)
    values = random.normal(size=30)
    np.testing.assert_allclose(
        Ridge(1.0).fit(few, values).predict(asked), Ridge(1.0).fit(rows, values).predict(others), atol=1e-6
    )
    assert short(np.zeros((3, 9)), np.zeros((2, 9)))[0].shape == (3, 1)
