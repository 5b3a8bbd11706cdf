import pytest
import torch
from torch.nn import functional

from workbench.errors import UserError
from workbench.train.losses import loss
from workbench.train.outputs import Reading

CLASSES = Reading("classification", "scores")
SOFTMAX = Reading("classification", "softmax")
SIGMOID = Reading("classification", "sigmoid")
VALUES = Reading("regression", "scores")


def value(chosen, outputs, targets):
    return chosen.function(outputs, chosen.prepared(targets))


@pytest.fixture
def scores():
    return torch.randn(20, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def targets():
    return torch.arange(20) % 4


def test_auto_takes_cross_entropy_of_scores(scores, targets):
    chosen = loss("auto", CLASSES, 4)
    assert chosen.name == "cross_entropy"
    assert torch.equal(value(chosen, scores, targets), functional.cross_entropy(scores, targets))


def test_cross_entropy_of_probabilities_is_that_of_their_scores(scores, targets):
    found = value(loss("auto", SOFTMAX, 4), scores.softmax(1), targets)
    assert float(found) == pytest.approx(float(functional.cross_entropy(scores, targets)), rel=1e-6)


def test_a_probability_of_zero_has_a_finite_loss_and_gradient():
    outputs = torch.tensor([[0.0, 1.0]], requires_grad=True)
    found = value(loss("auto", SOFTMAX, 2), outputs, torch.tensor([0]))
    found.backward()
    assert found.isfinite()
    assert outputs.grad.isfinite().all()


def test_auto_takes_binary_cross_entropy_of_one_output(scores):
    truth = torch.arange(20) % 2
    chosen = loss("auto", CLASSES, 1)
    assert chosen.name == "bce"
    column = scores[:, :1]
    expected = functional.binary_cross_entropy_with_logits(column, truth[:, None].float())
    assert torch.equal(value(chosen, column, truth), expected)
    found = value(loss("auto", SIGMOID, 1), column.sigmoid(), truth)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_sigmoids_score_several_classes_apart(scores, targets):
    chosen = loss("auto", SIGMOID, 4)
    truth = functional.one_hot(targets, 4).float()
    expected = functional.binary_cross_entropy_with_logits(scores, truth)
    assert float(value(chosen, scores.sigmoid(), targets)) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("auto", functional.mse_loss),
        ("mse", functional.mse_loss),
        ("l1", functional.l1_loss),
        ("huber", functional.huber_loss),
    ],
)
def test_regression_losses_are_torchs(name, function, scores):
    truth = torch.arange(20.0)
    found = value(loss(name, VALUES, 1), scores[:, :1], truth)
    assert torch.equal(found, function(scores[:, 0], truth))


@pytest.mark.parametrize(
    ("name", "reading", "width", "message"),
    [
        ("mse", CLASSES, 4, r"mse measures values.*Set it to auto"),
        ("l1", CLASSES, 1, "l1 measures values"),
        ("cross_entropy", VALUES, 1, "cross_entropy needs classes"),
        ("bce", VALUES, 1, "bce needs classes"),
        ("cross_entropy", CLASSES, 1, r"gives 1\. Set it to bce"),
        ("bce", CLASSES, 4, r"single output, but the stack gives 4\. Set it to cross_entropy"),
        ("cross_entropy", SIGMOID, 4, "end the stack in Softmax"),
    ],
)
def test_mismatches_say_what_to_set(name, reading, width, message):
    with pytest.raises(UserError, match=message):
        loss(name, reading, width)
