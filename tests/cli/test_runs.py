"""Listing, comparing, labelling and deleting runs."""

import csv
import sys

import pytest
from commands import contents, workbench
from made_runs import made_project, made_run

from workbench.graph.file import save
from workbench.runs.info import Parent
from workbench.runs.store import RunStore


@pytest.fixture
def folder(tmp_path):
    """A project with three runs."""
    home = tmp_path / "made"
    save(made_project(), home)
    made_run(home, loss=0.5, tags=("slow",), notes="the first")
    made_run(home, made_project(optimizer="SGD"), loss=0.25, parent=Parent(run="0001", step=4))
    made_run(home, epochs=0, state="failed", message="It diverged.")
    return home


def _ids(*words):
    return [run["id"] for run in workbench("runs", *words, "--json").json["runs"]]


def test_runs_in_order_and_those_that_are_wanted(folder):
    assert _ids(folder) == ["0001", "0002", "0003"]
    assert _ids(folder, "--sort", "val_loss") == ["0002", "0001", "0003"]
    assert _ids(folder, "--sort", "val_loss", "--reverse") == ["0001", "0002", "0003"]
    assert _ids(folder, "--filter", "optimizer=SGD") == ["0002"]
    assert _ids(folder, "--filter", "-failed val_loss>0.3") == ["0001"]
    assert _ids(folder, "--filter", "nowhere") == []
    assert "slow" in workbench("runs", folder).out


def test_runs_say_what_people_wrote(folder):
    first, second, _ = workbench("runs", folder, "--json").json["runs"]
    assert (first["tags"], first["notes"], first["parent"]) == (["slow"], "the first", None)
    assert second["parent"] == {"run": "0001", "step": 4}


def test_curves_as_csv(folder, tmp_path):
    found = workbench("curves", folder, "--run", 2, "-o", tmp_path / "curves.csv", "--json")
    assert found.json == {"run": "0002", "path": str(tmp_path / "curves.csv")}
    with (tmp_path / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    pairs = workbench("curves", folder, "--run", 2, "--json").json["val_loss"]
    assert [(int(row["step"]), float(row["val_loss"])) for row in rows if row["val_loss"]] == [
        (step, value) for step, value in pairs
    ]
    out = workbench("curves", folder, "--run", 2, "-o", tmp_path / "curves.csv").out
    assert "train_loss" in out
    assert "Written to" in out


@pytest.mark.parametrize("name", ["curves.txt", "curves"])
def test_curves_are_csv_only(folder, tmp_path, name):
    assert "Let it end in .csv." in workbench("curves", folder, "-o", tmp_path / name).error
    assert "part of the project" in workbench("curves", folder, "-o", folder / "runs" / "curves.csv").error


def test_curves_for_tensorboard(folder, tmp_path):
    pytest.importorskip("tensorboard")
    found = workbench("curves", folder, "--run", 1, "--tensorboard", tmp_path / "events", "--json")
    assert found.json == {"run": "0001", "tensorboard": str(tmp_path / "events" / "0001")}
    assert len(list((tmp_path / "events" / "0001").iterdir())) == 1


def test_without_tensorboard_it_is_told(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    found = workbench("curves", folder, "--run", 1, "--tensorboard", tmp_path / "events")
    assert found.status == 1
    assert "TensorBoard is not installed" in found.error


def test_compare(folder):
    found = workbench("compare", folder, 1, "0002", "--json").json
    assert (found["left"], found["right"], found["stack"]) == ("0001", "0002", [])
    assert {"name": "training.optimizer.name", "left": "Adam", "right": "SGD"} in found["settings"]
    out = workbench("compare", folder, 1, 2).out
    assert "training.optimizer.name" in out
    assert "The stacks are alike." in out
    assert "nothing differs" in workbench("compare", folder, 1, 1).out
    assert workbench("compare", folder, 1, 9).error.startswith("error: ")


def test_compare_shows_the_stack_as_a_diff(folder):
    layers = [{"id": "input", "type": "Input", "params": {"shape": [4]}}]
    made_run(folder, made_project([*layers, {"id": "out", "type": "Linear", "params": {"out_features": 3}}]))
    out = workbench("compare", folder, 1, 4).out
    assert "- act: ReLU()" in out.splitlines()


def test_notes_and_tags(folder):
    words = ("--tag", "good", "--tag", "good", "--untag", "slow", "--note", "über alles")
    found = workbench("note", folder, 1, *words, "--json").json
    assert found == {"run": "0001", "tags": ["good"], "notes": "über alles"}
    assert workbench("note", folder, 1).out == "run 0001: good\nüber alles\n"
    assert workbench("note", folder, 1, "--note", "").out == "run 0001: good\n"
    assert RunStore(folder).open("1").info().best["val_loss"] == 0.5
    assert "has 41 letters" in workbench("note", folder, 1, "--tag", "x" * 41).error


def test_showing_notes_changes_nothing(folder):
    before = contents(folder)
    workbench("note", folder, 1)
    workbench("compare", folder, 1, 2)
    assert contents(folder) == before


def test_deleting_and_bringing_back(folder):
    before = contents(folder)
    assert workbench("delete", folder, 1, "0003", "1", "--json").json == {"deleted": ["0001", "0003"]}
    assert _ids(folder) == ["0002"]
    assert workbench("restore", folder, 1, 3, "--json").json == {"restored": ["0001", "0003"]}
    assert contents(folder) == before
    assert "no deleted run is called" in workbench("restore", folder, 1).error


def test_the_trash_is_listed_and_emptied(folder):
    assert workbench("trash", folder, "--json").json == {"runs": [], "bytes": 0}
    assert workbench("trash", folder).out == "The trash is empty.\n"
    out = workbench("delete", folder, 1).out
    assert "brings them back within 30 days" in out
    assert "--empty' frees that" in out
    found = workbench("trash", folder, "--json").json
    assert [run["id"] for run in found["runs"]] == ["0001"]
    assert found["bytes"] == found["runs"][0]["bytes"] > 0
    assert "0001" in workbench("trash", folder).out
    assert workbench("trash", folder, "--empty", "--json").json["bytes"] == found["bytes"]
    assert "no deleted run is called '0001'" in workbench("restore", folder, 1).error
    assert (
        "1 run removed for good"
        in (workbench("delete", folder, 2), workbench("trash", folder, "--empty"))[1].out
    )


def test_a_damaged_run_can_be_deleted_and_brought_back(folder):
    (folder / "runs" / "0002" / "run.json").write_text("{")
    assert workbench("delete", folder, 2, "--json").json == {"deleted": ["0002"]}
    assert _ids(folder) == ["0001", "0003"]
    assert workbench("restore", folder, 2, "--json").json == {"restored": ["0002"]}


def test_nothing_is_deleted_where_one_of_them_cannot_be(folder):
    from workbench.runs.machine import this_process

    RunStore(folder).open("2").update(state="running", process=this_process())
    assert "run 0002 is being trained" in workbench("delete", folder, 1, 2).error
    assert workbench("delete", folder, 1, 9).status == 1
    assert _ids(folder) == ["0001", "0002", "0003"]
