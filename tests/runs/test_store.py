import json
import os
import subprocess
import sys

import psutil
import pytest

from workbench.errors import UserError
from workbench.runs.machine import Process
from workbench.runs.store import RunStore


def test_runs_are_numbered(store, make_project, data):
    assert [store.create(make_project(), data).id for _ in range(3)] == ["0001", "0002", "0003"]
    assert [info.id for info in store.list()] == ["0001", "0002", "0003"]


def test_a_number_that_another_process_took_meanwhile_is_skipped(store, make_project, data, monkeypatch):
    store.create(make_project(), data)
    monkeypatch.setattr("workbench.runs.store.run_folders", lambda folder: [])
    assert store.create(make_project(), data).id == "0002"


def test_a_run_is_listed_once_it_is_all_there(store, make_project, data, monkeypatch):
    """Another process may list runs, or this one be killed, at any moment while one is made."""
    seen = []

    def broken(folder, info):
        seen.append(store.list())
        raise UserError("the disk is full.")

    monkeypatch.setattr("workbench.runs.store.files.write", broken)
    with pytest.raises(UserError, match="the disk is full"):
        store.create(make_project(), data)
    assert seen == [[]]
    assert list(store.folder.iterdir()) == []


def test_a_new_run_knows_what_it_is_for(store, make_project, data):
    info = store.create(make_project(seed=7), data, device="cpu").info()
    assert (info.state, info.device, info.seed, info.planned_epochs, info.epochs) == (
        "running",
        "cpu",
        7,
        4,
        0,
    )
    assert info.classes == ("a", "b", "c")
    assert info.data.samples == {"train": 100, "validation": 30, "test": 20}
    assert set(info.versions) == {"workbench", "python", "torch", "numpy"}
    assert info.created.endswith("+00:00")
    assert store.create(make_project(seed=7), data, seed=3).info().seed == 3


def test_the_frozen_project_comes_back(store, make_project, data):
    project = make_project(epochs=9)
    assert store.create(project, data).project() == project


def test_a_project_without_runs(store):
    assert store.list() == []
    for word in ("latest", "best"):
        with pytest.raises(UserError, match=f"there is no {word} run yet"):
            store.open(word)
    with pytest.raises(UserError, match=r"no run is called '0001'\. Train one first"):
        store.open("0001")


def test_runs_open_by_number_and_by_word(store, train):
    good, bad = train(epochs=8), train(epochs=1)
    assert store.open("0001").id == store.open("1").id == good.id
    assert store.open("latest").id == bad.id
    assert store.open("best").id == good.id
    for wrong in ("0009", "9", "../0001", "", "bset"):
        with pytest.raises(UserError, match=r"no run is called .*There are 0001, 0002, and the words"):
            store.open(wrong)


def test_damaged_runs_are_listed_and_not_chosen(store, train):
    run = train()
    for number, content in enumerate(
        ["", "{", "[]", "{}", '{"state": "flying"}', "\x00", '{"format": 2}'], 2
    ):
        folder = run.folder.with_name(f"{number:04}")
        folder.mkdir()
        (folder / "run.json").write_text(content)
    (run.folder.with_name("0020")).mkdir()
    states = {info.id: info.state for info in store.list()}
    assert states.pop("0001") == "completed"
    assert set(states.values()) == {"damaged"}
    assert len(states) == 8
    assert all("can't be read" in info.message for info in store.list()[1:])
    assert store.open("latest").id == store.open("best").id == "0001"
    with pytest.raises(UserError, match=r"0003/run\.json: this run can't be read .*delete the run"):
        store.open("0003").info()
    store.delete("0003")


def test_bytes_that_are_no_text_are_damaged(store, make_project, data):
    run = store.create(make_project(), data)
    (run.folder / "run.json").write_bytes(b"\xff\xfe\x00")
    assert store.list()[0].state == "damaged"


def test_a_project_that_no_longer_reads_is_told(store, make_project, data):
    run = store.create(make_project(), data)
    raw = json.loads((run.folder / "run.json").read_text())
    raw["project"]["model"]["layers"][0]["type"] = "Nonsense"
    (run.folder / "run.json").write_text(json.dumps(raw))
    assert store.list()[0].state == "running"
    with pytest.raises(UserError, match=r"run\.json: project: .*Nonsense"):
        run.project()


# Processes


def test_a_run_whose_process_is_gone_is_interrupted(store, make_project, data):
    run = store.create(make_project(), data)
    assert run.info().state == "running"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run.update(process=Process(pid=gone.pid, started=0.0))
    assert run.info().state == store.list()[0].state == "interrupted"


def test_another_process_of_the_same_number_is_not_it(store, make_project, data):
    run = store.create(make_project(), data)
    run.update(process=Process(pid=os.getpid(), started=psutil.Process().create_time() - 1000))
    assert run.info().state == "interrupted"


# Deleting


def test_a_deleted_run_can_be_brought_back(store, train):
    run = train()
    before = run.info()
    store.delete(run.id)
    assert store.list() == []
    assert not run.folder.exists()
    assert store.restore(run.id).info() == before


def test_the_number_of_a_deleted_run_is_not_given_again(store, train):
    run = train(epochs=1)
    store.delete(run.id)
    assert train(epochs=1).id == "0002"
    assert store.restore("0001").id == "0001"


def test_a_running_run_is_not_deleted(store, make_project, data):
    store.create(make_project(), data)
    with pytest.raises(UserError, match=r"run 0001 is being trained\. Stop it first"):
        store.delete("0001")


@pytest.mark.parametrize("name", ["0002", "", "..", "../0001", "."])
def test_what_is_not_in_the_trash_is_not_restored(store, train, name):
    store.delete(train(epochs=1).id)
    with pytest.raises(UserError, match="no deleted run is called"):
        store.restore(name)


# Folders that can't be used


def test_a_file_in_the_way_is_one_clear_error(tmp_path, make_project, data):
    (tmp_path / "runs").write_text("")
    with pytest.raises(UserError, match=r"runs: can't be written .*Choose a folder"):
        RunStore(tmp_path).create(make_project(), data)


def test_a_folder_that_may_not_be_written(store, make_project, data, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(UserError, match=r"can't be written \(Permission denied\)"):
        store.create(make_project(), data)


def test_importing_the_store_loads_no_heavy_library():
    code = (
        "import sys, workbench.runs.store; print({'torch', 'sklearn', 'polars', 'onnx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
