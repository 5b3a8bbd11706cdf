"""A first step that overflows: the data or the weights are at fault, and never the learning rate."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from workbench.graph.mend import mend
from workbench.graph.overrides import override
from workbench.layers import Fix
from workbench.train.events import Failed, Finished
from workbench.train.trainer import Trainer

ROWS = [("Input", {"shape": [6]}), ("Linear", {"out_features": 4}), ("Linear", {"out_features": 1})]


def last(project, data, folder=None):
    return list(Trainer(project, data, folder=folder).events())[-1]


@pytest.fixture
def data(make_dataset):
    return make_dataset(60, task="regression")


def test_large_inputs_are_to_be_standardised_and_that_helps(make_project, data):
    data.inputs[:] *= 1e30
    project = make_project(*ROWS, epochs=1)
    failed = last(project, data)
    assert isinstance(failed, Failed)
    assert failed.step == 0
    assert "at step 1 (epoch 1), before any weight was changed. There, infinity" in failed.message
    assert failed.remedy.startswith("No step was made, so the learning rate isn't to blame. The inputs reach")
    [remedy] = failed.remedies
    assert (remedy.insert, remedy.set) == ((("layer1", "Standardize"),), ())
    [(layer, kind)] = remedy.insert
    mended = project.model_copy(update={"model": mend(project.model, layer, Fix("", "insert_before", kind))})
    assert isinstance(last(mended, data), Finished)


def test_large_targets_are_to_be_scaled_and_the_absolute_error_goes(make_project, data):
    data.targets[:] *= 1e25
    project = make_project(*ROWS, epochs=1, optimizer={"name": "SGD", "lr": 1e-30})
    failed = last(project, data)
    assert "The targets reach" in failed.remedy
    [remedy] = failed.remedies
    assert remedy.set == (("loss.name", "l1"),)
    mended = override(project, [f"training.{name}={value}" for name, value in remedy.set])
    assert isinstance(last(mended, data), Finished)


def test_weights_of_a_file_that_are_at_fault(make_project, make_dataset, tmp_path):
    project = make_project(*ROWS[:2], ("Linear", {"out_features": 3}), epochs=1, weights="start.safetensors")
    plain = project.model_copy(update={"training": project.training.model_copy(update={"weights": ""})})
    weights = Trainer(plain, make_dataset()).model.state_dict()
    weights["layer2.bias"][1] = torch.nan
    save_file(weights, tmp_path / "start.safetensors", metadata={"workbench": "{}"})
    failed = last(project, make_dataset(), tmp_path)
    assert failed.remedy == "Start from other weights: those of layer2 in start.safetensors are at fault."
    assert [remedy.set for remedy in failed.remedies] == [(("weights", ""),)]
    assert failed.layer == "layer2"


def test_a_first_step_that_is_too_long_still_lowers_the_rate(make_project, data):
    """Weights that only the update spoils are the rate's fault, also at the first step."""
    data.targets[:] = np.float32(1e18)
    project = make_project(*ROWS, epochs=1, optimizer={"name": "SGD", "lr": 100.0})
    data.inputs[:] *= 1e3
    failed = last(project, data)
    assert isinstance(failed, Failed)
    assert any(name == "optimizer.lr" for remedy in failed.remedies for name, _ in remedy.set)
