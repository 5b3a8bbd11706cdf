import numpy as np
import pytest

from workbench.train.preflight.one_batch import judged, learn_one_batch


def result(work):
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


ROWS = (("Input", {"shape": [6]}), ("Linear", {"out_features": 32}), "ReLU")


def test_a_stack_that_can_learn_learns_a_batch(make_project, make_dataset):
    project = make_project(*ROWS, ("Linear", {"out_features": 3}), optimizer={"name": "Adam", "lr": 0.01})
    found = result(learn_one_batch(project, make_dataset(), device="cpu"))
    assert found.verdict == "learned"
    assert found.losses[-1] < found.floor == 0.05
    assert found.samples == 32
    assert found.remedy == ""


def test_dropout_mixup_and_smoothing_do_not_stand_in_the_way(make_project, make_dataset):
    project = make_project(
        *ROWS, ("Dropout", {"p": 0.9}), ("Linear", {"out_features": 3}),
        optimizer={"name": "Adam", "lr": 0.01}, mixup=1.0, l2=1.0,
        loss={"name": "cross_entropy", "label_smoothing": 0.5},
    )  # fmt: skip
    assert result(learn_one_batch(project, make_dataset(), device="cpu")).verdict == "learned"


def test_values_are_judged_by_the_share_of_the_first_loss(make_project, make_dataset):
    project = make_project(*ROWS, ("Linear", {"out_features": 1}), optimizer={"name": "Adam", "lr": 0.01})
    found = result(learn_one_batch(project, make_dataset(task="regression"), device="cpu"))
    assert found.verdict == "learned"
    assert found.floor == pytest.approx(0.05 * found.losses[0])


def test_a_stack_that_cannot_tell_samples_apart_is_stuck(make_project, make_dataset):
    rows = (
        ("Input", {"shape": [6]}),
        ("Linear", {"out_features": 1}),
        "ReLU",
        ("Linear", {"out_features": 3}),
    )
    project = make_project(*rows, optimizer={"name": "Adam", "lr": 1e-6})
    found = result(learn_one_batch(project, make_dataset(), device="cpu"))
    assert found.verdict == "stuck"
    assert "doesn't learn one batch" in found.message
    assert "learning rate" in found.remedy


def test_a_rate_that_is_far_too_high_diverges(make_project, make_dataset):
    project = make_project(*ROWS, ("Linear", {"out_features": 1}), optimizer={"name": "SGD", "lr": 50})
    found = result(learn_one_batch(project, make_dataset(task="regression"), device="cpu"))
    assert found.verdict == "diverged"
    assert "try 5)" in found.remedy


@pytest.mark.parametrize(
    ("losses", "verdict"),
    [
        ([2.3, 1.0, 0.04], "learned"),
        ([2.3, 1.0, 0.4], "slow"),
        ([2.3, 2.2, 2.1], "stuck"),
        ([2.3, 2.0, 9.0], "diverged"),
        ([2.3, 2.0, np.nan], "diverged"),
    ],
)
def test_the_verdict_follows_from_the_losses(losses, verdict):
    assert judged(np.array(losses), 0.05, 32, 0.1).verdict == verdict
