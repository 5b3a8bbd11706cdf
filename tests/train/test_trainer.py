import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.train import clock, loop
from workbench.train.events import EpochEnded, Failed, Finished, Started, Steps
from workbench.train.seeding import order
from workbench.train.trainer import Trainer


@pytest.fixture
def mlp(make_project):
    def make(features=6, classes=3, **training):
        layers = [("Input", {"shape": [features]}), ("Linear", {"out_features": 16}), "ReLU"]
        return make_project(
            *layers, ("Dropout", {"p": 0.2}), ("Linear", {"out_features": classes}), **training
        )

    return make


def losses(events):
    return np.concatenate([event.losses for event in events if isinstance(event, Steps)])


def only(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_a_run_tells_what_it_does(mlp, make_dataset):
    data = make_dataset(200)
    events = list(Trainer(mlp(epochs=3, batch_size=32), data).events())
    started = events[0]
    assert started == Started(15, 5, 3, "cpu", 140, 40, 1, 0)
    assert losses(events).shape == (15,)
    steps = only(Steps, events)
    assert [event.first_step for event in steps] == list(
        np.cumsum([0, *[len(event.losses) for event in steps]])[:-1]
    )
    epochs = only(EpochEnded, events)
    assert [(event.epoch, event.step) for event in epochs] == [(1, 5), (2, 10), (3, 15)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epochs, finished.step) == ("completed", 3, 15)
    assert finished.best_loss == min(event.val_loss for event in epochs)
    assert epochs[finished.best_epoch - 1].best
    assert finished.samples_per_second > 0


def test_it_learns(mlp, make_dataset):
    events = list(Trainer(mlp(epochs=30), make_dataset(600)).events())
    assert only(EpochEnded, events)[-1].metrics["accuracy"] > 0.85


def test_a_seed_decides_every_loss_to_the_bit(mlp, make_dataset):
    data = make_dataset()
    first = losses(Trainer(mlp(epochs=3), data, seed=5).events())
    torch.rand(10)
    assert np.array_equal(first, losses(Trainer(mlp(epochs=3), data, seed=5).events()))
    assert not np.array_equal(first, losses(Trainer(mlp(epochs=3), data, seed=6).events()))


def test_the_loop_is_the_one_that_pytorch_teaches(make_project, make_dataset):
    """Losses and weights equal those of a plain loop with the same weights and order, to the bit."""
    data = make_dataset(200)
    project = make_project(
        ("Input", {"shape": [6]}),
        ("Linear", {"out_features": 16}),
        "ReLU",
        ("Linear", {"out_features": 3}),
        epochs=2,
        clip_norm=0.5,
        optimizer={"name": "Adam", "lr": 0.01},
    )
    trainer = Trainer(project, data, seed=3)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    with torch.no_grad():
        for mine, theirs in zip(model.parameters(), trainer.model.parameters(), strict=True):
            mine.copy_(theirs)
    found = losses(trainer.events())

    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
    expected = []
    train = torch.from_numpy(data.splits["train"])
    inputs, targets = torch.from_numpy(data.inputs)[train], torch.from_numpy(data.targets)[train]
    torch.set_flush_denormal(True)
    for epoch in (1, 2):
        for batch in order(3, epoch, len(train)).split(32):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(inputs[batch]), targets[batch])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            expected.append(loss.item())
    torch.set_flush_denormal(False)
    assert np.array_equal(found, np.array(expected, np.float32))
    for mine, theirs in zip(model.parameters(), trainer.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_train_loss_is_the_mean_over_samples(mlp, make_dataset):
    events = list(Trainer(mlp(epochs=1, batch_size=32), make_dataset(200)).events())
    weights = np.array([32, 32, 32, 32, 12])
    expected = float((losses(events).astype(np.float64) * weights).sum() / 140)
    assert only(EpochEnded, events)[0].train_loss == pytest.approx(expected, rel=1e-12)


def test_others_random_numbers_are_neither_used_nor_changed(mlp, make_dataset):
    data = make_dataset()
    undisturbed = losses(Trainer(mlp(epochs=2), data).events())
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    trainer = Trainer(mlp(epochs=2), data)
    found = []
    for event in trainer.events():
        found.append(event)
        state = torch.get_rng_state()
        torch.rand(5)
        torch.set_rng_state(state)
    assert torch.equal(torch.rand(3), expected)
    assert np.array_equal(losses(found), undisturbed)
    disturbed = []
    for event in Trainer(mlp(epochs=2), data).events():
        disturbed.append(event)
        torch.rand(5)
    assert np.array_equal(losses(disturbed), undisturbed)


def test_the_number_of_threads_is_put_back(mlp, make_dataset):
    before = torch.get_num_threads()
    for _ in Trainer(mlp(epochs=1), make_dataset()).events():
        assert torch.get_num_threads() == before


def test_losses_are_reported_by_the_clock_and_not_by_the_step(mlp, make_dataset, monkeypatch):
    data, ticks = make_dataset(2000), itertools.count()
    monkeypatch.setattr(loop, "perf_counter", lambda: next(ticks) / 150)  # a step takes 1/10 of INTERVAL
    whole = list(Trainer(mlp(epochs=1, batch_size=8), data).events())
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    single = list(Trainer(mlp(epochs=1, batch_size=8), data).events())
    assert len(only(Steps, single)) == 175
    assert 175 / 11 < len(only(Steps, whole)) < 30
    assert np.array_equal(losses(whole), losses(single))
    assert only(EpochEnded, whole)[0].train_loss == only(EpochEnded, single)[0].train_loss


def test_a_pause_is_not_counted(mlp, make_dataset, monkeypatch):
    now = 0.0
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    monkeypatch.setattr(clock, "perf_counter", lambda: now)
    events = []
    for event in Trainer(mlp(epochs=1, batch_size=70), make_dataset()).events():
        events.append(event)
        now += 100.0  # passes only while the events are held up
    assert only(Finished, events)[0].seconds == 0.0


def test_closing_stops(mlp, make_dataset):
    trainer = Trainer(mlp(epochs=1000), make_dataset())
    events = trainer.events()
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch == 2:
            break
    events.close()
    assert next(events, None) is None
    assert trainer.progress.epoch == 2
    assert trainer.snapshot().settings.progress == trainer.progress


def test_stop_ends_with_a_last_event(mlp, make_dataset):
    trainer = Trainer(mlp(epochs=1000), make_dataset())
    events = []
    for event in trainer.events():
        events.append(event)
        if isinstance(event, EpochEnded):
            trainer.stop()
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].epochs) == ("stopped", 1)


