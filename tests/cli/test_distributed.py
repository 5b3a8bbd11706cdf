"""``train`` in several processes: what is refused, Ctrl+C, two machines, and a parent that is killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from commands import workbench, write

from workbench.data.samples import sample_project
from workbench.runs import watch
from workbench.runs.store import RunStore
from workbench.train.checkpoint import Checkpoint


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--shard"], "Use two processes or more"),
        (["--nnodes", "2"], "no HOST:PORT"),
        (["--nnodes", "2", "--node-rank", "2", "--master", "a:1"], "no machine 2 among 2"),
        (["--nproc", "2", "--set", "optimizer=LBFGS"], "LBFGS"),
        (["--nproc", "2", "--resume", "7"], "no run is called"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_starts(wine, words, told):
    refused = workbench("train", wine, *words)
    assert refused.status == 1
    assert told in refused.error
    assert not (wine / "runs").exists()


@pytest.mark.parametrize("words", [["--nproc", "0"], ["--backend", "mpi"], ["--node-rank", "-1"]])
def test_bad_usage(wine, words):
    assert workbench("train", wine, *words).status == 2


def test_stopped_before_anything_was_begun(wine, monkeypatch):
    monkeypatch.setattr(watch.WatchedTraining, "events", lambda training: iter(()))
    stopped = workbench("train", wine, "--nproc", 2)
    assert stopped.status == 1
    assert "stopped before anything was trained" in stopped.error


def begin(folder, *words):
    """Train in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", "train", folder, "--device", "cpu", "--json", *map(str, words)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def two_epochs_of(training):
    """Wait until the second epoch is over. Return all processes that it started."""
    for line in training.stderr:
        if line.startswith("epoch") and line.split("/")[0].endswith(" 2"):
            return psutil.Process(training.pid).children(recursive=True)
    raise AssertionError(training.communicate())


def all_end(processes):
    """Wait until processes of others have ended, or only wait for somebody to ask how."""

    def runs(process):
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    until = time.monotonic() + 60
    while any(map(runs, processes)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(runs, processes))


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_ctrl_c_stops_two_machines_and_one_process_goes_on(tmp_path):
    folder = write(tmp_path / "wine", sample_project("wine-softmax"), epochs=100_000)
    other = shutil.copytree(folder, tmp_path / "elsewhere")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        master = f"127.0.0.1:{free.getsockname()[1]}"
    words = ["--nnodes", "2", "--master", master, "--node-rank"]
    second, first = begin(other, *words, "1"), begin(folder, *words, "0")
    started = two_epochs_of(first)
    first.send_signal(signal.SIGINT)
    out, said = first.communicate(timeout=100)
    assert first.returncode == 1, said
    assert "Traceback" not in said
    assert "run 0001: stopped after" in said.splitlines()[-1]
    info = RunStore(folder).open("1").info()
    assert (json.loads(out)["state"], info.state, info.device) == ("stopped", "stopped", "cpu · 2 processes")
    out, said = second.communicate(timeout=100)
    assert second.returncode == 0, said
    assert json.loads(out)["run"] is None
    assert not (other / "runs").exists()
    assert all_end(started)
    alone = workbench("train", folder, "--resume", "1", "--epochs", info.epochs + 1, "--json")
    assert (alone.status, alone.json["epochs"]) == (0, info.epochs + 1)


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_processes_go_on_with_a_run_and_end_with_their_parent(tmp_path):
    folder = write(tmp_path / "wine", sample_project("wine-softmax"), epochs=1)
    assert workbench("train", folder).status == 0
    training = begin(folder, "--nproc", "2", "--resume", "1", "--epochs", 100_000)
    started = two_epochs_of(training)
    assert len(started) == 3
    training.kill()
    training.communicate()
    assert all_end(started)
    run = RunStore(folder).open("1")
    assert run.info().state == "stopped"
    assert Checkpoint.load(run.last).settings.progress.epoch == run.info().epochs >= 2
