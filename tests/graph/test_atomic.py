import os
import stat
from pathlib import Path

import pytest

from workbench.errors import UserError
from workbench.graph.atomic import replace_atomic, write_atomic


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def test_writes_and_overwrites(tmp_path: Path):
    path = tmp_path / "a" / "b" / "file"
    write_atomic(path, b"1")
    write_atomic(path, b"22")
    assert path.read_bytes() == b"22"
    assert names(path.parent) == ["file"]


@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()]
)
def test_a_failure_in_the_middle_leaves_the_old_file_whole(tmp_path: Path, failure: BaseException):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise failure

    with pytest.raises(UserError if isinstance(failure, OSError) else type(failure)):
        replace_atomic(path, fail)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_failure_at_the_end_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(*((Path, "replace") if step == "replace" else (os, "fsync")), fail)
    with pytest.raises(UserError, match="Input/output error"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path):
    path = tmp_path / "file"
    write_atomic(path, b"old")
    with path.open("rb") as reader:
        write_atomic(path, b"new and longer")
        assert reader.read() == b"old"


def test_a_file_where_the_folder_should_be(tmp_path: Path):
    (tmp_path / "folder").write_bytes(b"")
    for path in (tmp_path / "folder" / "file", tmp_path / "folder" / "deeper" / "file"):
        with pytest.raises(UserError, match=r"can't be written .*Choose a folder") as caught:
            write_atomic(path, b"")
        assert caught.value.place == str(path)


def test_a_folder_where_the_file_should_be(tmp_path: Path):
    (tmp_path / "file").mkdir()
    with pytest.raises(UserError, match="can't be written"):
        write_atomic(tmp_path / "file", b"")
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_modes(tmp_path: Path):
    """A new file gets the mode that any new file gets; an old one keeps its own."""
    path, other = tmp_path / "file", tmp_path / "other"
    write_atomic(path, b"")
    other.write_bytes(b"")
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o640)
    write_atomic(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "file"
    link.symlink_to(tmp_path / "real" / "file")
    write_atomic(link, b"1")
    assert link.is_symlink()
    assert (tmp_path / "real" / "file").read_bytes() == b"1"


def test_long_names(tmp_path: Path):
    path = tmp_path / ("数" * 80)
    write_atomic(path, b"1")
    assert names(tmp_path) == [path.name]
