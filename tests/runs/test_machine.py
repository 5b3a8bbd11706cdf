import os
import shutil
import subprocess
import sys

import psutil
import pytest

from workbench.runs import machine

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(folder, *words):
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@needs_git
def test_the_commit_and_whether_files_differ(tmp_path):
    git(tmp_path, "init")
    assert machine.git(tmp_path) is None  # nothing committed
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    clean = machine.git(tmp_path)
    assert len(clean.commit) == 40
    assert not clean.dirty
    (tmp_path / "new").write_text("untracked")
    assert not machine.git(tmp_path).dirty
    (tmp_path / "file").write_text("two")
    assert machine.git(tmp_path).dirty


def test_no_repository_is_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert machine.git(tmp_path) is None
    assert machine.git(tmp_path / "missing") is None


def test_no_git_is_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert machine.git(tmp_path) is None


def test_a_git_that_hangs_or_breaks_is_nothing(tmp_path, monkeypatch):
    for error in (subprocess.TimeoutExpired("git", 2), OSError("broken")):

        def fail(*args, error=error, **kwargs):
            raise error

        monkeypatch.setattr(subprocess, "run", fail)
        monkeypatch.setattr(shutil, "which", lambda name: "git")
        assert machine.git(tmp_path) is None


def test_this_process_is_alive():
    assert machine.this_process().alive
    assert not machine.Process(pid=machine.this_process().pid, started=0.0).alive


@pytest.mark.skipif(os.name == "nt", reason="there a process that ended is gone")
def test_a_process_that_ended_unnoticed_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = machine.Process(pid=child.pid, started=psutil.Process(child.pid).create_time())
        assert process.alive
        child.kill()
        # as container runtimes without an init leave it: ended, and nobody has asked how
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
        assert not process.alive
    assert not process.alive
