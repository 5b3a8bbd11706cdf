"""Killed at any moment, a run goes on from its last checkpoint as if nothing had happened."""

import multiprocessing
import os
import random
import signal
import time

import numpy as np
import pytest

from workbench.runs.opening import begun, resumed
from workbench.runs.recorder import record
from workbench.runs.scalars import curves
from workbench.train.controls import Controls

KILLS = 30
STEPS = 40
"""Of 1,300: so many events are waited for between two kills at most, and the end is never reached."""


def train_on(store, data, project, told):
    """Train the only run on, or begin it: slowly, so that kills find it in the middle, and not to the end."""
    controls = Controls()
    controls.one_by_one = True
    made = resumed(store, "0001", data, controls) if store.list() else begun(store, project, data, controls)
    for _, _ in zip(record(*made), range(STEPS), strict=False):
        os.write(told, b".")
        time.sleep(0.001)
    signal.pause()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # says Python 3.12 of forking
@pytest.mark.timeout(170)
def test_thirty_kills_leave_no_trace_in_the_curves(tmp_path, store, make_project, data):
    project = make_project(
        epochs=100,
        batch_size=8,
        save_minutes=0.0005,
        schedule="one_cycle",
        optimizer={"name": "Adam", "lr": 0.01},
    )
    whole = type(store)(tmp_path / "whole")
    for _ in record(*begun(whole, project, data)):
        pass
    expected = curves(whole.open("latest"))

    choice, kills = random.Random(0), 0
    processes = multiprocessing.get_context("fork")  # a fresh Python would load torch thirty times
    while kills < KILLS:
        heard, told = os.pipe()
        process = processes.Process(target=train_on, args=(store, data, project, told))
        process.start()
        os.close(told)
        if kills % 5:  # else it is killed before training begins, or while it does
            assert os.read(heard, 1), "it trains"
        process.join(choice.uniform(0.0, 0.1))
        assert process.exitcode is None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        os.close(heard)
        kills += 1
    for _ in record(*resumed(store, "0001", data)):
        pass

    found = curves(store.open("latest"))
    assert found.keys() == expected.keys()
    for name, (steps, values) in expected.items():
        assert np.array_equal(found[name][0], steps), name
        assert np.array_equal(found[name][1], values), name
