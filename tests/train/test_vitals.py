"""Vitals against numbers worked out plainly, and training that isn't touched by them."""

from __future__ import annotations

import math
from itertools import count

import numpy as np
import pytest
import torch
from layer_cases import ALL_CASES
from left_as_it_was import batch, state
from torch import nn
from torch.nn import functional

from workbench.build.model import StackModel
from workbench.graph import Project
from workbench.train import rehearsal
from workbench.train.effective_rank import effective_ranks
from workbench.train.trainer import Trainer
from workbench.train.vitals import EVERY, FIRST_STEPS, SHARE, THOROUGH, WINDOW, VitalSigns

NOISY = (
    ("Input", {"shape": [3, 8, 8]}),
    ("Conv2d", {"out_channels": 6}),
    ("BatchNorm2d", {}),
    ("ReLU", {}),
    ("Dropout2d", {"p": 0.3}),
    ("Flatten", {}),
    ("Linear", {"out_features": 12}),
    ("RReLU", {}),
    ("DropPath", {"p": 0.2}),
    ("GaussianNoise", {}),
    ("BatchNorm1d", {}),
    ("Linear", {"out_features": 4}),
)


def model_of(make_project, *rows, seed=0) -> StackModel:
    torch.manual_seed(seed)
    project: Project = make_project(*rows)
    return StackModel(project.model).train()


def train(model, steps, vitals=None) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    torch.manual_seed(5)
    losses = []
    for step in range(steps):
        inputs, targets = batch(model, seed=step)
        if vitals:
            vitals.before_step()
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if vitals:
            assert vitals.measure(inputs, targets)
    return losses


def test_training_is_the_same_to_the_bit(make_project):
    plain, watched = model_of(make_project, *NOISY), model_of(make_project, *NOISY)
    vitals = VitalSigns(watched, functional.cross_entropy)
    assert train(watched, 6, vitals) == train(plain, 6)
    assert state(watched) == state(plain)


@pytest.mark.parametrize("case", ALL_CASES, ids=str)
def test_any_layer_is_left_as_it_was(case):
    torch.manual_seed(0)
    model = StackModel(case.graph()).train()
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    vitals = VitalSigns(model, lambda outputs, _: outputs.to(torch.float32).square().mean())
    inputs = case.tensors()
    before = state(model)
    with torch.no_grad():  # whatever the mode outside
        found = vitals.measure(inputs, torch.zeros(len(inputs[0])))
    assert state(model) == before
    assert list(found) == list(model.layer_ids)
    assert all(layer.counts.sum() > 0 for layer in found.values())


def test_left_as_it_was_when_a_layer_fails(make_project):
    class Broken(nn.Module):
        def forward(self, *inputs):
            raise RuntimeError("broken")

    model = model_of(make_project, *NOISY)
    model.add_module("layer6", Broken())
    vitals, before = VitalSigns(model, functional.cross_entropy), state(model)
    with pytest.raises(RuntimeError, match="broken"):
        vitals.measure(*batch(model))
    assert state(model) == before


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("no"), RuntimeError("DefaultCPUAllocator: can't allocate memory")]
)
def test_without_memory_it_is_over(make_project, error):
    def hungry(outputs, targets):
        raise error

    model = model_of(make_project, *NOISY)
    vitals, before = VitalSigns(model, hungry), state(model)
    assert vitals.measure(*batch(model)) == {}
    assert vitals.off
    assert not vitals.due(1000, 1000.0)
    assert state(model) == before