def test_patience_stops_early(mlp, make_dataset):
    data = make_dataset(100)
    noise = np.random.default_rng(0).integers(0, 3, 100)
    data.targets[:] = noise
    events = list(Trainer(mlp(epochs=500, patience=3, optimizer={"name": "Adam", "lr": 0.05}), data).events())
    epochs = only(EpochEnded, events)
    assert events[-1].reason == "stopped early"
    assert events[-1].best_epoch == len(epochs) - 3
    assert not any(event.best for event in epochs[-3:])


def test_best_weights_are_those_of_the_best_epoch(mlp, make_dataset):
    trainer = Trainer(mlp(epochs=20, optimizer={"name": "Adam", "lr": 0.1}), make_dataset(100))
    best = None
    for event in trainer.events():
        if isinstance(event, EpochEnded) and event.best:
            best = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    assert best is not None
    assert all(torch.equal(best[name], value) for name, value in trainer.best_weights.items())


def test_the_schedule_decides_each_step(mlp, make_dataset, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    project = mlp(epochs=2, schedule="cosine", optimizer={"name": "SGD", "lr": 0.1})
    rates = [event.lr for event in only(Steps, Trainer(project, make_dataset(200)).events())]
    expected = [0.1 * 0.5 * (1 + np.cos(np.pi * step / 10)) for step in range(10)]
    assert rates == pytest.approx(expected)


# Data of all kinds


@pytest.mark.parametrize("batch_size", [1, 7, 69, 139, 140, 1000])
def test_batch_norm_never_gets_a_last_batch_of_one(make_project, make_dataset, batch_size):
    layers = [("Input", {"shape": [6]}), ("Linear", {"out_features": 4}), "BatchNorm1d"]
    project = make_project(*layers, ("Linear", {"out_features": 3}), epochs=1, batch_size=batch_size)
    if batch_size == 1:
        with pytest.raises(UserError, match="A batch holds 1 sample, so batch norm has no statistics"):
            Trainer(project, make_dataset(200))
    else:
        trainer = Trainer(project, make_dataset(200))
        assert isinstance(list(trainer.events())[-1], Finished)


def test_images_of_bytes(make_project, make_dataset):
    project = make_project(
        ("Input", {"shape": [1, 8, 8]}),
        ("Conv2d", {"out_channels": 4}),
        "BatchNorm2d",
        "ReLU",
        "Flatten",
        ("Linear", {"out_features": 3}),
        epochs=2,
    )
    events = list(Trainer(project, make_dataset(100, shape=(1, 8, 8), dtype="uint8")).events())
    assert isinstance(events[-1], Finished)


def test_sequences_of_ids(make_project):
    random = np.random.default_rng(0)
    ids = random.integers(0, 20, (120, 5))
    indices = random.permutation(120)
    data = Dataset(
        name="ids",
        kind="sequence",
        task="classification",
        inputs=ids,
        targets=(ids[:, 0] > 10).astype(np.int64),
        classes=("low", "high"),
        splits={"train": indices[:80], "validation": indices[80:100], "test": indices[100:]},
    )
    layers = [("Input", {"shape": [5], "dtype": "int64"}), ("Embedding", {"num_embeddings": 20}), "LSTM"]
    project = make_project(*layers, ("Linear", {"out_features": 1}), epochs=2)
    assert isinstance(list(Trainer(project, data).events())[-1], Finished)
    layers[1] = ("Embedding", {"num_embeddings": 5})
    small = make_project(*layers, ("Linear", {"out_features": 1}), epochs=2)
    with pytest.raises(UserError, match="there are vectors for 5 only"):
        list(Trainer(small, data).events())


def test_regression_with_standardised_ends(make_project, make_dataset):
    data = make_dataset(300, task="regression")
    data.targets[:] = data.targets * 1000 + 5000
    data.inputs[:] = data.inputs * 30 - 7
    project = make_project(
        ("Input", {"shape": [6]}),
        "Standardize",
        ("Linear", {"out_features": 32}),
        "ReLU",
        ("Linear", {"out_features": 1}),
        ("Standardize", {"invert": True}),
        epochs=60,
        optimizer={"name": "Adam", "lr": 0.01},
    )
    trainer = Trainer(project, data)
    train = data.splits["train"]
    assert torch.allclose(trainer.model.layer1.mean, torch.from_numpy(data.inputs[train].mean(0)), rtol=1e-4)
    assert float(trainer.model.layer5.std) == pytest.approx(data.targets[train].std(), rel=1e-4)
    last = only(EpochEnded, trainer.events())[-1]
    assert last.metrics["r2"] > 0.9
    assert last.metrics["mean_absolute_error"] < 1000


def test_without_validation_the_training_loss_judges(mlp, make_dataset):
    events = list(Trainer(mlp(epochs=3), make_dataset(validation=0)).events())
    epochs = only(EpochEnded, events)
    assert all(event.val_loss is None and event.metrics == {} for event in epochs)
    assert events[-1].best_loss == min(event.train_loss for event in epochs)


def test_data_are_not_changed(mlp, make_dataset):
    data = make_dataset()
    inputs, targets = data.inputs.copy(), data.targets.copy()
    list(Trainer(mlp(epochs=2), data).events())
    assert np.array_equal(inputs, data.inputs)
    assert np.array_equal(targets, data.targets)


# What can't work


def test_data_of_another_shape_are_refused(mlp, make_dataset):
    with pytest.raises(UserError, match=r"The data have samples of 8 \(float32\), but the Input is 6"):
        Trainer(mlp(), make_dataset(features=8))


def test_an_output_too_few_is_refused(mlp, make_dataset):
    with pytest.raises(UserError, match=r"needs a score for each of 3 classes"):
        Trainer(mlp(classes=2), make_dataset())


def test_cuda_where_there_is_none(mlp, make_dataset, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="no CUDA device"):
        Trainer(mlp(), make_dataset(), device="cuda")


def test_an_empty_training_split(mlp, make_dataset):
    with pytest.raises(UserError, match="training split is empty"):
        Trainer(mlp(), make_dataset(validation=0.5, test=0.5))


def test_a_class_that_has_no_name(mlp, make_dataset):
    data = make_dataset()
    data.targets[3] = 3
    with pytest.raises(UserError, match=r"a sample has class 3, but classes are 0 to 2"):
        Trainer(mlp(), data)


def test_memory_that_does_not_suffice(mlp, make_dataset, monkeypatch):
    trainer = Trainer(mlp(batch_size=64), make_dataset())

    def refuse(*args):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    monkeypatch.setattr(trainer.model, "forward", refuse)
    with pytest.raises(UserError, match=r"memory doesn't suffice for this stack with batches of 64"):
        list(trainer.events())


def test_defects_are_not_dressed_up(mlp, make_dataset, monkeypatch):
    trainer = Trainer(mlp(), make_dataset())

    def break_down(*args):
        raise RuntimeError("a defect")

    monkeypatch.setattr(trainer.model, "forward", break_down)
    with pytest.raises(RuntimeError, match="a defect"):
        list(trainer.events())


# Losses that are no numbers


def test_divergence_fails_and_keeps_the_last_good_weights(make_project, make_dataset):
    data = make_dataset(100, task="regression")
    layers = [("Input", {"shape": [6]}), ("Linear", {"out_features": 16}), ("Linear", {"out_features": 1})]
    project = make_project(*layers, epochs=50, optimizer={"name": "SGD", "lr": 5.0})
    trainer = Trainer(project, data)
    events = list(trainer.events())
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.step == len(losses(events)) or failed.step > len(losses(events))
    assert "diverged at a learning rate of 5" in failed.message
    assert failed.remedy == "Lower the learning rate (try 0.5), or clip gradients (clip_norm 1)."
    assert np.isfinite(losses(events)).all()
    assert all(parameter.isfinite().all() for parameter in trainer.model.parameters())
    done = len(only(EpochEnded, events))
    assert trainer.progress.epoch == done
    assert failed.epoch == done + 1


def test_data_that_are_no_numbers_are_named(mlp, make_dataset):
    data = make_dataset()
    row = int(data.splits["train"][50])
    data.inputs[row, 3] = np.nan
    events = list(Trainer(mlp(), data).events())
    assert isinstance(events[-1], Failed)
    assert f"sample {row}" in events[-1].message
    assert events[-1].epoch == 1


def test_weights_that_break_at_the_last_step_are_not_kept(mlp, make_dataset, monkeypatch):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    trainer = Trainer(mlp(epochs=3, batch_size=140), make_dataset(200))
    events = []
    for event in trainer.events():
        events.append(event)
        if isinstance(event, Steps) and event.first_step == 1:
            with torch.no_grad():
                trainer.model.layer4.bias.fill_(float("inf"))
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert (failed.epoch, failed.step, failed.layer) == (2, None, "layer4")
    assert all(parameter.isfinite().all() for parameter in trainer.model.parameters())
