"""Two processes, which torchrun really starts, against one: the same losses to 1e-6."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from together import CASES, CHANGES, STOP_AT, stopped, told, watched

from workbench.train.checkpoint import Checkpoint
from workbench.train.launch import Layout, command, environment
from workbench.train.trainer import Trainer

TESTS = Path(__file__).parents[1]


def alone(name="adam", **options):
    made, dataset = CASES[name]()
    return Trainer(made, dataset, device="cpu", **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What two processes made of all cases, and of a checkpoint that one process wrote."""
    folder = tmp_path_factory.mktemp("together")
    trainer = alone()
    trainer.controls.one_by_one = True
    _, snapshot = stopped(trainer, trainer.stop)
    snapshot.save(folder / "alone.safetensors")
    layout = Layout(nproc=2)
    variables = {**environment(layout), "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    words = command(layout, "together", [str(folder)], folder / "logs")
    done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


@pytest.fixture(scope="module")
def found(folder):
    return json.loads((folder / "found.json").read_text(encoding="utf-8"))


def same(one, two):
    assert len(one["losses"]) == len(two["losses"])
    assert np.abs(np.subtract(one["losses"], two["losses"])).max() <= 1e-6
    assert np.abs(np.subtract(one["epochs"], two["epochs"])).max() <= 1e-6
    assert one["changed"] == two["changed"]


@pytest.mark.parametrize("name", ["adam", "sgd", "single", "images", "sharded_adam", "sharded_sgd"])
def test_the_same_losses_as_one_process(found, name):
    same(told(alone(name.removeprefix("sharded_")).events()), found[name])


def test_weights_at_the_end(found, folder):
    trainer = alone()
    list(trainer.events())
    whole = Checkpoint.load(folder / "whole.safetensors")
    one = trainer.snapshot()
    apart = {"progress": None, "environment": {}}
    assert whole.settings.model_copy(update=apart) == one.settings.model_copy(update=apart)
    assert whole.settings.environment["device"] == "cpu · 2 processes"
    assert one.weights.keys() == whole.weights.keys()
    for name, tensor in one.weights.items():
        assert (tensor - whole.weights[name]).abs().max() <= 1e-5


@pytest.mark.parametrize("prefix", ["", "sharded_"])
def test_a_checkpoint_of_one_process_goes_on_in_two(found, prefix):
    whole = told(alone().events())
    rest = {**whole, "losses": whole["losses"][STOP_AT:], "epochs": whole["epochs"][1:]}
    same(rest, found[f"{prefix}resumed"])


@pytest.mark.parametrize("prefix", ["", "sharded_"])
def test_a_checkpoint_of_two_processes_goes_on_in_one(found, folder, prefix):
    assert found[f"{prefix}stopped"]["reason"] == "stopped"
    assert len(found[f"{prefix}stopped"]["losses"]) == STOP_AT
    checkpoint = Checkpoint.load(folder / f"{prefix}together.safetensors")
    assert checkpoint.settings.progress.step == STOP_AT
    whole = told(alone().events())
    rest = {**whole, "losses": whole["losses"][STOP_AT:], "epochs": whole["epochs"][1:]}
    same(rest, told(alone(resume=checkpoint).events()))


def test_changes_hold_from_the_same_step_in_all(found):
    trainer, events = alone(), []
    for event in trainer.events():
        if not events:
            for name, value in CHANGES:
                trainer.change(name, value)
        events.append(event)
    same(told(events), found["changed"])
    assert [name for name, *_ in found["changed"]["changed"]] == [name for name, _ in CHANGES]


def test_layers_that_look_at_a_batch_see_a_part(found):
    losses = found["norm"]["losses"]
    assert len(losses) == 16
    assert np.isfinite(losses).all()


def test_random_numbers_of_all_go_on_where_they_were(found):
    """Dropout draws in every process, but checkpoints hold the first one's streams alone."""
    assert found["norm_resumed"]["losses"] == found["norm"]["losses"][STOP_AT:]


def test_the_first_process_looks_and_training_stays_the_same(found):
    one, two = watched(None), found["watched"]
    assert two["losses"] == found["adam"]["losses"]  # to the bit
    assert two["epochs"] == found["adam"]["epochs"]
    assert two["looks"] >= 1  # how many more depends on what they take
    assert two["probed"] == one["probed"] == [0, 1, 2, 3]
    assert two["activations"].keys() == one["activations"].keys()
    for name, values in one["activations"].items():
        np.testing.assert_allclose(two["activations"][name], values, atol=2e-3)  # they are kept as float16


@pytest.mark.parametrize("prefix", ["", "sharded_"])
def test_a_loss_that_is_no_number_fails_in_all(found, prefix):
    """Each has a part of the batch, or of the weights, and all must find the same."""
    one = told(alone("broken").events())
    ((step, message),) = found[f"{prefix}broken"]["failed"]
    ((wanted, said),) = one["failed"]
    assert step == wanted
    assert message == said
    assert "came up first in" in message
    assert found[f"{prefix}broken"]["reason"] == ""


def test_the_device_is_told(found):
    assert found["adam"]["device"] == "cpu · 2 processes"
