import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, r2_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from surrogate_subjects import AsEstimator, chur_model, classes_subject, people, values_subject

from workbench.errors import UserError
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.rules import because, rules
from workbench.interpret.surrogates.tree import DecisionTree, fit_tree, shortest


def test_equals_scikit_learns_tree_of_the_answers():
    subject = classes_subject()
    data, network = subject.dataset, AsEstimator(subject.model)
    train, test = data.splits["train"], data.splits["test"]
    wanted = DecisionTreeClassifier(max_depth=3, min_samples_leaf=4, random_state=7)
    wanted.fit(data.inputs[train].astype(np.float64), network.predict(data.inputs[train]))
    found = DecisionTree(max_depth=3, min_samples_leaf=4, seed=7).run(subject)
    np.testing.assert_array_equal(found.arrays["children_left"], wanted.tree_.children_left)
    np.testing.assert_array_equal(found.arrays["feature"], wanted.tree_.feature)
    np.testing.assert_allclose(found.arrays["threshold"], wanted.tree_.threshold)
    np.testing.assert_allclose(found.arrays["value"][:, wanted.classes_], wanted.tree_.value[:, 0])
    np.testing.assert_allclose(found.arrays["importance"], wanted.feature_importances_)
    said, answered = wanted.predict(data.inputs[test]), network.predict(data.inputs[test])
    assert found.figures == {
        "fidelity": pytest.approx(accuracy_score(answered, said)),
        "surrogate_accuracy": pytest.approx(accuracy_score(data.targets[test], said)),
        "network_accuracy": pytest.approx(accuracy_score(data.targets[test], answered)),
        "fitted": 80,
        "held_out": 40,
        "depth": wanted.get_depth(),
        "leaves": wanted.get_n_leaves(),
    }
    tree = fit_tree(subject, DecisionTree(max_depth=3, min_samples_leaf=4, seed=7))
    assert [tree.path(data.inputs[n])[-1] for n in test] == list(wanted.apply(data.inputs[test]))


def test_equals_scikit_learns_tree_of_values():
    subject = values_subject()
    data, network = subject.dataset, AsEstimator(subject.model, "regressor")
    train, test = data.splits["train"], data.splits["test"]
    wanted = DecisionTreeRegressor(max_depth=4, min_samples_leaf=5, random_state=0)
    wanted.fit(data.inputs[train].astype(np.float64), network.predict(data.inputs[train]))
    found = DecisionTree().run(subject)
    np.testing.assert_allclose(found.arrays["value"], wanted.tree_.value[:, 0])
    answered = network.predict(data.inputs[test])
    assert found.figures["fidelity"] == pytest.approx(r2_score(answered, wanted.predict(data.inputs[test])))
    assert "target ≈ " in found.text


def test_categories_are_read_as_such():
    tree = fit_tree(Subject(chur_model(), people()), DecisionTree())
    assert tree.features.names == ("age", "town", "member")
    np.testing.assert_array_equal(tree.importance, [0, 1, 0])
    lines = rules(tree).splitlines()
    assert lines[0].startswith("town isn’t Chur: no (")
    assert lines[1].startswith("town is Chur: yes (")
    assert lines[1].endswith(" samples, 100 %)")
    data = people()
    chur = int(np.flatnonzero(data.inputs[:, 2] == 1)[0])
    elsewhere = int(np.flatnonzero(data.inputs[:, 2] == 0)[0])
    assert because(tree, data.inputs[chur]) == "because town is Chur: yes"
    assert because(tree, data.inputs[elsewhere]) == "because town isn’t Chur: no"
    assert tree.judged.fidelity == tree.judged.own == tree.judged.network == 1


def test_conditions_on_one_feature_become_one():
    subject = values_subject()
    with torch.no_grad():  # answers are a bump of the first number
        subject.model.fc1.weight.zero_()
        subject.model.fc1.weight[:2, 0] = torch.tensor([4.0, 4.0])
        subject.model.fc1.bias.copy_(torch.tensor([-12.0, -28.0] + [0.0] * 6))
        subject.model.fc2.weight.copy_(torch.tensor([[1.0, -1.0] + [0.0] * 6]))
    tree = fit_tree(subject, DecisionTree(max_depth=2, min_samples_leaf=1))
    inside = int(np.flatnonzero(np.abs(subject.dataset.inputs[:, 0] - 5) < 0.5)[0])
    reason = because(tree, subject.dataset.inputs[inside])
    assert reason.count("f0") == 1
    assert " < f0 ≤ " in reason


def test_the_truth_decides_nothing_and_held_out_samples_neither():
    subject = classes_subject()
    data = subject.dataset
    before = DecisionTree().run(subject).arrays
    data.targets[:] = 0
    data.inputs[data.splits["test"]] = 9
    after = DecisionTree().run(subject).arrays
    for name, values in before.items():
        np.testing.assert_array_equal(after[name], values)


def test_a_network_that_always_says_the_same():
    subject = classes_subject()
    with torch.no_grad():
        subject.model.fc2.weight.zero_()
        subject.model.fc2.bias.copy_(torch.tensor([0.0, 1.0, 0.0]))
    tree = fit_tree(subject, DecisionTree())
    assert rules(tree) == "b (80 samples, 100 %)"
    assert because(tree, subject.dataset.inputs[0]) == "always b"
    assert (tree.depth, tree.leaves, tree.judged.fidelity) == (0, 1, 1)


def test_units_are_those_of_the_data(model, images):
    tree = fit_tree(Subject(model, images), DecisionTree(min_samples_leaf=1))
    assert tree.features.names[0] == "row 0, column 0, channel 0"
    if not tree.is_leaf(0):
        assert 0 < tree.threshold[0] < 255


@pytest.mark.parametrize("name", ["tree", "linear_svm", "partial_dependence", "permutation_importance"])
def test_refusals(ids_model, words, name):
    method = METHODS[name]
    with pytest.raises(UserError, match="sequences of ids"):
        method.run(Subject(ids_model, words))
    subject = values_subject()
    with torch.no_grad():
        subject.model.fc2.bias.fill_(torch.nan)
    with pytest.raises(UserError, match="no finite number"):
        method.run(subject)
    with pytest.raises(UserError, match="no samples in this part"):
        method.run(classes_subject(samples=np.array([], np.int64)))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0.0, 0.999))
def test_shown_thresholds_part_alike(low, gap, share):
    high = low + gap
    threshold = low + share * (high - low)
    if low <= threshold < high:
        assert low <= float(shortest(threshold, low, high)) < high


def test_shown_thresholds_are_short():
    assert shortest(2.4500000476837158, 1.9, 3.0) == "2.45"
    assert shortest(149.5, 149, 150) == "149.5"
    assert shortest(150.0, 100, 200) == "150"
    assert shortest(1.23456e-7, 1.2e-7, 1.3e-7) == "1.23e-07"
