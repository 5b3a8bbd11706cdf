"""The verbs search and queue."""

import subprocess
import sys

import psutil
import pytest
from commands import contents, workbench

from workbench.graph.file import load, save
from workbench.graph.search import SearchSection
from workbench.runs import machine
from workbench.runs.queue import RunQueue
from workbench.runs.store import RunStore

SPACE = ("--space", "optimizer.lr=1e-3..1e-1 log", "--space", "batch_size=16,32")


def test_search_prints_trials_and_the_best(wine):
    project = (wine / "project.json").read_bytes()
    found = workbench("search", wine, "--trials", 3, *SPACE, "--epochs", 1, "--json")
    assert found.status == 0
    trials = found.json["trials"]
    assert [trial["trial"] for trial in trials] == [0, 1, 2]
    assert found.json["completed"] + found.json["pruned"] == 3
    best = min((t for t in trials if t["state"] == "completed"), key=lambda t: t["value"])
    assert found.json["best"] == best
    assert RunStore(wine).open(best["run"]).info().best["val_loss"] == pytest.approx(best["value"])
    assert set(best["values"]) == {"optimizer.lr", "batch_size"}
    assert "trial 2 (3/3): optimizer.lr=" in found.err
    assert (wine / "project.json").read_bytes() == project


def test_search_goes_on_and_applies_the_best(wine):
    first = workbench("search", wine, "--trials", 1, *SPACE, "--epochs", 1, "--json").json
    again = workbench("search", wine, "--trials", 1, *SPACE, "--epochs", 1, "--apply")
    assert again.status == 0
    assert "after 1 trial" in again.err
    assert "Its values are in the project now." in again.out
    best = workbench("search", wine, "--trials", 1, *SPACE, "--epochs", 1, "--json").json
    assert (best["before"], best["study"]) == (2, first["study"])
    values = min((first["best"], best["best"]), key=lambda t: t["value"])["values"]
    assert load(wine).training.batch_size in (16, 32)
    assert 1e-3 <= load(wine).training.optimizer.lr <= 1e-1
    assert set(values) == {"optimizer.lr", "batch_size"}


def test_the_projects_own_section_is_used(wine):
    section = SearchSection.model_validate(
        {
            "space": {"batch_size": {"kind": "choices", "values": [8, 64]}},
            "sampler": "grid",
            "epochs": 1,
            "trials": 9,
        }
    )
    save(load(wine).model_copy(update={"search": section}), wine)
    found = workbench("search", wine, "--json")
    assert {trial["values"]["batch_size"] for trial in found.json["trials"]} == {8, 64}
    assert "Every combination" in found.err


def test_a_space_can_be_suggested(wine):
    found = workbench("search", wine, "--suggest", "--trials", 1, "--epochs", 1, "--json")
    assert {"optimizer.lr", "batch_size"} <= set(found.json["best"]["values"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to search for"),
        (("--space", "lr=1..0"), "below the high end"),
        (("--space", "lrr=0.1..1"), "Did you mean optimizer.lr?"),
        (("--space", "lr"), "no range"),
        (("--space", "lr=0.1..1", "--metric", "f3", "--trials", "1"), "f3 isn't measured"),
        (("--space", "lr=0.1..1", "--metric", "F 3"), "metric"),
        (("--space", "lr=0.1..1", "--storage", "nowhere://me:secret@here/x"), "nowhere"),
    ],
)
def test_search_refuses_in_a_line(wine, words, said):
    found = workbench("search", wine, *words)
    assert found.status == 1
    assert said in found.error
    assert "secret" not in found.err


def test_search_with_bad_usage(wine):
    for words in (("--sampler", "magic"), ("--pruner", "x"), ("--trials", "0"), ("--epochs", "-1")):
        assert workbench("search", wine, *words).status == 2


def test_the_queue_is_filled_trained_and_listed(wine):
    assert workbench("queue", wine, "add", "--set", "lr=0.01", "--set", "epochs=1").status == 0
    workbench("queue", wine, "add", "--set", "epochs=1")
    items = workbench("queue", wine, "list", "--json").json["items"]
    assert [(i["id"], i["state"], i["changes"]) for i in items] == [
        (1, "waiting", ["lr=0.01", "epochs=1"]),
        (2, "waiting", ["epochs=1"]),
    ]
    workbench("queue", wine, "up", 2)
    done = workbench("queue", wine, "run", "--json")
    assert done.status == 0
    assert [(i["id"], i["state"], i["run"]) for i in done.json["items"]] == [
        (2, "done", "0001"),
        (1, "done", "0002"),
    ]
    assert RunStore(wine).open("2").info().project["training"]["optimizer"]["lr"] == 0.01
    workbench("queue", wine, "retry", 1)
    assert [i["state"] for i in workbench("queue", wine, "clear", "--json").json["items"]] == ["waiting"]
    assert workbench("queue", wine, "remove", 1, "--json").json["items"] == []
    assert "The queue is empty" in workbench("queue", wine).out


def test_a_run_that_fails_in_the_queue_is_told_at_the_end(wine):
    workbench("queue", wine, "add", "--set", "data.path=nothing")
    workbench("queue", wine, "add", "--set", "epochs=1")
    found = workbench("queue", wine, "run", "--json")
    assert found.status == 1
    assert "1 run failed" in found.error
    assert [item["state"] for item in found.json["items"]] == ["failed", "done"]


def test_a_queue_that_another_program_trains_is_left_to_it(wine, monkeypatch):
    workbench("queue", wine, "add", "--set", "epochs=1")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        theirs = machine.Process(pid=other.pid, started=psutil.Process(other.pid).create_time())
        with monkeypatch.context() as patch:
            patch.setattr(machine, "this_process", lambda: theirs)
            RunQueue(wine).take()
        found = workbench("queue", wine, "run", "--json")
        other.communicate()
    assert found.status == 1
    assert f"item 1 is being trained by another program (process {other.pid})" in found.error
    assert RunStore(wine).list() == []


def test_the_queue_refuses_what_cannot_be(wine, tmp_path):
    before = contents(wine)
    assert workbench("queue", wine, "add", "--set", "lr=fast").status == 1
    assert "there is no project" in workbench("queue", tmp_path / "none").error
    for words in (("remove",), ("list", "3"), ("shuffle",), ("list", "--set", "lr=1")):
        assert workbench("queue", wine, *words).status == 2
    assert contents(wine) == before
    assert "The queue is empty." in workbench("queue", wine, "remove", 7).error
