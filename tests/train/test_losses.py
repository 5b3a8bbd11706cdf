import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

from workbench.errors import UserError
from workbench.graph import training
from workbench.train.class_weights import ClassWeights, class_counts
from workbench.train.losses import loss
from workbench.train.outputs import Reading

CLASSES = Reading("classification", "scores")
SOFTMAX = Reading("classification", "softmax")
LOG_SOFTMAX = Reading("classification", "log_softmax")
SIGMOID = Reading("classification", "sigmoid")
VALUES = Reading("regression", "scores")
EMBEDDING = Reading("classification", "scores", "embedding")
SEQUENCE = Reading("classification", "scores", "sequence")
SECTION = TypeAdapter(training.Loss)
COUNTS = [10, 60, 20, 30]


def section(name, **settings):
    return SECTION.validate_python({"name": name, **settings})


def value(chosen, outputs, targets):
    return chosen.function(outputs, chosen.prepared(targets))


def balanced(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    weights = compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels)
    return torch.tensor(weights, dtype=torch.float32)


@pytest.fixture
def scores():
    return torch.randn(20, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def targets():
    return torch.arange(20) % 4


def test_auto_takes_cross_entropy_of_scores(scores, targets):
    chosen = loss(section("auto"), CLASSES, 4)
    assert chosen.name == "cross_entropy"
    assert torch.equal(value(chosen, scores, targets), functional.cross_entropy(scores, targets))


@pytest.mark.parametrize("name", ["auto", "cross_entropy", "nll"])
def test_cross_entropy_of_log_probabilities(name, scores, targets):
    found = value(loss(section(name), LOG_SOFTMAX, 4), scores.log_softmax(1), targets)
    torch.testing.assert_close(found, functional.cross_entropy(scores, targets))
    assert torch.equal(found, functional.nll_loss(scores.log_softmax(1), targets))


def test_cross_entropy_of_probabilities_is_that_of_their_scores(scores, targets):
    found = value(loss(section("auto"), SOFTMAX, 4), scores.softmax(1), targets)
    assert float(found) == pytest.approx(float(functional.cross_entropy(scores, targets)), rel=1e-6)


def test_a_probability_of_zero_has_a_finite_loss_and_gradient():
    outputs = torch.tensor([[0.0, 1.0]], requires_grad=True)
    found = value(loss(section("auto"), SOFTMAX, 2), outputs, torch.tensor([0]))
    found.backward()
    assert found.isfinite()
    assert outputs.grad.isfinite().all()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", ["equal", "balanced"])
@pytest.mark.parametrize("end", [CLASSES, SOFTMAX, LOG_SOFTMAX], ids=lambda read: read.end)
def test_smoothed_and_weighted_cross_entropy_is_torchs(end, smoothing, weights, scores, targets):
    outputs = {"scores": scores, "softmax": scores.softmax(1), "log_softmax": scores.log_softmax(1)}[end.end]
    chosen = loss(section("cross_entropy", label_smoothing=smoothing, class_weights=weights), end, 4, COUNTS)
    expected = functional.cross_entropy(
        scores,
        targets,
        weight=balanced(COUNTS) if weights == "balanced" else None,
        label_smoothing=smoothing,
    )
    torch.testing.assert_close(value(chosen, outputs, targets), expected)
    torch.testing.assert_close(
        value(chosen, outputs.double(), targets), expected.double(), rtol=1e-5, atol=1e-6
    )


def test_weighted_nll_is_torchs(scores, targets):
    logs = scores.log_softmax(1)
    chosen = loss(section("nll", class_weights="balanced"), LOG_SOFTMAX, 4, COUNTS)
    assert torch.equal(value(chosen, logs, targets), functional.nll_loss(logs, targets, balanced(COUNTS)))


def test_class_weights_are_scikit_learns():
    assert ClassWeights(COUNTS).values == pytest.approx(balanced(COUNTS).tolist())
    assert ClassWeights([3, 0, 1]).values == pytest.approx([4 / 9, 1, 4 / 3])


def test_classes_are_counted_in_the_training_split(make_dataset):
    data = make_dataset(samples=50, classes=4)
    labels = data.targets[data.splits["train"]].tolist()
    assert class_counts(data) == [labels.count(number) for number in range(4)]
    assert class_counts(make_dataset(task="regression")) == []


def test_weights_made_while_validating_are_good_for_training(scores, targets):
    chosen = loss(section("cross_entropy", class_weights="balanced"), CLASSES, 4, COUNTS)
    with torch.inference_mode():
        value(chosen, scores, targets)
    outputs = scores.clone().requires_grad_()
    value(chosen, outputs, targets).backward()
    assert outputs.grad.isfinite().all()


def test_auto_takes_binary_cross_entropy_of_one_output(scores):
    truth = torch.arange(20) % 2
    chosen = loss(section("auto"), CLASSES, 1)
    assert chosen.name == "bce"
    column = scores[:, :1]
    expected = functional.binary_cross_entropy_with_logits(column, truth[:, None].float())
    assert torch.equal(value(chosen, column, truth), expected)
    found = value(loss(section("auto"), SIGMOID, 1), column.sigmoid(), truth)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_binary_cross_entropy_of_probabilities_is_torchs(scores):
    truth = torch.arange(20) % 2
    ours, torchs = (scores[:, :1].sigmoid().requires_grad_() for _ in range(2))
    found = value(loss(section("bce"), SIGMOID, 1), ours, truth)
    expected = functional.binary_cross_entropy(torchs, truth[:, None].float())
    found.backward()
    expected.backward()
    assert torch.equal(found, expected)
    assert torch.equal(ours.grad, torchs.grad)


@pytest.mark.parametrize("settings", [{}, {"label_smoothing": 0.1, "class_weights": "balanced"}])
def test_binary_cross_entropy_of_what_is_no_number_is_none(scores, settings):
    """Where torch's raises an error; training then looks for the layer that it came from."""
    column = scores[:, :1].sigmoid()
    column[7] = math.nan
    chosen = loss(section("bce", **settings), SIGMOID, 1, class_counts=[3, 5])
    assert value(chosen, column, torch.arange(20) % 2).isnan()


def test_sigmoids_score_several_classes_apart(scores, targets):
    chosen = loss(section("auto"), SIGMOID, 4)
    truth = functional.one_hot(targets, 4).float()
    expected = functional.binary_cross_entropy_with_logits(scores, truth)
    assert float(value(chosen, scores.sigmoid(), targets)) == pytest.approx(float(expected), rel=1e-5)
    logits = loss(section("bce_with_logits"), CLASSES, 4)
    assert torch.equal(value(logits, scores, targets), expected)


@pytest.mark.parametrize("name", ["bce", "bce_with_logits"])
def test_smoothed_and_weighted_bce_of_one_output(name, scores):
    truth, column = torch.arange(20) % 2, scores[:, :1]
    chosen = loss(
        section(name, label_smoothing=0.2, class_weights="balanced"), CLASSES, 1, class_counts=[30, 10]
    )
    weights = balanced([30, 10])[truth]
    smoothed = truth * 0.8 + 0.1
    each = functional.binary_cross_entropy_with_logits(column[:, 0], smoothed, reduction="none")
    expected = (each * weights).sum() / weights.sum()
    torch.testing.assert_close(value(chosen, column, truth), expected)


def test_smoothed_and_weighted_bce_of_classes_apart(scores, targets):
    chosen = loss(
        section("bce_with_logits", label_smoothing=0.2, class_weights="balanced"), CLASSES, 4, COUNTS
    )
    truth = functional.one_hot(targets, 4) * 0.8 + 0.05
    each = functional.binary_cross_entropy_with_logits(scores, truth, reduction="none").mean(1)
    weights = balanced(COUNTS)[targets]
    torch.testing.assert_close(value(chosen, scores, targets), (each * weights).sum() / weights.sum())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("read", [CLASSES, SOFTMAX, LOG_SOFTMAX], ids=lambda read: read.end)
def test_divergence_is_torchs(read, smoothing, scores, targets):
    outputs = {"scores": scores, "softmax": scores.softmax(1), "log_softmax": scores.log_softmax(1)}[read.end]
    found = value(loss(section("kl_div", label_smoothing=smoothing), read, 4), outputs, targets)
    truth = functional.one_hot(targets, 4) * (1 - smoothing) + smoothing / 4
    torch.testing.assert_close(found, functional.kl_div(scores.log_softmax(1), truth, reduction="batchmean"))
    entropy = -sum(p * math.log(p) for p in (1 - smoothing * 3 / 4, *[smoothing / 4] * 3) if p)
    cross = functional.cross_entropy(scores, targets, label_smoothing=smoothing)
    assert float(found) == pytest.approx(float(cross) - entropy, rel=1e-5)


def test_cosine_is_torchs(scores, targets):
    found = value(loss(section("cosine"), CLASSES, 4), scores, targets)
    axes = functional.one_hot(targets, 4).float()
    torch.testing.assert_close(found, functional.cosine_embedding_loss(scores, axes, torch.ones(20)))


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
    found = value(loss(section(name), VALUES, 1), scores[:, :1], truth)
    assert torch.equal(found, function(scores[:, 0], truth))


def test_huber_takes_its_delta(scores):
    truth = torch.arange(20.0)
    found = value(loss(section("huber", delta=3.0), VALUES, 1), scores[:, :1], truth)
    assert torch.equal(found, functional.huber_loss(scores[:, 0], truth, delta=3.0))


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 99), st.floats(0.05, 3))
def test_triplets_are_the_hardest_of_the_batch(labels, seed, margin):
    outputs = torch.randn(len(labels), 3, generator=torch.Generator().manual_seed(seed))
    found = value(loss(section("triplet", margin=margin), EMBEDDING, 3), outputs, torch.tensor(labels))
    each = []
    for anchor, label in enumerate(labels):
        distances = [float(torch.dist(outputs[anchor], other)) for other in outputs]
        alike = [n for n, other in enumerate(labels) if other == label and n != anchor]
        apart = [n for n, other in enumerate(labels) if other != label]
        if alike and apart:
            triplet = anchor, max(alike, key=distances.__getitem__), min(apart, key=distances.__getitem__)
            each.append(float(functional.triplet_margin_loss(*(outputs[n] for n in triplet), margin, eps=0)))
    assert float(found) == pytest.approx(np.mean(each) if each else 0, rel=1e-5, abs=1e-6)
    assert loss(section("triplet"), EMBEDDING, 3).weight(torch.tensor(labels)) == len(each)


