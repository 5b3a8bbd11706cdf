"""The queue: kept on the disk, put in order, trained one after the other."""

import json
import subprocess
import sys
import threading

import psutil
import pytest

from workbench.data.samples import sample_project
from workbench.errors import UserError
from workbench.graph.overrides import override
from workbench.runs.queue import RunQueue
from workbench.runs.queued import ItemEnded, ItemStarted, train_queue
from workbench.runs.store import RunStore
from workbench.train.events import EpochEnded


@pytest.fixture
def project():
    return override(sample_project("wine-softmax"), ["epochs=1"])


@pytest.fixture
def queue(tmp_path, project):
    """Three items: 1, 2, 3."""
    made = RunQueue(tmp_path)
    for rate in ("0.1", "0.2", "0.3"):
        made.add(override(project, [f"lr={rate}"]), [f"lr={rate}"])
    return made


def ids(queue):
    return [item.id for item in queue.items()]


def test_an_item_is_the_project_as_it_was(queue, project, tmp_path):
    again = RunQueue(tmp_path)
    assert again.items() == queue.items()
    item = again.items()[1]
    assert item.opened() == override(project, ["lr=0.2"])
    assert (item.state, item.changes, item.run) == ("waiting", ("lr=0.2",), "")


def test_items_are_moved_removed_and_put_back(queue):
    queue.move(3, -1)
    assert ids(queue) == [1, 3, 2]
    queue.move(1, 9)
    assert ids(queue) == [3, 2, 1]
    before = queue.items()
    at, item = queue.remove(2)
    assert ids(queue) == [3, 1]
    queue.put_back(at, item)
    queue.put_back(at, item)
    assert queue.items() == before
    with pytest.raises(UserError, match="There are 3, 2, 1"):
        queue.remove(4)


def test_numbers_are_not_given_twice(queue, project):
    queue.remove(3)
    assert queue.add(project).id == 4


def test_the_next_is_taken_and_told_how_it_went(queue):
    first = queue.take()
    assert (first.id, first.state) == (1, "running")
    with pytest.raises(UserError, match="is being trained"):
        queue.remove(1)
    with pytest.raises(UserError, match="running already"):
        queue.retry(1)
    queue.finish(1, "failed", "0001", "It broke.")
    assert queue.take().id == 2
    queue.finish(2, "done", "0002")
    assert [item.state for item in queue.items()] == ["failed", "done", "waiting"]
    assert queue.retry(1).message == ""
    assert queue.take().id == 1
    queue.clear_done()
    assert ids(queue) == [1, 3]


def test_an_item_whose_program_died_has_failed(queue):
    queue.take()
    raw = json.loads(queue.path.read_text())
    raw["items"][0]["process"] = {"pid": 2**22 + 1, "started": 0.0}
    queue.path.write_text(json.dumps(raw))
    item = queue.items()[0]
    assert (item.state, item.message) == ("failed", "The program ended while it ran.")
    raw["items"][0]["run"] = "0007"
    queue.path.write_text(json.dumps(raw))
    assert "Run 0007 can go on from where it was" in queue.items()[0].message
    assert queue.take().id == 2


@pytest.fixture
def elsewhere(queue):
    """The process of another program, which trains item 1."""
    queue.take()
    raw = json.loads(queue.path.read_text())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        started = psutil.Process(other.pid).create_time()
        raw["items"][0]["process"] = {"pid": other.pid, "started": started}
        queue.path.write_text(json.dumps(raw))
        yield other
        other.communicate()


def test_nothing_is_taken_while_another_program_trains(queue, elsewhere, tmp_path):
    before = queue.items()
    with pytest.raises(
        UserError, match=f"item 1 is being trained by another program .process {elsewhere.pid}"
    ):
        queue.take()
    with pytest.raises(UserError, match="another program"):
        list(train_queue(tmp_path))
    assert queue.items() == before
    elsewhere.communicate()
    assert queue.take().id == 2


def test_many_can_change_it_at_once(tmp_path, project):
    def add():
        for _ in range(5):
            RunQueue(tmp_path).add(project)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids(RunQueue(tmp_path)) == list(range(1, 21))


def test_a_lock_that_was_left_behind_is_broken(queue, monkeypatch):
    import os

    lock = queue.path.with_suffix(".lock")
    lock.touch()
    os.utime(lock, (0, 0))
    queue.move(1, 1)
    assert ids(queue) == [2, 1, 3]
    assert not lock.exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"items": [{"id": 0}]}', '{"format": 9}', '{"more": 1}', "\x00"]
)
def test_a_damaged_queue_is_told(tmp_path, text):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "queue.json").write_text(text)
    with pytest.raises(UserError, match="the queue can't be read"):
        RunQueue(tmp_path).items()


def test_what_waits_is_trained_in_order(queue, tmp_path):
    events = list(train_queue(tmp_path))
    marks = [(type(e).__name__, e.item.id) for e in events if isinstance(e, ItemStarted | ItemEnded)]
    assert marks == [(name, n) for n in (1, 2, 3) for name in ("ItemStarted", "ItemEnded")]
    items = queue.items()
    assert [(item.state, item.run) for item in items] == [("done", f"000{n}") for n in (1, 2, 3)]
    rates = [info.project["training"]["optimizer"]["lr"] for info in RunStore(tmp_path).list()]
    assert rates == [0.1, 0.2, 0.3]
    assert sum(isinstance(event, EpochEnded) for event in events) == 3
    assert list(train_queue(tmp_path)) == []


def test_one_that_fails_does_not_hold_up_the_rest(tmp_path, project):
    queue = RunQueue(tmp_path)
    bad = project.model_copy(update={"data": project.data.model_copy(update={"path": "nothing"})})
    queue.add(bad)
    queue.add(project.model_copy(update={"data": None}))
    queue.add(project)
    list(train_queue(tmp_path))
    items = queue.items()
    assert [item.state for item in items] == ["failed", "failed", "done"]
    assert "nothing" in items[0].message
    assert "no data" in items[1].message


def test_one_that_is_stopped_waits_again(queue, tmp_path):
    events = train_queue(tmp_path)
    next(event for event in events if isinstance(event, ItemStarted))
    assert queue.items()[0].run == "0001"
    events.close()
    assert [item.state for item in queue.items()] == ["waiting"] * 3
    assert queue.items()[0].process is None
