import os
import time

import pytest
from made_runs import made_run

from workbench.errors import UserError
from workbench.runs.store import RunStore
from workbench.runs.trash import DAYS

DAY = 86_400


@pytest.fixture
def deleted(tmp_path):
    """A store of four runs, of which the second and the last are deleted."""
    for _ in range(4):
        made_run(tmp_path)
    store = RunStore(tmp_path)
    for run in ("0002", "0004"):
        store.delete(run)
    return store


def _ids(store):
    return [run.id for run in store.trash.runs()]


def test_what_was_deleted_when_and_how_large_it_is(deleted):
    before = time.time()
    newest, oldest = deleted.trash.runs()
    assert (newest.id, oldest.id) == ("0004", "0002")
    assert before - 60 < oldest.when <= newest.when <= before + 1
    folder = deleted.trash.folder / "0004"
    assert newest.size == sum(path.stat().st_size for path in folder.rglob("*"))
    assert newest.size > 1000


def test_an_old_run_is_kept_from_when_it_was_deleted(tmp_path):
    store = RunStore(tmp_path)
    run = made_run(tmp_path)
    os.utime(run.folder, (0, 0))
    store.delete(run.id)
    store.trash.drop_old()
    assert _ids(store) == [run.id]


def test_what_was_deleted_a_month_ago_goes(deleted):
    deleted.trash.drop_old(time.time() + (DAYS - 1) * DAY)
    assert len(_ids(deleted)) == 2
    deleted.trash.drop_old(time.time() + (DAYS + 1) * DAY)
    assert _ids(deleted) == []
    assert [info.id for info in deleted.list()] == ["0001", "0003"]


def test_deleting_drops_what_is_old(deleted, monkeypatch):
    now = time.time()
    monkeypatch.setattr("workbench.runs.trash.time.time", lambda: now + (DAYS - 1) * DAY)
    deleted.delete("0003")
    assert len(_ids(deleted)) == 3
    monkeypatch.setattr("workbench.runs.trash.time.time", lambda: now + (DAYS + 1) * DAY)
    deleted.delete("0001")
    assert _ids(deleted) == []  # the clock went on, the file system's didn't


def test_emptying_all_or_some(deleted):
    assert [run.id for run in deleted.trash.empty(["0004", "0009"])] == ["0004"]
    assert _ids(deleted) == ["0002"]
    assert [run.id for run in deleted.trash.empty()] == ["0002"]
    assert deleted.trash.empty() == []
    with pytest.raises(UserError, match="no deleted run is called '0002'"):
        deleted.restore("0002")


def test_the_number_of_a_run_that_is_gone_is_not_given_again(deleted, tmp_path):
    """Runs, searches and exported files name others by it."""
    deleted.trash.empty()
    assert made_run(tmp_path).id == "0005"


def test_what_is_no_run_stays_and_links_are_not_followed(deleted, tmp_path):
    trash = deleted.trash.folder
    (trash / "mine").mkdir()
    (trash / "note.txt").write_text("keep")
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("")
    (trash / "0007").symlink_to(other, target_is_directory=True)
    deleted.trash.empty()
    assert {path.name for path in trash.iterdir()} == {"mine", "note.txt", "last"}
    assert (other / "precious").exists()


def test_what_a_crash_left_half_removed_goes_with_the_next(deleted):
    (deleted.trash.folder / ".gone-abc" / "sub").mkdir(parents=True)
    deleted.trash.empty(["0002"])
    assert not list(deleted.trash.folder.glob(".gone-*"))


def test_a_run_brought_back_meanwhile_stays(deleted, monkeypatch):
    found = deleted.trash.runs()
    monkeypatch.setattr(deleted.trash, "runs", lambda: found)
    deleted.restore("0004")
    deleted.trash.empty()
    assert [info.id for info in deleted.list()] == ["0001", "0003", "0004"]


def test_what_cannot_be_removed_is_told(deleted, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("workbench.runs.trash.shutil.rmtree", refuse)
    with pytest.raises(UserError, match=r"can't be deleted \(Permission denied\)\. Close other programs"):
        deleted.trash.empty()


def test_a_project_without_trash(tmp_path):
    trash = RunStore(tmp_path).trash
    assert (trash.runs(), trash.empty(), trash.number) == ([], [], 0)
    trash.drop_old()
    assert not trash.folder.exists()
