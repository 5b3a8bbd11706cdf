"""The samples that train in seconds reach what they are shown for."""

import pytest
import torch

from workbench.data.load import load
from workbench.data.samples import sample_project
from workbench.train.trainer import Trainer

LEAST = {"digits-mlp": 0.95, "digits-cnn": 0.97, "breast-cancer-mlp": 0.95, "wine-softmax": 0.95}


def after_training(name, folder):
    """Predictions and targets of the test split, after training with the project's own settings."""
    project = sample_project(name)
    dataset = load(project.data, folder)
    trainer = Trainer(project, dataset, device="cpu")
    for _ in trainer.events():
        pass
    test = dataset.splits["test"]
    trainer.model.eval()
    with torch.no_grad():
        outputs = trainer.model(torch.from_numpy(dataset.batch(test)))
    return outputs, torch.from_numpy(dataset.targets[test])


@pytest.mark.parametrize("name", LEAST)
def test_classifiers(name, tmp_path):
    outputs, targets = after_training(name, tmp_path)
    found = outputs.argmax(1) if outputs.shape[1] > 1 else (outputs[:, 0] > 0.5).long()
    assert (found == targets).float().mean() >= LEAST[name]


def test_regression(tmp_path):
    outputs, targets = after_training("diabetes-regression", tmp_path)
    unexplained = (outputs[:, 0] - targets).square().sum() / (targets - targets.mean()).square().sum()
    assert 1 - unexplained >= 0.4
