"""Shares of the time go to the layers that take it, and nothing is left behind."""

from __future__ import annotations

import pytest
import torch
from left_as_it_was import batch, state
from torch import nn

from workbench.build.model import StackModel
from workbench.train import rehearsal
from workbench.train.layer_times import LayerTimes


class Clock:
    """Stands in for the machine's, and goes on only where a layer says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class _Slow(torch.autograd.Function):
    @staticmethod
    def forward(context, values, clock, forward, backward):
        context.clock, context.seconds = clock, backward
        clock.now += forward
        return values.clone()

    @staticmethod
    def backward(context, slope):
        context.clock.now += context.seconds
        return slope, None, None, None


class Slow(nn.Module):
    """Takes so many seconds forward and backward."""

    def __init__(self, clock: Clock, forward: float, backward: float) -> None:
        super().__init__()
        self.takes = clock, forward, backward

    def forward(self, values):
        return _Slow.apply(values, *self.takes)


@pytest.fixture
def model(make_project) -> StackModel:
    torch.manual_seed(0)
    rows = (
        ("Input", {"shape": [6]}), ("Linear", {"out_features": 4}), "ReLU", "Linear",
        "Tanh", ("Linear", {"out_features": 4}),
    )  # fmt: skip
    return StackModel(make_project(*rows).model).train()


def run(model: StackModel, times: LayerTimes) -> None:
    inputs, _ = batch(model)
    with rehearsal.rehearsal(model):
        with times.timed():
            answer, outputs = rehearsal.run(model, (inputs,))
        reached = [output for output in outputs.values() if output.requires_grad]
        with times.timed_backward(outputs):
            torch.autograd.grad(answer.square().mean(), reached)


def test_shares_are_of_the_time_forward_and_backward(model, monkeypatch):
    clock = Clock()
    monkeypatch.setattr("workbench.train.layer_times.perf_counter", clock)
    model.add_module("layer2", Slow(clock, 3.0, 0.0))
    model.add_module("layer4", Slow(clock, 1.0, 4.0))
    times = LayerTimes(model)
    assert times.shares() == {}
    for _ in range(3):
        run(model, times)
    shares = times.shares()
    assert list(shares) == list(model.layer_ids)
    assert shares == {**dict.fromkeys(model.layer_ids, 0.0), "layer2": 3 / 8, "layer4": 5 / 8}


def test_nothing_is_left_behind(model):
    before, times = state(model), LayerTimes(model)
    run(model, times)
    assert state(model) == before
    model.add_module("layer4", nn.Linear(1, 1))
    with pytest.raises(RuntimeError):
        run(model, times)
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