def test_figures_are_those_worked_out_plainly(make_project):
    model = model_of(
        make_project, ("Input", {"shape": [6]}), ("Linear", {"out_features": 5}), "Tanh", "Linear", "ReLU",
        ("Linear", {"out_features": 4}),
    )  # fmt: skip
    inputs, targets = batch(model, 20)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    vitals = VitalSigns(model, functional.cross_entropy)
    vitals.before_step()
    old = [p.detach().clone() for p in model.layer1.parameters()]
    functional.cross_entropy(model(inputs), targets).backward()
    optimizer.step()
    found = vitals.measure(inputs, targets)

    linear = model.layer1(inputs)
    linear.retain_grad()
    tanh = model.layer2(linear)
    relu = model.layer4(model.layer3(tanh))
    optimizer.zero_grad()
    functional.cross_entropy(model.layer5(relu), targets).backward()
    values = linear.detach().numpy()
    seen = found["layer1"]
    counts, edges = np.histogram(values, len(seen.counts))
    assert np.abs(seen.counts - counts).sum() <= 4  # a value at an edge may fall on either side
    assert seen.counts.sum() == values.size
    assert (seen.low, seen.high) == (edges[0], edges[-1])
    assert seen.mean == pytest.approx(values.mean(), rel=1e-4)
    assert seen.std == pytest.approx(values.std(), rel=1e-4)
    each = (linear.grad * len(inputs)).norm(dim=1)  # the loss is a mean over the samples
    assert seen.gradient == pytest.approx(each.square().mean().sqrt().item(), rel=1e-4)
    new = torch.cat([p.detach().flatten() for p in model.layer1.parameters()])
    slope = torch.cat([p.grad.flatten() for p in model.layer1.parameters()])
    flat = torch.cat([p.flatten() for p in old])
    assert seen.weight == pytest.approx(new.norm().item(), rel=1e-5)
    assert seen.weight_gradient == pytest.approx(slope.norm().item(), rel=1e-4)
    assert seen.update == pytest.approx(((new - flat).norm() / new.norm()).item(), rel=1e-3)
    assert math.isnan(seen.dead)
    assert math.isnan(seen.saturated)
    assert found["layer2"].saturated == pytest.approx(float((tanh.abs() >= 0.98).float().mean()))
    assert found["layer4"].dead == pytest.approx(float((relu == 0).all(0).float().mean()))
    assert math.isnan(found["layer0"].gradient)
    assert math.isnan(found["layer2"].weight)
    sizes = np.log10(np.abs(linear.grad.numpy() * len(inputs)))
    counts, edges = np.histogram(sizes, len(seen.gradient_counts))
    assert np.abs(seen.gradient_counts - counts).sum() <= 4
    assert (seen.gradient_low, seen.gradient_high) == pytest.approx((edges[0], edges[-1]), abs=1e-4)
    assert seen.gradient_zeros == 0
    assert found["layer3"].gradient_zeros == pytest.approx(float((relu == 0).float().mean()))
    assert not len(found["layer0"].gradient_counts)
    assert math.isnan(seen.rank)
    assert math.isnan(seen.time)
    found = vitals.measure(inputs, targets)
    ranks = effective_ranks({"layer1": model.layer1(inputs)}, {"layer1": -1})[0].tolist()
    assert [found["layer1"].rank, found["layer1"].most_rank] == pytest.approx(ranks)
    assert sum(layer.time for layer in found.values()) == pytest.approx(1)


def test_what_is_thorough_is_measured_now_and_then(make_project):
    model = model_of(make_project, *NOISY)
    vitals = VitalSigns(model, functional.cross_entropy)
    looks = [vitals.measure(*batch(model, seed=n))["layer1"] for n in range(THOROUGH + 2)]
    assert len({look.mean for look in looks}) == len(looks)
    assert math.isnan(looks[0].rank)
    assert len({look.rank for look in looks[1:]}) == 2
    assert len({look.rank for look in looks[1:-1]}) == 1


def test_gradients_that_are_all_zero_have_no_logarithms(make_project):
    rows = (("Input", {"shape": [4]}), ("Linear", {"out_features": 6}), "ReLU", "Linear")
    model = model_of(make_project, *rows)
    with torch.no_grad():
        model.layer1.bias.fill_(-1e6)
    seen = VitalSigns(model, functional.cross_entropy).measure(*batch(model))["layer1"]
    assert (seen.gradient_zeros, seen.gradient_counts.sum()) == (1, 0)
    assert (seen.gradient_low, seen.gradient_high) == (0, 0)


def test_units_are_dead_only_after_several_silent_looks(make_project):
    rows = (("Input", {"shape": [4]}), ("Linear", {"out_features": 10}), "ReLU", "Linear")
    model = model_of(make_project, *rows)
    with torch.no_grad():
        model.layer1.bias[:3] = -1e6
        model.layer1.bias[3:] = 1e6
    vitals = VitalSigns(model, functional.cross_entropy)
    shares = [vitals.measure(*batch(model, seed=n))["layer2"].dead for n in range(WINDOW + 1)]
    assert shares == pytest.approx([0.3] * len(shares))
    with torch.no_grad():
        model.layer1.bias[3] = -1e6
    shares = [vitals.measure(*batch(model, seed=n))["layer2"].dead for n in range(WINDOW)]
    assert shares == pytest.approx([0.3] * (WINDOW - 1) + [0.4])


