import pytest

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.train.preflight.forecast import forecast
from workbench.train.preflight.timing import time_epoch
from workbench.train.trainer import Trainer

A_SAMPLE = 1e-4
"""Seconds that a sample takes on its way through the model, and nothing else does."""


@pytest.fixture
def slow(monkeypatch):
    """Let time pass with samples that go through a model, however fast the machine is."""
    now, forward = 0.0, StackModel.forward

    def passing(model, *inputs):
        nonlocal now
        now += A_SAMPLE * len(inputs[0])
        return forward(model, *inputs)

    monkeypatch.setattr(StackModel, "forward", passing)
    for module in ("clock", "loop", "trainer", "preflight.timing"):
        monkeypatch.setattr(f"workbench.train.{module}.perf_counter", lambda: now)


def result(work):
    seen = []
    while True:
        try:
            seen.append(next(work))
        except StopIteration as end:
            return seen, end.value


ROWS = (
    ("Input", {"shape": [64]}),
    ("Linear", {"out_features": 256}),
    "ReLU",
    ("Linear", {"out_features": 3}),
)


@pytest.mark.parametrize("seconds", [0.2, 0.6, 1.4])  # a part of an epoch, one, and more
def test_an_epoch_takes_what_it_was_timed_at(make_project, make_dataset, slow, seconds):
    project = make_project(*ROWS, epochs=3)
    dataset = make_dataset(samples=6000, features=64)
    shares, timing = result(time_epoch(project, dataset, device="cpu", seconds=seconds))
    assert shares == sorted(shares)
    assert 0.5 < shares[-1] <= 1
    finished = list(Trainer(project, dataset, device="cpu").events())[-1]
    # Now and then training looks at the layers with some samples: a share of the time, kept small.
    assert timing.samples_per_second == pytest.approx(1 / A_SAMPLE, rel=0.03)
    assert timing.epoch_seconds == pytest.approx(5400 * A_SAMPLE, rel=0.03)
    assert timing.epoch_seconds == pytest.approx(finished.seconds / 3, rel=0.03)


def test_an_epoch_that_does_not_end_in_time_is_worked_out(make_project, make_dataset):
    dataset = make_dataset(samples=6000, features=64)
    project = make_project(*ROWS, batch_size=4, compile=True)
    _, timing = result(time_epoch(project, dataset, device="cpu", seconds=0.01))
    assert "without compiling" in timing.note
    assert timing.epoch_seconds > 4200 / timing.samples_per_second


def test_a_forecast_comes_in_parts(make_project, make_dataset):
    project = make_project(*ROWS, epochs=7, batch_size=16)
    parts, whole = result(forecast(project, make_dataset(features=64), device="cpu", seconds=0.1))
    first, second = parts[0], parts[1]
    assert (first.params, first.flops) == (64 * 256 + 256 + 256 * 3 + 3, whole.flops)
    assert first.memory is None
    assert second.memory == whole.memory
    assert second.timing is None
    assert whole.fits
    assert whole.largest_batch == whole.samples == 140
    assert whole.run_seconds == 7 * whole.timing.epoch_seconds
    assert whole.to_json()["memory"]["total"] == whole.memory.total


def test_a_run_that_would_diverge_is_timed_too(make_project, make_dataset):
    project = make_project(*ROWS[:2], ("Linear", {"out_features": 1}), optimizer={"name": "SGD", "lr": 100})
    dataset = make_dataset(features=64, task="regression")
    _, timing = result(time_epoch(project, dataset, device="cpu", seconds=0.3))
    assert timing.samples_per_second > 0
    assert timing.note == ""


def test_data_that_are_no_numbers_are_told(make_project, make_dataset):
    dataset = make_dataset(features=64)
    dataset.inputs[:] = float("nan")
    with pytest.raises(UserError):
        result(time_epoch(make_project(*ROWS), dataset, device="cpu", seconds=0.1))
