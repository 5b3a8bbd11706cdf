import itertools
import math

import pytest
import torch
from torch import tensor
from torch.nn import functional
from torch.testing import assert_close

from workbench.build.check import built
from workbench.errors import UserError
from workbench.graph import training
from workbench.train.ctc import class_log_likelihoods
from workbench.train.outputs import Reading, reading


@pytest.mark.parametrize(
    ("ending", "end"),
    [
        ("ReLU", "scores"),
        ("Softmax", "softmax"),
        ("LogSoftmax", "log_softmax"),
        ("Sigmoid", "sigmoid"),
        (("Softmax", {"dim": 1}), "softmax"),
    ],
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


@pytest.mark.parametrize(
    ("loss", "form"),
    [
        (training.Auto(), "classes"),
        (training.CrossEntropy(), "classes"),
        (training.BCEWithLogits(), "apart"),
        (training.CosineEmbedding(), "directions"),
        (training.TripletMargin(), "embedding"),
        (training.CTC(), "sequence"),
    ],
)
def test_the_loss_says_what_outputs_are_for(make_project, loss, form):
    project = make_project(("Input", {"shape": [5, 3]}), ("Linear", {"out_features": 2}))
    assert reading(built(project.model), "classification", loss).form == form


@pytest.mark.parametrize(("dim", "end"), [(-1, "softmax"), (2, "softmax"), (1, "scores")])
def test_a_softmax_over_the_steps_of_a_sequence_leaves_scores(make_project, dim, end):
    project = make_project(("Input", {"shape": [5, 3]}), ("Softmax", {"dim": dim}))
    assert reading(built(project.model), "classification", training.CTC()).end == end


def test_logarithms_of_probabilities():
    scores = torch.randn(7, 4)
    read = Reading("classification", "log_softmax")
    assert_close(read.probabilities(scores.log_softmax(1)), scores.softmax(1))
    assert torch.equal(read.labels(scores.log_softmax(1)), scores.argmax(1))
    for end, outputs in (("scores", scores), ("softmax", scores.softmax(1))):
        assert_close(Reading("classification", end).logarithms(outputs), scores.log_softmax(1))


def test_scores_apart_are_sigmoids_that_are_scaled():
    scores = tensor([[0.0, 2.0], [-1.0, -3.0]])
    read = Reading("classification", "scores", "apart")
    assert_close(read.probabilities(scores), scores.sigmoid() / scores.sigmoid().sum(1, keepdim=True))
    assert read.labels(scores).tolist() == [1, 0]
    assert_close(read.probabilities(scores[:, :1])[:, 1], scores[:, 0].sigmoid())


def test_directions_give_squared_cosines():
    read = Reading("classification", "scores", "directions")
    outputs = tensor([[3.0, 4.0], [2.0, -1.0], [1000.0, 1000.0]])
    assert_close(read.probabilities(outputs), tensor([[0.36, 0.64], [1.0, 0.0], [0.5, 0.5]]))
    assert read.labels(outputs).tolist()[:2] == [1, 0]


@pytest.mark.parametrize("ask", [Reading.labels, Reading.probabilities])
def test_embeddings_stand_for_no_class(ask):
    with pytest.raises(UserError, match="stand for no classes"):
        ask(Reading("classification", "scores", "embedding"), torch.ones(2, 3))


@pytest.mark.parametrize("steps", [1, 2, 12])
def test_a_sequence_is_of_the_class_that_torchs_ctc_finds_likeliest(steps):
    scores = 3 * torch.randn(8, steps, 4, generator=torch.Generator().manual_seed(steps))
    logs = scores.log_softmax(2)
    losses = [
        functional.ctc_loss(
            logs.transpose(0, 1), torch.full((8, 1), number), (steps,) * 8, (1,) * 8, reduction="none"
        )
        for number in (1, 2, 3)
    ]
    likelihoods = -torch.stack(losses, 1)
    read = Reading("classification", "scores", "sequence")
    assert_close(read.probabilities(scores), likelihoods.softmax(1), rtol=1e-4, atol=1e-6)
    assert torch.equal(read.labels(scores), likelihoods.argmax(1))
    assert torch.equal(Reading("classification", "log_softmax", "sequence").labels(logs), read.labels(scores))


def test_a_likelihood_is_the_sum_over_all_paths():
    logs = torch.randn(1, 3, 3).log_softmax(2)
    paths = [
        path
        for path in itertools.product(range(3), repeat=3)
        if [number for number, _ in itertools.groupby(path) if number] == [2]
    ]
    total = sum(math.exp(sum(float(logs[0, t, number]) for t, number in enumerate(path))) for path in paths)
    assert class_log_likelihoods(logs)[0, 1].exp().item() == pytest.approx(total, rel=1e-5)
