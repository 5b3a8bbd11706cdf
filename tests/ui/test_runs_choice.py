"""Choosing whose weights to take."""

import pytest
from made_runs import made_project, made_run
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from workbench.graph.file import save
from workbench.ui.jobs import Jobs
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


@pytest.fixture
def choice(tmp_path, home, qtbot):
    folder = tmp_path / "made"
    save(made_project(), folder)
    for _ in range(3):
        made_run(folder)
    jobs = Jobs()
    workspace = Workspace(jobs)
    made = RunsChoice(workspace, Training(workspace))
    workspace.open(folder)
    yield made
    jobs.close()
    made.deleteLater()
    workspace.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_run_is_chosen_before_and_after_they_are_listed(choice, qtbot):
    choice.choose("0001")
    qtbot.waitUntil(lambda: choice.count() == 3)
    assert choice.run == "0001"
    with qtbot.waitSignal(choice.chosen):
        choice.choose("0002")
    assert choice.run == "0002"
    choice.refresh()
    qtbot.waitUntil(lambda: not choice._reading.busy)
    assert choice.run == "0002"
