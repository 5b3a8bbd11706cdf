"""First weights by torch's rules, everywhere the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from workbench.train.initialising import initialise
from workbench.train.trainer import Trainer

RULES = {
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_uniform": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "kaiming_normal": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "orthogonal": nn.init.orthogonal_,
}


@pytest.mark.parametrize("name", RULES)
def test_weights_are_those_of_torchs_rule_and_biases_zero(name):
    model = nn.Sequential(nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.Linear(8, 5), nn.Linear(5, 3, bias=False))
    norm = model[1].weight.clone()
    torch.manual_seed(3)
    initialise(model, name)
    torch.manual_seed(3)
    for layer in (model[0], model[2], model[3]):
        assert torch.equal(layer.weight, RULES[name](torch.empty_like(layer.weight)))
        assert layer.bias is None or not layer.bias.any()
        assert layer.weight.requires_grad
    assert torch.equal(model[1].weight, norm)


def test_default_is_torchs_own():
    model = nn.Linear(4, 4)
    before = model.weight.clone()
    initialise(model, "default")
    assert torch.equal(model.weight, before)


def test_a_training_starts_so_and_again_from_the_same_seed(make_project, make_dataset):
    rows = (
        ("Input", {"shape": [6]}),
        ("Linear", {"out_features": 6}),
        "ReLU",
        ("Linear", {"out_features": 3}),
    )
    dataset = make_dataset()
    weights = [
        Trainer(make_project(*rows, init=init), dataset, device="cpu", seed=1)
        .model.layer1.weight.detach()
        .numpy()
        for init in ("orthogonal", "orthogonal", "default")
    ]
    assert np.allclose(weights[0] @ weights[0].T, np.eye(6), atol=1e-5)
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])
