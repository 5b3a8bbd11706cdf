"""Probabilities are worked out in float32, whatever the layers before them compute in."""

import copy
import shutil

import pytest
import torch
from torch.nn import functional

from workbench.train import loop
from workbench.train.events import Steps
from workbench.train.trainer import Trainer

LOSSES = {
    "Sigmoid": lambda scores, targets: functional.binary_cross_entropy_with_logits(
        scores, targets.float().unsqueeze(1)
    ),
    "Softmax": functional.cross_entropy,
    "LogSoftmax": functional.cross_entropy,
}


@pytest.mark.parametrize("end", LOSSES)
def test_the_loss_is_that_of_float32_scores_and_wrong_answers_are_learned_from(
    make_project, make_dataset, monkeypatch, end
):
    """In bfloat16 a sigmoid of 7 is 1: a wrong one cost 100 instead of 7, and had a gradient of 0."""
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    classes, width = (2, 1) if end == "Sigmoid" else (3, 3)
    data = make_dataset(60, classes=classes)
    data.inputs[:] *= 8
    rows = [("Input", {"shape": [6]}), ("Linear", {"out_features": width}), end]
    project = make_project(*rows, precision="bfloat16", batch_size=42, init="xavier_normal")
    trainer = Trainer(project, data)
    linear = copy.deepcopy(trainer.model.layer1)
    events = trainer.events()
    [loss] = next(event for event in events if isinstance(event, Steps)).losses
    events.close()

    train = data.splits["train"]
    inputs, targets = torch.from_numpy(data.inputs[train]), torch.from_numpy(data.targets[train])
    with torch.autocast("cpu", torch.bfloat16):
        scores = linear(inputs)
    assert scores.dtype == torch.bfloat16
    assert scores.abs().max() > 8
    expected = LOSSES[end](scores.float(), targets)
    assert loss == pytest.approx(expected.item(), rel=1e-3)
    expected.backward()
    found = trainer.model.layer1.weight.grad
    assert torch.allclose(found, linear.weight.grad, rtol=0.03, atol=0.03 * float(found.abs().max()))


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="needs a C++ compiler")
def test_balanced_answers_in_parts_are_compiled_to_the_same(make_project, make_dataset, monkeypatch):
    """Compiled, a sigmoid had more digits than torch's own in bfloat16: losses of 2.7 where that said 6.6."""
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    data = make_dataset(90, classes=2)
    data.inputs[:] *= 8
    rows = [("Input", {"shape": [6]}), ("Linear", {"out_features": 1}), "Sigmoid"]
    loss = {"name": "bce", "class_weights": "balanced"}

    def losses(compile):
        project = make_project(
            *rows, loss=loss, precision="bfloat16", accumulate=2, batch_size=32, epochs=2, compile=compile
        )
        trainer = Trainer(project, data)
        found = [value for event in trainer.events() if isinstance(event, Steps) for value in event.losses]
        assert trainer.note == ""
        return found

    assert losses(compile=True) == pytest.approx(losses(compile=False), rel=1e-3)