@pytest.mark.parametrize("labels", [[0], [1, 1, 1], [0, 1, 2]])
def test_a_batch_without_a_triplet_teaches_nothing(labels):
    outputs = torch.randn(len(labels), 3, requires_grad=True)
    found = value(loss(section("triplet"), EMBEDDING, 3), outputs, torch.tensor(labels))
    found.backward()
    assert found.item() == 0
    assert torch.equal(outputs.grad, torch.zeros_like(outputs))


def test_embeddings_in_one_place_have_finite_gradients():
    outputs = torch.ones(4, 3, requires_grad=True)
    value(loss(section("triplet"), EMBEDDING, 3), outputs, torch.tensor([0, 0, 1, 1])).backward()
    assert outputs.grad.isfinite().all()


@pytest.mark.parametrize("end", ["scores", "softmax", "log_softmax"])
def test_ctc_is_torchs(end):
    scores = torch.randn(6, 9, 4, generator=torch.Generator().manual_seed(0))
    outputs = {"scores": scores, "softmax": scores.softmax(2), "log_softmax": scores.log_softmax(2)}[end]
    targets = torch.arange(6) % 3
    found = value(loss(section("ctc"), Reading("classification", end, "sequence"), 4), outputs, targets)
    expected = functional.ctc_loss(
        scores.log_softmax(2).transpose(0, 1), targets[:, None] + 1, (9,) * 6, (1,) * 6
    )
    torch.testing.assert_close(found, expected)


