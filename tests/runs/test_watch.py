"""A training in other processes, watched: stand-ins that keep to the protocol, or don't; then a real one."""

import json
import os
import sys
import textwrap
import threading

import numpy as np
import psutil
import pytest

from workbench.data.load import load
from workbench.data.samples import sample_project
from workbench.errors import UserError
from workbench.graph.overrides import override
from workbench.runs import pipe, watch
from workbench.runs.child import Child
from workbench.runs.recorder import record
from workbench.runs.scalars import curves
from workbench.runs.watch import Opened, WatchedTraining, ended
from workbench.train.checkpoint import Checkpoint
from workbench.train.events import EpochEnded, Finished, Started, Steps
from workbench.train.launch import Layout
from workbench.train.trainer import Trainer

STARTED = Started(10, 5, 2, "cpu", 100, 20, 1, 0)
STEPS = Steps(0, np.array([0.5], np.float32), 0.1, 10.0)
FINISHED = Finished("completed", 2, 10, 3.0, 1000.0, 2, 0.3)

STAND_IN = """
import json, os, subprocess, sys, time
def say(message): print("\\x1e" + json.dumps(message), flush=True)
def hear():
    line = sys.stdin.readline()
    return json.loads(line[1:]) if line else None
def until(do):
    heard = []
    while not heard or heard[-1]["do"] != do:
        heard.append(hear())
    return heard
opened = {"run": "0001", "seed": 7, "notes": [], "start": "", "whole": True}
started, steps, finished = EVENTS
place, request = json.loads(sys.argv[1]), hear()
"""


@pytest.fixture
def stand_in(monkeypatch, tmp_path, store, data):
    """Return a function that makes a watched training of a script in torchrun's place; run 0001 is there."""
    project = sample_project("wine-softmax")
    store.create(project, data)

    def make(code, **options):
        events = json.dumps([event.to_json() for event in (STARTED, STEPS, FINISHED)])
        script = tmp_path / "stand_in.py"
        script.write_text(STAND_IN.replace("EVENTS", events) + textwrap.dedent(code))
        monkeypatch.setattr(watch, "command", lambda _l, _m, words, _f: [sys.executable, str(script), *words])
        return WatchedTraining(project, store.folder.parent, Layout(nproc=2), **options)

    return make


def kinds(events):
    return [type(event).__name__ for event in events]


def test_events_come_as_they_are_asked_for(stand_in, store):
    training = stand_in(
        """
        print("a library's chatter")
        say({**opened, "notes": [request["resume"], place["folder"]]})
        for number, event in enumerate((started, steps, finished), 1):
            assert until("go")[-1]["value"] == number
            say(event)
        until("go")
        """,
        resume="0001",
    )
    events = training.events()
    opened = next(events)
    assert opened == Opened("0001", 7, ("0001", str(store.folder.parent.resolve())), "", True)
    assert next(events) == STARTED
    assert next(events).to_json() == STEPS.to_json()
    assert list(events) == [FINISHED]


def test_what_controls_ask_for_is_passed_on_before_the_next_step(stand_in):
    training = stand_in(
        """
        say(opened)
        until("go")
        say(steps)
        say({"error": {"what": json.dumps(until("go")), "place": "", "remedy": ""}})
        sys.exit(1)
        """
    )
    events = training.events()
    next(events)
    next(events)
    training.change("optimizer.lr", 0.5)
    training.controls.keep()
    training.controls.one_by_one = True
    with pytest.raises(UserError, match="batch"):
        training.change("batch_size", -1)
    with pytest.raises(UserError) as error:
        next(events)
    heard = [(order["do"], order["name"], order["value"]) for order in json.loads(error.value.what)]
    assert heard == [
        ("one_by_one", "", 1),
        ("change", "optimizer.lr", 0.5),
        ("keep", "", 0),
        ("go", "", 2),
    ]


def test_stopping_while_nothing_is_heard(stand_in):
    training = stand_in(
        """
        say(opened)
        until("stop")
        say({**finished, "reason": "stopped"})
        """
    )
    threading.Timer(0.3, training.stop).start()
    assert [e.reason for e in training.events() if isinstance(e, Finished)] == ["stopped"]


def test_stopping_before_anything_was_begun(stand_in, store):
    training = stand_in("time.sleep(1000)")  # longer than any test may take
    threading.Timer(0.3, training.stop).start()
    assert list(training.events()) == []


def test_closing_lets_it_keep_what_was_learned(stand_in, tmp_path, monkeypatch):
    training = stand_in(
        """
        say(opened)
        say(steps)
        until("stop")
        open("kept", "w").close()
        say(finished)
        """
    )
    monkeypatch.chdir(tmp_path)
    events = training.events()
    next(events)
    events.close()
    assert (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            'say({"lost": "gone"}); say({"error": {"what": "no.", "place": "data", "remedy": "Do."}})',
            "data: no. Do.",
        ),
        ('say({"lost": "gone"}); say({"broken": "process 1 broke off: x"})', "process 1 broke off: x. Its"),
        ('say({"lost": "gone"})', "another process of the training is gone. Its last checkpoint is kept"),
        (
            'say({"lost": "gone"}); print("Root Cause\\n  rank : 0\\n  exitcode : 1 (pid: 7)"); sys.exit(1)',
            "another process of the training is gone",
        ),
        ('print("first"); print("last"); sys.exit(3)', r"ended with status 3 \(last\)"),
    ],
)
def test_an_end_before_its_time_fails_the_run(stand_in, store, code, told):
    training = stand_in(f"say(opened)\n{code}")
    with pytest.raises(UserError, match=told) as error:
        list(training.events())
    info = store.open("1").info()
    assert (info.state, info.message) == ("failed", str(error.value))


