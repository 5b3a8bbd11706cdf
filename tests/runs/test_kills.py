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


def train_on(store, data, project):
    """Train the only run on, or begin it; slowly, so that kills find it in the middle."""
    controls = Controls()
    controls.one_by_one = True
    made = resumed(store, "latest", data, controls) if store.list() else begun(store, project, data, controls)
    for _ in record(*made):
        time.sleep(0.002)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # says Python 3.12 of forking
@pytest.mark.timeout(170)
def test_thirty_kills_leave_no_trace_in_the_curves(tmp_path, store, make_project, data):
    project = make_project(
        epochs=400,
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
        process = processes.Process(target=train_on, args=(store, data, project))
        process.start()
        process.join(choice.uniform(0.03, 0.25))
        assert process.exitcode is None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        kills += 1
    for _ in record(*resumed(store, "latest", data)):
        pass

    found = curves(store.open("latest"))
    assert found.keys() == expected.keys()
    for name, (steps, values) in expected.items():
        assert np.array_equal(found[name][0], steps), name
        assert np.array_equal(found[name][1], values), name
