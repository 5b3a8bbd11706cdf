"""What a resumed run is told of where it was trained before."""

import pytest
import torch

from workbench.train import loop
from workbench.train.environment import differing, environment
from workbench.train.events import Steps
from workbench.train.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_threads_count_where_steps_use_them(threads):
    threads(3)
    assert environment(CPU, 1, one_thread=False)["threads"] == "3 threads"
    assert environment(CPU, 1, one_thread=True)["threads"] == "1 thread"
    assert environment(CPU, 2, one_thread=True)["device"] == "cpu · 2 processes"


def test_only_what_differs_is_told():
    before = {"device": "cpu", "torch": "torch 2.12.0", "threads": "4 threads"}
    now = {"device": "cpu", "torch": "torch 2.13.0", "threads": "2 threads"}
    assert differing(before, now) == (
        "This was trained with torch 2.12.0, 4 threads and goes on with torch 2.13.0, 2 threads: "
        "losses may differ in their last digits from those of a run without a break."
    )
    assert differing(now, now) == differing({}, now) == ""


def test_a_resumed_run_with_other_threads_says_so(make_project, make_dataset, monkeypatch, threads):
    monkeypatch.setattr(loop, "INTERVAL", 0.0)
    project = make_project(("Input", {"shape": [6]}), ("Linear", {"out_features": 3}), epochs=2)
    large = make_project(
        ("Input", {"shape": [6]}),
        ("Linear", {"out_features": 3000}),
        ("Linear", {"out_features": 1000}),
        ("Linear", {"out_features": 3}),
        epochs=2,
    )
    data = make_dataset(60)
    for made, said in ((project, ""), (large, "trained with 1 thread and goes on with 2 threads")):
        threads(1)
        trainer = Trainer(made, data)
        events = trainer.events()
        next(event for event in events if isinstance(event, Steps))
        events.close()
        assert trainer.start.note == ""
        checkpoint = trainer.snapshot()
        assert Trainer(made, data, resume=checkpoint).start.note == ""
        threads(2)
        resumed = Trainer(made, data, resume=checkpoint)
        assert said in resumed.start.note
        assert bool(said) == bool(resumed.start.note)