EVERY = [
    ("cross_entropy", CLASSES),
    ("nll", LOG_SOFTMAX),
    ("bce", SIGMOID),
    ("bce_with_logits", CLASSES),
    ("kl_div", CLASSES),
    ("cosine", CLASSES),
    ("triplet", EMBEDDING),
    ("ctc", SEQUENCE),
]


@pytest.mark.parametrize(("name", "read"), EVERY, ids=[name for name, _ in EVERY])
def test_blended_targets_have_the_blend_of_both_losses(name, read, scores, targets):
    outputs = {"sigmoid": scores.sigmoid(), "log_softmax": scores.log_softmax(1)}.get(read.end, scores)
    if name == "ctc":
        outputs = torch.randn(20, 5, 5)
    chosen = loss(section(name), read, outputs.shape[-1])
    others = targets.flip(0)
    found = chosen.mixed(outputs, targets, others, 0.3)
    expected = 0.3 * value(chosen, outputs, targets) + 0.7 * value(chosen, outputs, others)
    torch.testing.assert_close(found, expected)
    if name == "cross_entropy":
        soft = 0.3 * functional.one_hot(targets, 4) + 0.7 * functional.one_hot(others, 4)
        torch.testing.assert_close(found, functional.cross_entropy(outputs, soft))


def test_blended_values_and_classes_of_one_output(scores):
    for name, read in (("mse", VALUES), ("bce", CLASSES)):
        chosen = loss(section(name), read, 1)
        one, other = (chosen.prepared(t) for t in (torch.arange(20) % 2, torch.ones(20)))
        expected = 0.25 * chosen.function(scores[:, :1], one) + 0.75 * chosen.function(scores[:, :1], other)
        torch.testing.assert_close(chosen.mixed(scores[:, :1], one, other, torch.tensor(0.25)), expected)


