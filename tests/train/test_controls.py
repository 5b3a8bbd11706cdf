"""Changing settings, stepping and keeping while training."""

import numpy as np
import pytest

from workbench.errors import UserError
from workbench.train import loop
from workbench.train.controls import Controls
from workbench.train.events import Changed, EpochEnded, Steps
from workbench.train.trainer import Trainer


@pytest.fixture
def project(make_project):
    def make(**training):
        rows = [("Input", {"shape": [6]}), ("Linear", {"out_features": 16}), "ReLU"]
        settings = {"epochs": 3, "batch_size": 10, **training}
        return make_project(*rows, ("Linear", {"out_features": 3}), **settings)

    return make


@pytest.fixture
def every_step(monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)


def train(trainer, changes):
    """Train to the end, asking for changes (step, name, value) after those steps; return the events."""
    found = []
    for event in trainer.events():
        found.append(event)
        if isinstance(event, Steps):
            for step, name, value in changes:
                if trainer.progress.step == step:
                    trainer.change(name, value)
    return found


def test_a_rate_holds_from_the_next_step_on_and_the_schedule_goes_on_from_it(
    project, make_dataset, every_step
):
    data = make_dataset(200)  # 140 to train on: 14 steps an epoch
    plain = train(Trainer(project(schedule="cosine"), data), [])
    events = train(Trainer(project(schedule="cosine"), data), [(7, "optimizer.lr", 0.02)])
    [change] = [event for event in events if isinstance(event, Changed)]
    assert (change.step, change.name, change.value, change.run_steps) == (7, "optimizer.lr", 0.02, 42)
    before = {event.first_step: event.lr for event in plain if isinstance(event, Steps)}
    after = {event.first_step: event.lr for event in events if isinstance(event, Steps)}
    assert change.before == before[7]
    assert all(after[step] == before[step] for step in range(7))
    for step in range(7, 42):
        assert after[step] == pytest.approx(before[step] * 0.02 / before[7], rel=1e-12)


def test_weight_decay_shrinks_weights_from_then_on(project, make_dataset, every_step):
    data = make_dataset(200)
    optimizer = {"name": "SGD", "lr": 0.1}
    one, other = (Trainer(project(optimizer=optimizer), data) for _ in range(2))
    train(one, [])
    events = train(other, [(20, "optimizer.weight_decay", 0.5)])
    assert [e.before for e in events if isinstance(e, Changed)] == [0.0]
    norms = [sum(float(p.detach().square().sum()) for p in t.model.parameters()) for t in (one, other)]
    assert norms[1] < 0.5 * norms[0]


def test_another_batch_size_cuts_the_rest_of_the_epoch_anew(project, make_dataset, every_step):
    data = make_dataset(200)
    trainer = Trainer(project(), data)
    events = train(trainer, [(4, "batch_size", 50)])  # 40 samples done, 100 left
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert [event.step for event in epochs] == [6, 9, 12]
    [change] = [event for event in events if isinstance(event, Changed)]
    assert (change.before, change.value, change.run_steps) == (10, 50, 12)
    assert trainer.progress.step == 12


def test_the_schedule_keeps_pace_with_the_samples(project, make_dataset, every_step):
    data = make_dataset(200)
    events = train(Trainer(project(schedule="cosine", epochs=4), data), [(14, "batch_size", 20)])
    rates = [event.lr for event in events if isinstance(event, Steps)]
    plain = [
        e.lr for e in train(Trainer(project(schedule="cosine", epochs=4), data), []) if isinstance(e, Steps)
    ]
    assert rates[:14] == plain[:14]
    assert rates[14:] == pytest.approx(plain[14::2], rel=1e-9)


def test_each_step_is_an_event_one_by_one(project, make_dataset):
    trainer = Trainer(project(), make_dataset(200))
    trainer.controls.one_by_one = True
    counts = [len(event.losses) for event in trainer.events() if isinstance(event, Steps)]
    assert counts == [1] * 42


def test_asking_changes_nothing_but_what_was_asked(project, make_dataset, every_step):
    data = make_dataset(200)
    first = train(Trainer(project(), data), [])
    same = train(Trainer(project(), data), [(9, "optimizer.lr", 1e-3), (9, "batch_size", 10)])
    assert [len([e for e in events if isinstance(e, Changed)]) for events in (first, same)] == [0, 2]
    one, other = (
        np.concatenate([e.losses for e in events if isinstance(e, Steps)]) for events in (first, same)
    )
    assert one == pytest.approx(other, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("epochs", 3, r"epochs can't be changed while training\. Stop"),
        ("optimizer.lr", 0.0, "greater than 0|0.0"),
        ("batch_size", 0, "1 or more|at least 1|greater than or equal to 1"),
        ("batch_size", 2.5, "fractional|whole|integer"),
        ("batch_size", float("inf"), "finite"),
        ("batch_size", float("nan"), "finite"),
        ("optimizer.weight_decay", 1.0, "LBFGS has no weight_decay"),
    ],
)
def test_what_cant_be_is_refused(project, name, value, said):
    optimizer = "LBFGS" if "decay" in name else "Adam"
    controls = Controls()
    with pytest.raises(UserError, match=said):
        controls.change(project(optimizer=optimizer).training, name, value)
    assert not controls.waiting
