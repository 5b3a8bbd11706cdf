import itertools
import re
from typing import Any, get_args

import pytest
import torch
from param_stacks import chain

from workbench.build.check import built, check
from workbench.build.objective import End, chosen, end_of, mismatch
from workbench.errors import UserError
from workbench.graph import Graph, Project, TrainingSection
from workbench.graph.facts import Facts
from workbench.graph.mend import mend_project
from workbench.graph.training import LossName
from workbench.layers import TensorSpec

IRIS = Facts(TensorSpec((4,)), "classification", 3)
CANCER = Facts(TensorSpec((4,)), "classification", 2)
HOUSES = Facts(TensorSpec((4,)), "regression")


def ending(*layers: str, width: int = 3) -> Graph:
    return chain((4,), ("Linear", {"out_features": width}), *layers)


@pytest.mark.parametrize(
    ("layers", "end"),
    [
        (("Softmax",), "softmax"),
        (("Sigmoid",), "sigmoid"),
        (("Softmax", "Output"), "softmax"),
        (("Softmax", "Identity", "Output"), "softmax"),
        (("Softmax", "Dropout"), "scores"),
        (("LogSoftmax",), "log_softmax"),
        ((), "scores"),
    ],
)
def test_what_the_end_makes_of_scores(layers: tuple[str, ...], end: str):
    assert end_of(ending(*layers)) == end


@pytest.mark.parametrize(
    ("facts", "width", "layers", "loss", "said"),
    [
        (IRIS, 3, (), "mse", "mse measures values, but the task is classification"),
        (IRIS, 3, (), "bce", "bce needs a single output, but the stack gives 3"),
        (IRIS, 3, ("Softmax",), "bce", "bce needs a single output"),
        (CANCER, 1, (), "cross_entropy", "needs an output for each class, but the stack gives 1"),
        (CANCER, 2, ("Sigmoid",), "cross_entropy", "needs scores or a Softmax"),
        (HOUSES, 1, (), "cross_entropy", "cross_entropy needs classes, but the task is regression"),
        (HOUSES, 1, (), "bce", "bce needs classes"),
        (HOUSES, 1, (), "triplet", "triplet needs classes"),
        (HOUSES, 1, (), "ctc", "ctc needs classes"),
        (IRIS, 3, (), "nll", "needs log-probabilities, but the stack doesn't end in LogSoftmax"),
        (IRIS, 3, ("Softmax",), "nll", "needs log-probabilities"),
        (IRIS, 3, ("Sigmoid",), "bce_with_logits", "needs scores, but the stack ends in Sigmoid"),
        (IRIS, 3, ("Softmax",), "bce_with_logits", "needs scores, but the stack ends in Softmax"),
        (CANCER, 1, ("Sigmoid",), "bce_with_logits", "needs scores, but the stack ends in Sigmoid"),
        (IRIS, 3, ("Sigmoid",), "kl_div", "needs scores or a Softmax"),
        (CANCER, 1, (), "kl_div", "needs an output for each class, but the stack gives 1"),
        (CANCER, 1, (), "nll", "needs an output for each class"),
        (CANCER, 1, (), "cosine", "needs an output for each class"),
        (IRIS, 3, ("LogSoftmax",), "cosine", "never positive"),
    ],
)
def test_a_loss_that_does_not_fit(facts, width, layers, loss, said):
    graph, training = ending(*layers, width=width), TrainingSection(loss=loss)
    (problem,) = check(graph, facts, training).errors
    assert said in problem.message
    assert problem.message.startswith("The loss doesn't fit: ")
    assert problem.layer == graph.layers[-1].id
    assert check(graph, facts).errors == (), "without training nothing is known of the loss"
    for fix in problem.fixes:
        after = mend_project(Project(model=graph, training=training), problem.layer, fix)
        assert check(after.model, facts, after.training).errors == (), fix.label


@pytest.mark.parametrize(
    ("facts", "width", "last", "loss"),
    [
        (IRIS, 3, "Softmax", "cross_entropy"),
        (IRIS, 3, "Softmax", "kl_div"),
        (CANCER, 1, "Sigmoid", "bce"),
    ],
)
def test_probabilities_before_a_loss_of_scores(facts, width, last, loss):
    graph, training = ending(last, width=width), TrainingSection(loss=loss)
    (problem,) = check(graph, facts, training).problems
    assert problem.severity == "warning"
    assert problem.fixes[0].label == f"Remove {last}"
    for fix in problem.fixes:
        after = mend_project(Project(model=graph, training=training), problem.layer, fix)
        assert check(after.model, facts, after.training).problems == (), fix.label
    assert check(graph, facts, TrainingSection()).problems == (), "auto takes the loss of probabilities"


@pytest.mark.parametrize(
    ("facts", "width", "layers", "loss"),
    [
        (IRIS, 3, (), "cross_entropy"),
        (IRIS, 3, ("LogSoftmax",), "cross_entropy"),
        (CANCER, 2, ("Sigmoid",), "auto"),
        (CANCER, 1, (), "bce"),
        (HOUSES, 1, (), "huber"),
        (IRIS, 3, ("LogSoftmax",), "nll"),
        (IRIS, 3, ("LogSoftmax", "Output"), "nll"),
        (CANCER, 2, ("Sigmoid",), "bce"),
        (IRIS, 3, (), "bce_with_logits"),
        (CANCER, 1, (), "bce_with_logits"),
        (IRIS, 3, ("LogSoftmax",), "kl_div"),
        (IRIS, 3, (), "cosine"),
        (IRIS, 3, ("ReLU",), "cosine"),
    ],
)
def test_what_fits(facts, width, layers, loss):
    problems = check(ending(*layers, width=width), facts, TrainingSection(loss=loss)).problems
    assert [problem for problem in problems if "loss" in problem.message] == []


