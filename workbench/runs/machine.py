"""What a run was trained with: versions, the project's git commit, and the process that trains it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import psutil

import workbench
from workbench.graph.frozen import Frozen

_SECONDS = 2.0
"""Time that git is given; a run doesn't wait longer for a note about itself."""


class Git(Frozen):
    """The commit that the project folder was at, and whether tracked files differed from it."""

    commit: str
    dirty: bool


class Process(Frozen):
    """A process, told apart from a later one that got the same number by when it started (Unix time)."""

    pid: int
    started: float

    @property
    def alive(self) -> bool:
        """Whether it still runs on this machine; one that was killed and that nobody noticed doesn't."""
        try:
            process = psutil.Process(self.pid)
            same = bool(abs(process.create_time() - self.started) < 5)
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def this_process() -> Process:
    """Return the process that asks."""
    return Process(pid=os.getpid(), started=psutil.Process().create_time())


def versions() -> dict[str, str]:
    """Return versions by name, of this program and of what its numbers depend on; imports none of them."""
    found = {"workbench": workbench.__version__, "python": platform.python_version()}
    for name in ("torch", "numpy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # a frozen program may lack the metadata
            found[name] = "unknown"
    return found


def git(folder: Path) -> Git | None:
    """Return the state of the repository that a folder is in; None without one, without git, or too late."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        commit = _ask(program, folder, "rev-parse", "HEAD").strip()
        changes = _ask(program, folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return Git(commit=commit, dirty=bool(changes.strip()))


def _ask(program: str, folder: Path, *words: str) -> str:
    # Neither waits for a password, nor writes an index, nor runs a monitor that the repository names.
    done = subprocess.run(  # noqa: S603
        [program, "-c", "core.fsmonitor=false", "-C", str(folder), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=True,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        encoding="utf-8",
        errors="replace",
    )
    return done.stdout
