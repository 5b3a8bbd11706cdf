"""A run that breaks stops before the bad update is kept, and says where it came from."""

from itertools import chain

import numpy as np
import pytest
import torch

from workbench.train import loop
from workbench.train import trainer as trainers
from workbench.train.events import Changed, EpochEnded, Failed, Steps
from workbench.train.trainer import Trainer


@pytest.fixture
def project(make_project):
    def make(**training):
        rows = [
            ("Input", {"shape": [6]}),
            ("Linear", {"out_features": 16}),
            "ReLU",
            ("Linear", {"out_features": 1}),
        ]
        settings = {"epochs": 5, "batch_size": 10, "optimizer": {"name": "SGD", "lr": 0.01}, **training}
        return make_project(*rows, ("Linear", {"out_features": 1}), **settings)

    return make


@pytest.fixture
def data(make_dataset):
    return make_dataset(200, task="regression")


def train(trainer, until=None, changes=()):
    events = trainer.events()
    found = []
    for event in events:
        found.append(event)
        if isinstance(event, Steps):
            for step, name, value in changes:
                if trainer.progress.step == step:
                    trainer.change(name, value)
            if until is not None and trainer.progress.step == until:
                events.close()
    return found


@pytest.mark.parametrize("good_every", [0.0, 100.0])
def test_weights_are_those_before_the_first_bad_step(project, data, monkeypatch, good_every):
    """Found again by doing the steps once more, from a copy that is seconds old or from an epoch's end."""
    monkeypatch.setattr(trainers, "GOOD_EVERY", good_every)
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    changes = [(20, "optimizer.lr", 90.0)]
    broken = Trainer(project(), data)
    failed = train(broken, changes=changes)[-1]
    assert isinstance(failed, Failed)
    assert failed.step is not None
    assert 20 < failed.step < 42

    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    whole = Trainer(project(), data)
    train(whole, until=failed.step, changes=changes)
    assert whole.progress.step == failed.step == broken.progress.step
    for mine, theirs in zip(broken.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)
        assert mine.isfinite().all()
    assert "came up first in" in failed.message
    assert [remedy.set for remedy in failed.remedies]


def test_an_update_that_breaks_the_weights_is_not_kept(project, make_dataset, monkeypatch):
    """The loss of a step may be finite and its gradients not: the bad step is that one, not the next."""
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    data = make_dataset(200, task="regression")
    row = int(data.splits["train"][3])
    data.inputs[row] = 3e18  # its output's square is finite in float32, its gradient at the weights is not
    broken = Trainer(project(), data)
    failed = train(broken)[-1]
    assert isinstance(failed, Failed)
    assert failed.layer
    assert all(parameter.isfinite().all() for parameter in broken.model.parameters())
    again = Trainer(project(), data)
    train(again, until=failed.step)
    assert all(parameter.isfinite().all() for parameter in again.model.parameters())


def test_memory_that_runs_out_halves_what_is_run_at_once(project, data, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    plain = Trainer(project(), data)
    expected = np.concatenate([e.losses for e in train(plain) if isinstance(e, Steps)])
    trainer = Trainer(project(), data)
    forward = trainer.model.forward

    def scarce(*inputs):
        if trainer.model.training and torch.is_grad_enabled() and len(inputs[0]) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(*inputs)

    monkeypatch.setattr(trainer.model, "forward", scarce)
    events = train(trainer)
    [change] = [event for event in events if isinstance(event, Changed)]
    assert (change.name, change.before, change.value) == ("accumulate", 1, 4)
    assert change.why == "Memory didn't suffice for a batch of 10: it is run in 4 parts from here on."
    found = np.concatenate([e.losses for e in events if isinstance(e, Steps)])
    assert found == pytest.approx(expected, rel=1e-5)
    assert trainer.snapshot().settings.progress.parts == 4


def test_averaged_weights_are_validated_and_kept(make_project, make_dataset):
    rows = [
        ("Input", {"shape": [6]}),
        ("Linear", {"out_features": 16}),
        "ReLU",
        ("Linear", {"out_features": 3}),
    ]
    data = make_dataset(300)
    averaged = Trainer(make_project(*rows, epochs=3, ema=0.9), data)
    plain = Trainer(make_project(*rows, epochs=3), data)
    events = [train(trainer) for trainer in (averaged, plain)]
    losses = [[e.losses.tolist() for e in found if isinstance(e, Steps)] for found in events]
    assert list(chain(*losses[0])) == list(chain(*losses[1]))
    epochs = [[e for e in found if isinstance(e, EpochEnded)] for found in events]
    assert epochs[0][-1].val_loss != epochs[1][-1].val_loss
    for mine, theirs in zip(averaged.model.parameters(), plain.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    best = averaged.best_weights
    assert best is not None
    assert not torch.equal(best["layer1.weight"], averaged.model.state_dict()["layer1.weight"])
