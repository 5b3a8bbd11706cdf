import pytest
import torch
from torch import tensor
from torch.testing import assert_close

from workbench.build.check import built
from workbench.train.outputs import Reading, reading


@pytest.mark.parametrize(
    ("ending", "end"), [("ReLU", "scores"), ("Softmax", "softmax"), ("Sigmoid", "sigmoid")]
)
def test_the_last_layer_says_what_outputs_are(make_project, ending, end):
    project = make_project(("Input", {"shape": [3]}), ("Linear", {"out_features": 2}), ending)
    assert reading(built(project.model), "classification") == Reading("classification", end)


def test_scores_become_probabilities_that_add_up_to_one():
    scores = tensor([[1.0, 2.0, 0.0], [5.0, -1.0, 0.0]])
    read = Reading("classification", "scores")
    assert_close(read.probabilities(scores), scores.softmax(1))
    assert read.labels(scores).tolist() == [1, 0]


def test_one_score_is_that_of_class_1():
    read = Reading("classification", "scores")
    found = read.probabilities(tensor([[0.0], [2.0], [-2.0]]))
    assert_close(found[:, 1], tensor([0.0, 2.0, -2.0]).sigmoid())
    assert_close(found.sum(1), torch.ones(3))
    assert read.labels(tensor([[0.1], [-0.1]])).tolist() == [1, 0]


def test_one_probability_is_that_of_class_1():
    read = Reading("classification", "sigmoid")
    assert_close(read.probabilities(tensor([[0.3]])), tensor([[0.7, 0.3]]))
    assert read.labels(tensor([[0.3], [0.7]])).tolist() == [0, 1]


def test_sigmoids_of_several_classes_are_scaled():
    found = Reading("classification", "sigmoid").probabilities(tensor([[0.5, 0.5, 1.0], [0.0, 0.0, 0.0]]))
    assert_close(found, tensor([[0.25, 0.25, 0.5], [0.0, 0.0, 0.0]]))


def test_softmax_is_taken_as_it_is():
    outputs = tensor([[0.2, 0.8]])
    assert torch.equal(Reading("classification", "softmax").probabilities(outputs), outputs)


def test_regression_predicts_its_output():
    assert Reading("regression", "scores").labels(tensor([[1.5], [2.5]])).tolist() == [1.5, 2.5]
