"""Starting from weights that are there already."""

import json

import pytest
import torch
from torch import nn

from workbench.errors import UserError
from workbench.train.checkpoint import write
from workbench.train.starting import start_from


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def written(folder, tensors):
    write(folder / "weights.safetensors", tensors, json.dumps({}))
    return "weights.safetensors"


def test_all_weights_are_taken(model, tmp_path):
    wanted = {name: torch.ones_like(tensor) for name, tensor in model.state_dict().items()}
    said = start_from(model, written(tmp_path, wanted), tmp_path)
    assert said == ("Started from all 7 weights of weights.safetensors.", True)
    assert all(tensor.eq(1).all() for tensor in model.state_dict().values())


def test_what_agrees_is_taken_and_the_rest_told(model, tmp_path):
    before = model[0].bias.clone()
    name = written(tmp_path, {"0.weight": torch.ones(4, 3), "0.bias": torch.ones(5), "other": torch.ones(1)})
    said = start_from(model, name, tmp_path)
    assert said.note == "Started from 1 of 7 weights; weights.safetensors has 3. 0.bias is 5 there, 4 here."
    assert not said.whole
    assert model[0].weight.eq(1).all()
    assert torch.equal(model[0].bias, before)


def test_nothing_that_agrees_is_refused(model, tmp_path):
    with pytest.raises(UserError, match=r"none of the 1 weights .* 0\.weight is missing there"):
        start_from(model, written(tmp_path, {"x": torch.ones(1)}), tmp_path)


def test_a_missing_or_damaged_file_is_refused(model, tmp_path):
    with pytest.raises(UserError, match="no file of weights"):
        start_from(model, "none.safetensors", tmp_path)
    (tmp_path / "bad.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(UserError, match="damaged"):
        start_from(model, "bad.safetensors", tmp_path)
