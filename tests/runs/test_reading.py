from made_runs import made_run

from workbench.runs import reading
from workbench.runs.machine import Process, this_process
from workbench.runs.reading import RunList
from workbench.runs.store import RunStore


def _without_stack(info):
    return info.model_copy(update={"project": {k: v for k, v in info.project.items() if k in reading._KEPT}})


def test_it_lists_what_the_store_does(tmp_path):
    for loss in (0.5, 0.25):
        made_run(tmp_path, loss=loss)
    (tmp_path / "runs" / "0002" / "run.json").write_text("rubbish")
    made_run(tmp_path)
    runs = RunList(tmp_path)
    for _ in range(2):
        assert runs.read() == [_without_stack(info) for info in RunStore(tmp_path).list()]
    assert RunList(tmp_path / "nowhere").read() == []


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path, monkeypatch):
    first, second = made_run(tmp_path), made_run(tmp_path)
    runs, read = RunList(tmp_path), []
    monkeypatch.setattr(
        reading, "info_in", lambda folder, real=reading.info_in: read.append(folder.name) or real(folder)
    )
    runs.read()
    first.update(tags=("new",))
    assert runs.read()[0].tags == ("new",)
    assert read == ["0001", "0002", "0001"]
    RunStore(tmp_path).delete(second.id)
    assert [info.id for info in runs.read()] == ["0001"]


def test_a_process_that_is_gone_is_noticed_though_the_file_is_the_same(tmp_path, monkeypatch):
    made_run(tmp_path, state="running", process=this_process())
    runs = RunList(tmp_path)
    assert runs.read()[0].state == "running"
    monkeypatch.setattr(Process, "alive", False)
    assert runs.read()[0].state == "interrupted"
