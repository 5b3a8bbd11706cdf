"""Writing the open project in the background, whatever else happens meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from workbench.graph import Project, file
from workbench.ui import saving
from workbench.ui.jobs import Jobs
from workbench.ui.workspace import Workspace


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[Workspace]:
    jobs = Jobs()
    made = Workspace(jobs)
    yield made
    jobs.close()


def held_up(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold the writing of project files up until this is set."""
    opened, write = threading.Event(), file.save

    def save(project: Project, folder: Path) -> None:
        opened.wait()
        write(project, folder)

    monkeypatch.setattr(saving.file, "save", save)
    return opened


def named(name: str) -> Project:
    return Project.model_validate({"name": name})


def test_another_project_opened_while_one_is_written(
    workspace: Workspace, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.create(named("first"), tmp_path / "first")
    workspace.create(named("second"), tmp_path / "second")
    workspace.open(tmp_path / "first")
    go_on = held_up(monkeypatch)
    workspace.saving.save()
    workspace.open(tmp_path / "second")
    go_on.set()
    qtbot.waitUntil(lambda: not workspace.saving.busy)
    assert workspace.project.name == "second"
    assert workspace.document.saved
    assert file.load(tmp_path / "first").name == "first"


def test_an_edit_while_the_project_is_written_is_kept_for_after_a_crash(
    workspace: Workspace, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.create(named("made"), tmp_path / "made")
    go_on = held_up(monkeypatch)
    workspace.saving.save()
    workspace.edit("Rename", named("edited"))
    go_on.set()
    qtbot.waitUntil(lambda: not workspace.saving.busy)
    assert not workspace.document.saved
    workspace.saving._soon.setInterval(0)
    qtbot.waitUntil(lambda: file.load_recovery(tmp_path / "made") is not None)
