import itertools
from typing import get_args

import pytest
from param_stacks import chain

from workbench.build.check import check
from workbench.build.objective import End, chosen, end_of, mismatch
from workbench.graph import Graph, Project, TrainingSection
from workbench.graph.facts import Facts
from workbench.graph.mend import mend_project
from workbench.graph.training import Loss
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
        (("LogSoftmax",), "scores"),
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
    [(IRIS, 3, "Softmax", "cross_entropy"), (CANCER, 1, "Sigmoid", "bce")],
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
        get_args(Loss), ("classification", "regression"), get_args(End), (1, 4)
    ):
        fault = mismatch(loss, task, end, width)
        if fault is None:
            assert chosen(loss, task, end, width) != "auto"
        else:
            assert mismatch(fault.instead, task, end, width) is None