def test_an_end_that_does_not_fit_the_data_is_told_first():
    (problem,) = check(ending(width=5), IRIS, TrainingSection(loss="mse")).problems
    assert "The task needs" in problem.message


def test_every_combination_has_a_loss_or_a_reason_and_another_that_fits():
    for loss, task, end, width in itertools.product(
        get_args(LossName), ("classification", "regression"), get_args(End), (1, 4)
    ):
        fault = mismatch(loss, task, end, width)
        if fault is None:
            assert chosen(loss, task, end, width) != "auto"
        else:
            assert mismatch(fault.instead, task, end, width) is None


SPEECH = Facts(TensorSpec((20, 5)), "classification", 3)


def sequence(*layers: Any, width: int = 4) -> Graph:
    return chain((20, 5), ("Linear", {"out_features": width}), *layers)


@pytest.mark.parametrize("width", [1, 3, 16])
def test_triplets_take_an_embedding_of_any_width(width):
    assert check(ending(width=width), IRIS, TrainingSection(loss="triplet")).problems == ()


@pytest.mark.parametrize("last", [(), ("Softmax",), ("LogSoftmax",), ("Output",)])
def test_ctc_takes_a_sequence_of_blank_and_classes(last):
    problems = check(sequence(*last), SPEECH, TrainingSection(loss="ctc")).problems
    assert [problem for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("graph", "facts", "loss", "said", "fixes"),
    [
        (
            sequence(),
            SPEECH,
            "triplet",
            "triplet needs an embedding",
            ("Add Flatten", "Set the loss to auto"),
        ),
        (ending(), IRIS, "ctc", r"blank's and those of 3 classes \(4\)", ("Set the loss to auto",)),
        (
            sequence(width=9),
            SPEECH,
            "ctc",
            "stack gives 20×9",
            ("Set out_features to 4", "Set the loss to auto"),
        ),
        (sequence("ReLU", width=9), SPEECH, "ctc", "", ("Set out_features to 4", "Set the loss to auto")),
        (
            sequence(("LSTM", {"returns": "sequence"})),
            SPEECH,
            "ctc",
            "",
            ("Add Linear 4", "Set the loss to auto"),
        ),
        (sequence("Sigmoid"), SPEECH, "ctc", "ctc needs scores or a Softmax", ("Use Softmax",)),
    ],
)
def test_another_kind_of_answer(graph, facts, loss, said, fixes):
    training = TrainingSection(loss=loss)
    (problem,) = check(graph, facts, training).errors
    assert re.search(said, problem.message)
    assert tuple(fix.label for fix in problem.fixes) == fixes
    project = Project(model=graph, training=training)
    for fix in problem.fixes:
        after = mend_project(project, problem.layer, fix)
        errors = check(after.model, facts, after.training).errors
        assert not any("loss" in error.message for error in errors), fix.label


@pytest.mark.parametrize("loss", ["auto", "cross_entropy", "cosine"])
def test_without_such_a_loss_embeddings_and_sequences_fit_no_classes(loss):
    for graph, facts in ((ending(width=16), IRIS), (sequence(), SPEECH)):
        (problem,) = check(graph, facts, TrainingSection(loss=loss)).errors
        assert "The task needs a score for each of 3 classes" in problem.message


def test_the_stack_is_built_for_its_loss():
    graph = ending(width=16)
    assert built(graph, IRIS, TrainingSection(loss="triplet"))(torch.zeros(2, 4)).shape == (2, 16)
    with pytest.raises(UserError, match="needs a score for each of 3 classes"):
        built(graph, IRIS)


@pytest.mark.parametrize(("last", "always"), [("Softmax", 1), ("LogSoftmax", 0)])
@pytest.mark.parametrize("facts", [CANCER, HOUSES])
def test_shares_of_a_single_value_are_always_the_same(last, always, facts):
    graph = ending(last, width=1)
    (problem,) = check(graph, facts, TrainingSection()).errors
    assert f"{last} of a single value is always {always}" in problem.message
    after = mend_project(Project(model=graph), problem.layer, problem.fixes[0])
    assert check(after.model, facts, after.training).errors == ()


@pytest.mark.parametrize(
    ("settings", "severity", "said"),
    [
        ({"batch_size": 1}, "error", "of 1 sample in a batch that leaves none"),
        ({"batch_size": 2}, "error", "leaves none"),
        ({"batch_size": 3}, "warning", "of 3 samples in a batch that leaves few: there are 3 classes"),
        (
            {"batch_size": 64, "accumulate": 32},
            "error",
            "of 2 samples in a batch run at a time that leaves none",
        ),
    ],
)
def test_batches_too_small_for_triplets(settings, severity, said):
    graph, training = ending(width=16), TrainingSection(loss="triplet", **settings)
    (problem,) = check(graph, IRIS, training).problems
    assert problem.severity == severity
    assert said in problem.message
    (fix,) = problem.fixes
    after = mend_project(Project(model=graph, training=training), problem.layer, fix)
    assert check(after.model, IRIS, after.training).problems == ()


def test_batches_large_enough_for_triplets():
    for settings in ({"batch_size": 4}, {"batch_size": 32, "accumulate": 8}):
        assert check(ending(width=16), IRIS, TrainingSection(loss="triplet", **settings)).problems == ()
    assert check(ending(), IRIS, TrainingSection(batch_size=1)).problems == ()
