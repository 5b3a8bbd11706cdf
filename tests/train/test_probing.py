"""Probes against torch's own numbers, and training that isn't touched by them."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.train import probing as probing_module
from workbench.train.events import EpochEnded, Probed, Started
from workbench.train.probe_histograms import BINS, histograms, picked
from workbench.train.trainer import Trainer

NET = (
    ("Input", {"shape": [2, 6, 6]}),
    ("Conv2d", {"out_channels": 4}),
    ("BatchNorm2d", {}),
    "ReLU",
    ("Dropout", {"p": 0.3}),
    "Flatten",
    ("Linear", {"out_features": 3}),
)
DENSE = (("Input", {"shape": [6]}), ("Linear", {"out_features": 5}), "Tanh", ("Linear", {"out_features": 1}))


@pytest.fixture
def train(make_project, make_dataset):
    """Return a function that trains and gives the trainer, its events and what was seen of each epoch."""

    def train(rows=NET, task="classification", dataset=None, **training):
        project = make_project(*rows, **{"epochs": 3, "batch_size": 16, **training})
        shape = (2, 6, 6) if rows is NET else None
        dataset = dataset or make_dataset(80, shape=shape, task=task)
        trainer = Trainer(project, dataset, device="cpu", seed=3)
        events, seen, weights = [], {}, {}
        for event in trainer.events():
            events.append(event)
            if isinstance(event, Probed):
                seen[event.epoch] = trainer.probing.latest
                weights[event.epoch] = {k: v.clone() for k, v in trainer.model.state_dict().items()}
        return trainer, events, seen, weights, dataset

    return train


def test_what_is_seen_is_what_torch_gives(train):
    trainer, _, seen, weights, dataset = train(probes={"samples": 6})
    plan = trainer.probing.plan
    assert set(plan.samples) <= set(dataset.splits["validation"].tolist())
    assert sorted(seen) == [0, 1, 2, 3]
    assert [layer.id for layer in plan.layers] == ["layer1", "layer2", "layer3", "layer6"]
    assert plan.passes_on == {"layer4": "layer3", "layer5": "layer3"}
    inputs = torch.from_numpy(dataset.batch(np.array(plan.samples)))
    targets = torch.from_numpy(dataset.targets[list(plan.samples)])
    for epoch, record in seen.items():
        trainer.model.load_state_dict(weights[epoch])
        model = trainer.model.eval()
        with torch.no_grad():
            conv = functional.conv2d(inputs, model.layer1.weight, model.layer1.bias)
            normed = model.layer2(conv)
            outputs = model.layer6(normed.relu().flatten(1))
        for name, values in (("layer1", conv), ("layer2", normed), ("layer3", normed.relu())):
            np.testing.assert_allclose(record.activations[name], values.numpy(), atol=1e-6)
        np.testing.assert_allclose(record.probabilities, outputs.softmax(1).numpy(), atol=1e-6)
        assert record.predicted.tolist() == outputs.argmax(1).tolist()
        losses = functional.cross_entropy(outputs, targets, reduction="none")
        np.testing.assert_allclose(record.losses, losses.numpy(), atol=1e-6)
        relu = normed.relu().numpy()
        row = [layer.id for layer in plan.layers].index("layer3")
        counts, edges = np.histogram(relu[relu > 0], BINS)
        assert np.abs(record.outputs.counts[row] - counts).sum() <= 4  # at an edge, either side is right
        np.testing.assert_allclose(record.outputs.ends[row], edges[[0, -1]], rtol=1e-6)
        assert record.outputs.zeros[row] == pytest.approx((relu == 0).mean(), abs=1e-6)
        assert record.weights.counts[0].sum() == model.layer1.weight.numel()
        assert record.weights.counts[row].sum() == 0


@pytest.mark.parametrize("options", [{}, {"ema": 0.9}, {"mixup": 0.4}, {"accumulate": 2}])
def test_training_is_the_same_to_the_bit(train, options):
    def told(**probes):
        trainer, events, *_ = train(probes=probes, **options)
        losses = np.concatenate([event.losses for event in events if event.kind == "steps"])
        ends = [(e.train_loss, e.val_loss, dict(e.metrics)) for e in events if isinstance(e, EpochEnded)]
        weights = {name: value.numpy().tobytes() for name, value in trainer.model.state_dict().items()}
        random = {name: value.numpy().tobytes() for name, value in trainer._random.state().items()}
        modes = [module.training for module in trainer.model.modules()]
        return losses.tobytes(), ends, weights, random, modes

    assert told(samples=8) == told(samples=0)


def test_samples_don_t_depend_on_how_many_are_run_together(train, monkeypatch):
    *_, together, _, _ = train(probes={"samples": 5})
    monkeypatch.setattr(probing_module, "VALUES", 1)
    *_, alone, _, _ = train(probes={"samples": 5})
    for epoch, record in together.items():
        for name, values in record.activations.items():
            np.testing.assert_allclose(values, alone[epoch].activations[name], atol=1e-5)
        assert (record.outputs.counts.sum(1) == alone[epoch].outputs.counts.sum(1)).all()


def test_regression_has_values(train):
    _, _, seen, *_ = train(DENSE, "regression", probes={"samples": 4})
    record = seen[3]
    assert record.probabilities.shape == (4, 0)
    assert np.isfinite(record.predicted).all()
    assert np.isfinite(record.losses).all()


def test_embeddings_have_no_predictions(train):
    rows = (("Input", {"shape": [6]}), ("Linear", {"out_features": 4}))
    _, _, seen, *_ = train(rows, loss="triplet", probes={"samples": 4})
    assert np.isnan(seen[3].predicted).all()
    assert np.isnan(seen[3].losses).all()


def test_it_comes_before_the_first_step_and_after_each_epoch(train):
    _, events, *_ = train()
    kinds = [event.kind for event in events if event.kind in ("started", "epoch_ended", "probed", "finished")]
    assert kinds == ["started", "probed", *["epoch_ended", "probed"] * 3, "finished"]
    assert isinstance(events[0], Started)
    assert all(0 <= event.share <= 1 for event in events if isinstance(event, Probed))


def test_without_samples_nothing_is_recorded(train):
    trainer, events, *_ = train(probes={"samples": 0})
    assert trainer.probing is None
    assert not any(isinstance(event, Probed) for event in events)


def test_without_validation_training_samples_are_taken(train, make_dataset):
    dataset = make_dataset(40, validation=0.0, shape=(2, 6, 6))
    trainer, *_ = train(dataset=dataset)
    assert trainer.probing.plan.part == "train"
    assert set(trainer.probing.plan.samples) <= set(dataset.splits["train"].tolist())


def test_costly_looks_are_seldom_but_for_the_last(train, monkeypatch):
    clock = iter(range(10_000))
    monkeypatch.setattr(probing_module, "perf_counter", lambda: float(next(clock)))
    _, _, seen, *_ = train(epochs=21)
    assert sorted(seen) == [0, 2, 4, 8, 16, 21]


def test_without_memory_it_is_over(train, monkeypatch):
    def hungry(*_):
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(probing_module, "_run", hungry)
    trainer, events, *_ = train()
    assert trainer.probing.off
    assert not any(isinstance(event, Probed) for event in events)


def test_what_a_layer_raises_comes_through_with_modes_put_back(train, monkeypatch):
    trainer, *_ = train()

    class Broken(nn.Module):
        def forward(self, inputs):
            raise ValueError("broken")

    trainer.model.add_module("layer3", Broken())
    before = [module.training for module in trainer.model.modules()]
    with pytest.raises(ValueError, match="broken"):
        trainer.probing.look(9, 99, 1.0, last=True)
    assert [module.training for module in trainer.model.modules()] == before
    assert not any(module._forward_hooks for module in trainer.model.modules())


def test_histograms_of_odd_values():
    rows = [
        torch.tensor([0.0, 0.0, 1.0, 3.0]),
        torch.tensor([torch.nan, torch.inf, 2.0]),
        torch.zeros(3),
        torch.zeros(0),
        torch.tensor([-1e38, 1e38]),
    ]
    found = histograms(rows)
    assert found.counts.sum(1).tolist() == [2, 1, 0, 0, 2]
    assert found.ends[:4].tolist() == [[1, 3], [2, 2], [0, 0], [0, 0]]
    assert found.zeros.tolist() == [0.5, 0, 1, 0, 0]
    assert histograms([]).counts.shape == (0, BINS)


def test_picked_values_are_from_all_places():
    flat = torch.arange(1000)
    some = picked(flat, 100)
    assert len(some) <= 100
    assert int(some[-1]) > 900
    assert picked(torch.arange(5), 100).tolist() == [0, 1, 2, 3, 4]