@pytest.mark.parametrize(
    ("name", "reading", "width", "message"),
    [
        ("mse", CLASSES, 4, r"mse measures values.*Set it to auto"),
        ("l1", CLASSES, 1, "l1 measures values"),
        ("cross_entropy", VALUES, 1, "cross_entropy needs classes"),
        ("bce", VALUES, 1, "bce needs classes"),
        ("triplet", VALUES, 1, "triplet needs classes"),
        ("cross_entropy", CLASSES, 1, r"gives 1\. Set it to bce"),
        ("kl_div", CLASSES, 1, r"gives 1\. Set it to bce"),
        ("bce", CLASSES, 4, r"single output, but the stack gives 4\. Set it to cross_entropy"),
        ("cross_entropy", SIGMOID, 4, "end the stack in Softmax"),
        ("nll", CLASSES, 4, "needs log-probabilities, but the stack doesn't end in LogSoftmax"),
        ("bce_with_logits", SIGMOID, 1, "needs scores, but the stack ends in Sigmoid"),
        ("cosine", LOG_SOFTMAX, 4, "never positive"),
    ],
)
def test_mismatches_say_what_to_set(name, reading, width, message):
    with pytest.raises(UserError, match=message):
        loss(section(name), reading, width)


def test_every_loss_of_the_document_is_tried():
    names = {member.model_fields["name"].default for member in _members()}
    assert names == {name for name, _ in EVERY} | {"auto", "mse", "l1", "huber"}


def _members():
    from workbench.layers.params import params_of

    return next(p for p in params_of(training.TrainingSection) if p.name == "loss").sections
