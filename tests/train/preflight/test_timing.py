from time import perf_counter

import pytest

from workbench.errors import UserError
from workbench.train.preflight.forecast import forecast
from workbench.train.preflight.timing import time_epoch
from workbench.train.trainer import Trainer


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


def test_an_epoch_takes_about_what_it_was_timed_at(make_project, make_dataset):
    project = make_project(*ROWS, epochs=3)
    dataset = make_dataset(samples=6000, features=64)
    begun = perf_counter()
    shares, timing = result(time_epoch(project, dataset, device="cpu", seconds=0.6))
    assert perf_counter() - begun < 5
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    finished = list(Trainer(project, dataset, device="cpu").events())[-1]
    assert timing.epoch_seconds == pytest.approx(finished.seconds / 3, rel=1.0), "others want the cores too"


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