def test_an_error_before_the_run_touches_none(stand_in, store):
    training = stand_in('say({"error": {"what": "no data.", "place": "", "remedy": ""}}); sys.exit(1)')
    with pytest.raises(UserError, match="no data"):
        list(training.events())
    assert store.open("1").info().state == "running"


def test_one_that_doesnt_end_is_ended(stand_in, monkeypatch):
    monkeypatch.setattr(watch, "SECONDS_TO_STOP", 0.3)
    training = stand_in(
        """
        words = [sys.executable, "-c", "import time; time.sleep(60)"]
        other = subprocess.Popen(words, start_new_session=True)
        say({**opened, "notes": [str(os.getpid()), str(other.pid)]})
        time.sleep(60)
        """
    )
    events = training.events()
    pids = [int(note) for note in next(events).notes]
    events.close()
    assert not [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def test_what_outlives_torchrun_is_ended(stand_in):
    training = stand_in(
        """
        words = [sys.executable, "-c", "import time; time.sleep(60)"]
        other = subprocess.Popen(words, start_new_session=True)
        say({**opened, "notes": [str(other.pid)]})
        until("go")
        os.kill(os.getpid(), 9)
        """
    )
    events = training.events()
    pid = int(next(events).notes[0])
    with pytest.raises(UserError, match="ended with status -9"):
        next(events)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"


def test_what_torchrun_reports():
    report = (
        "Root Cause (first observed failure):\n  rank      : 1 (local_rank: 1)\n  exitcode  : {} (pid: 7)"
    )
    assert ended(report.format(-9)) == (
        "process 1 was ended from outside (SIGKILL, as the system does when memory runs out)"
    )
    assert ended(report.format(-15)) == "process 1 was ended from outside (SIGTERM)"
    assert ended(report.format(3)) == "process 1 ended with status 3"
    assert ended("nothing of the kind") == ""
    assert ended(report.format(1), from_outside=True) == ""
    assert "SIGKILL" in ended(report.format(-9), from_outside=True)


def test_lines_and_messages():
    reader, writer = os.pipe()
    os.write(writer, pipe.line({"a": [1, None]}) + b"noise\n\x1e{broken\nrest")
    os.close(writer)
    assert [pipe.message(text) for text in pipe.lines(reader)] == [{"a": [1, None]}, None, None]
    os.close(reader)


def test_telling_one_that_is_gone():
    with Child([sys.executable, "-c", ""], os.environ) as child:
        assert child.next() is None
        assert child.wait() == 0
        child.tell({"anybody": "there"})


def ranks(training_pid):
    """The processes of a training, by their number."""
    found = {}
    for process in psutil.Process(training_pid).children(recursive=True):
        words = process.cmdline()
        if watch.MODULE in words and "torch.distributed.run" not in words:
            found[int(process.environ()["RANK"])] = process
    return found


def test_a_run_that_another_process_trains_is_left_alone(store, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    project = override(sample_project("wine-softmax"), ["epochs=3"])
    run = store.create(project, load(project.data, store.folder.parent))  # for this process, which is alive
    training = WatchedTraining(
        project, store.folder.parent, Layout(nproc=2), device="cpu", seed=0, resume=run.id
    )
    with pytest.raises(UserError, match="another process is training run"):
        list(training.events())
    assert run.info().state == "running"


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_process_that_is_killed_and_the_run_resumed_by_one(store, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    project = override(sample_project("wine-softmax"), ["epochs=3"])
    folder, layout = store.folder.parent, Layout(nproc=2)
    before = set(psutil.Process().children(recursive=True))
    events = WatchedTraining(project, folder, layout, device="cpu").events()
    run = store.open(next(events).run_id)
    while not isinstance(next(events), EpochEnded):
        pass
    while not isinstance(next(events), Steps):
        pass
    ranks(os.getpid())[1].kill()
    with pytest.raises(UserError, match=r"process 1 was ended from outside \(SIGKILL"):
        list(events)
    info = run.info()
    assert info.state == "failed"
    assert "Its last checkpoint is kept" in info.message
    assert set(psutil.Process().children(recursive=True)) == before
    dataset = load(project.data, folder)
    checkpoint = Checkpoint.load(run.last)
    list(record(run, Trainer(project, dataset, device="cpu", resume=checkpoint)))
    assert run.info().state == "completed"
    whole = store.create(project, dataset)
    list(record(whole, Trainer(project, dataset, device="cpu")))
    one, two = (curves(some)["train_loss"] for some in (whole, run))
    assert np.array_equal(one[0], two[0])
    assert np.abs(one[1] - two[1]).max() <= 1e-6