@pytest.mark.parametrize(
    ("rows", "units"),
    [
        ((("Input", {"shape": [2, 9]}), ("Conv1d", {"out_channels": 5}), "ReLU", "Flatten"), 5),
        ((("Input", {"shape": [7, 3]}), ("LSTM", {"hidden_size": 4}), "ReLU", "Flatten"), 4),
        ((("Input", {"shape": [7, 3]}), ("Linear", {"out_features": 6}), "ReLU", "Flatten"), 6),
    ],
)
def test_units_are_channels_or_features(make_project, rows, units):
    model = model_of(make_project, *rows, ("Linear", {"out_features": 4}))
    vitals = VitalSigns(model, functional.cross_entropy)
    vitals.measure(*batch(model))
    assert vitals._layers.silent["layer2"].shape == (units,)


def test_values_that_are_no_numbers_break_nothing(make_project):
    rows = (("Input", {"shape": [4]}), ("Linear", {"out_features": 4}), "ReLU", "Linear")
    model = model_of(make_project, *rows)
    with torch.no_grad():
        model.layer1.weight[0] = math.nan
        model.layer1.weight[1] = math.inf
    found = VitalSigns(model, functional.cross_entropy).measure(*batch(model))
    assert found["layer1"].counts.sum() == 32 * 4
    assert math.isnan(found["layer3"].gradient) or math.isinf(found["layer3"].gradient)


def test_a_loss_that_nothing_is_learned_from_has_no_gradients(make_project):
    model = model_of(make_project, *NOISY)
    found = VitalSigns(model, lambda outputs, _: torch.tensor(0.0)).measure(*batch(model))
    assert all(math.isnan(layer.gradient) and math.isnan(layer.weight_gradient) for layer in found.values())
    assert found["layer1"].weight > 0


def test_looks_take_a_small_share_and_are_seldom(make_project, monkeypatch):
    model = model_of(make_project, *NOISY)
    monkeypatch.setattr(VitalSigns, "_look", lambda *_: {"layer": None})
    clock = count(step=0.01)  # each look: begun and ended 10 ms apart
    monkeypatch.setattr("workbench.train.vitals.perf_counter", lambda: next(clock))
    vitals = VitalSigns(model, functional.cross_entropy)
    looks = []
    drawn = batch(model, 8)
    for step in range(4000):
        now = step * 0.005
        if vitals.due(step, now):
            looks.append(now)
            vitals.measure(*drawn)
    assert looks[0] == max(FIRST_STEPS * 0.005, EVERY)
    assert np.diff(looks).min() >= EVERY
    assert vitals.share(20.0) == pytest.approx(len(looks) * 0.01 / 20)
    assert 0.8 * SHARE < vitals.share(20.0) <= SHARE
    quick = VitalSigns(model, functional.cross_entropy)
    monkeypatch.setattr("workbench.train.vitals.perf_counter", lambda: 0.0)
    times = [n * 0.01 for n in range(1000) if quick.due(n, n * 0.01) and quick.measure(*drawn)]
    assert np.diff(times).min() == pytest.approx(EVERY)


def test_rehearsal_takes_the_batch_statistics_and_gives_modes_back(make_project):
    model = model_of(make_project, *NOISY)
    model.layer10.eval()
    inputs, _ = batch(model)
    before = state(model)
    with rehearsal.rehearsal(model):
        _, outputs = rehearsal.run(model, (inputs,))
    assert outputs["layer2"].mean((0, 2, 3)).abs().max() < 1e-5
    assert torch.equal(outputs["layer4"], outputs["layer3"])
    assert outputs["layer4"] is not outputs["layer3"]
    assert state(model) == before


def test_a_whole_training_is_the_same_to_the_bit(make_project, make_dataset, monkeypatch):
    rows = (
        ("Input", {"shape": [6]}), ("Linear", {"out_features": 12}), "BatchNorm1d", "ReLU", "Dropout",
        ("Linear", {"out_features": 3}),
    )  # fmt: skip
    project, dataset = make_project(*rows, epochs=3, batch_size=16), make_dataset()

    def trained(due):
        monkeypatch.setattr(VitalSigns, "due", due)
        trainer = Trainer(project, dataset, device="cpu", seed=3)
        events = list(trainer.events())
        losses = np.concatenate([event.losses for event in events if event.kind == "steps"])
        weights = {name: value.numpy().tobytes() for name, value in trainer.model.state_dict().items()}
        return losses.tobytes(), weights, [event for event in events if event.kind == "vitals"]

    losses, weights, looks = trained(lambda vitals, step, now: True)
    assert len(looks) >= 10
    assert all(look.layers["layer1"].update > 0 for look in looks)
    assert trained(lambda vitals, step, now: False) == (losses, weights, [])
