"""Finding the first number that isn't finite, in stacks that were spoiled at a known place."""

from __future__ import annotations

import math

import pytest
import torch
from left_as_it_was import batch, state
from torch.nn import functional

from workbench.build.model import StackModel
from workbench.graph import Project
from workbench.graph.training import TrainingSection
from workbench.train.culprit import Culprit, first_not_finite, remedies_for

ROWS = (
    {"id": "input", "type": "Input", "params": {"shape": [6]}},
    {"id": "linear1", "type": "Linear", "params": {"out_features": 8}},
    {"id": "norm1", "type": "BatchNorm1d"},
    {"id": "relu1", "type": "ReLU"},
    {"id": "drop1", "type": "Dropout"},
    {"id": "linear2", "type": "Linear", "params": {"out_features": 4}},
)


@pytest.fixture
def model() -> StackModel:
    return made(ROWS)


def made(rows) -> StackModel:
    torch.manual_seed(0)
    return StackModel(Project.model_validate({"model": {"layers": rows}}).model).train()


def found(model, inputs=None, targets=None, loss=functional.cross_entropy) -> Culprit | None:
    """What is found, and that looking changed nothing."""
    usual_inputs, usual_targets = batch(model)
    inputs = usual_inputs if inputs is None else inputs
    before = state(model)
    culprit = first_not_finite(model, loss, inputs, usual_targets if targets is None else targets)
    assert state(model) == before
    return culprit


def test_nothing_is_found_in_a_sound_model(model):
    assert found(model) is None


def test_data_come_first(model):
    inputs, _ = batch(model)
    inputs[3, 1] = math.inf
    model.linear1.weight.data[0] = math.nan
    assert found(model, inputs) == Culprit("inputs", infinite=True)
    targets = torch.full((32, 4), math.nan)
    assert found(model, targets=targets, loss=functional.mse_loss) == Culprit("targets")


def test_weights_are_named(model):
    model.linear2.bias.data[2] = math.inf
    culprit = found(model)
    assert culprit == Culprit("weights", "linear2", "bias", infinite=True)
    assert culprit.what == "the bias of linear2"


def test_running_statistics_count_as_weights(model):
    model.norm1.running_var[0] = math.nan
    assert found(model) == Culprit("weights", "norm1", "running_var")


def test_the_first_layer_whose_outputs_overflow_is_named(model):
    model.linear1.weight.data.fill_(1e38)
    culprit = found(model, torch.full((32, 6), 10.0))
    assert culprit == Culprit("outputs", "linear1", infinite=True)
    assert culprit.message == "infinity came up first in the outputs of linear1"


def test_a_loss_of_finite_outputs(model):
    culprit = found(model, loss=lambda outputs, _: (outputs.sum() * 0).log())
    assert culprit == Culprit("loss", "linear2", infinite=True)
    assert culprit.what == "the loss, though the outputs of linear2 are finite"


def test_a_loss_whose_gradient_is_not_finite(model):
    culprit = found(model, loss=lambda outputs, _: (outputs * 0).square().sum().sqrt())
    assert culprit == Culprit("loss", "linear2")


def test_the_layer_that_hands_down_a_bad_gradient_is_named(model):
    class Root(torch.nn.Module):
        def forward(self, values):
            return values.sqrt()  # its slope at 0, where ReLU often is, is infinite

    model.add_module("drop1", Root().train())
    culprit = found(model)
    assert (culprit.part, culprit.layer) == ("gradient", "drop1")
    assert culprit.what == "the gradient that drop1 hands down"


def test_a_gradient_that_overflows_at_the_weights(model):
    culprit = found(model, torch.full((32, 6), 1e30), loss=lambda outputs, _: outputs.sum() * 1e-25)
    assert culprit is None  # batch norm keeps it small
    rows = [ROWS[0], ROWS[5]]
    plain = made(rows)
    plain.linear2.weight.data.zero_()
    culprit = found(plain, torch.full((32, 6), 1e30), loss=lambda outputs, _: outputs.sum() * 1e9)
    assert culprit == Culprit("weight gradient", "linear2", "weight", infinite=True)
    assert culprit.what == "the gradient at linear2's weight"


def test_remedies_suit_the_settings():
    training = TrainingSection.model_validate({"optimizer": {"name": "Adam", "lr": 0.03}})
    remedies = remedies_for(None, training)
    assert [remedy.set for remedy in remedies] == [
        (("optimizer.lr", 0.003),),
        (("clip_norm", 1.0),),
        (("schedule.warmup", 0.05),),
    ]
    assert remedies[0].text == "Lower the learning rate to 0.003"
    settled = TrainingSection.model_validate({"clip_norm": 0.5, "schedule": "one_cycle"})
    assert len(remedies_for(Culprit("outputs", "relu1"), settled)) == 1
    assert remedies_for(Culprit("inputs"), training) == ()
