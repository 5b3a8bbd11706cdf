"""What a method is asked to look at: which answer counts as the true one."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.look import look
from workbench.interpret.subject import Subject


def test_the_truth_of_a_sample_from_elsewhere_is_what_a_person_means(
    model: StackModel, images: Dataset
) -> None:
    own = images.batch(np.array([3]))[0]
    assert Subject(model, images, sample=own).truth() is None
    assert Subject(model, images, sample=own, meant=2).truth() == [2]
    assert Subject(model, images, sample=own, meant=2, target=1).truth() == [1]
    assert Subject(model, images, sample=4, meant=2).truth() == images.targets[4]  # the data know better
    with pytest.raises(UserError, match="there is no class 3"):
        Subject(model, images, sample=own, meant=3).truth()


def test_what_is_meant_gives_a_loss_but_is_no_target_of_scores(model: StackModel, images: Dataset) -> None:
    own = images.batch(np.array([4]))[0]
    known, meant = (
        Subject(model, images, sample=4),
        Subject(model, images, sample=own, meant=int(images.targets[4])),
    )
    assert look(meant).captured.loss == look(known).captured.loss
    np.testing.assert_array_equal(
        look(meant).captured.gradients["conv1"], look(known).captured.gradients["conv1"]
    )
    assert look(meant, of="score").target == look(known, of="score").target


def test_a_value_that_is_meant(values_model: StackModel, values: Dataset) -> None:
    own = values.batch(np.array([0]))[0]
    assert Subject(values_model, values, sample=own, meant=12.5).truth() == [12.5]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e39])
def test_a_value_that_no_number_can_be(values_model: StackModel, values: Dataset, value: float) -> None:
    own = values.batch(np.array([0]))[0]
    for subject in (
        Subject(values_model, values, target=value),
        Subject(values_model, values, sample=own, meant=value),
    ):
        with pytest.raises(UserError, match="is no finite number"):
            subject.truth()
