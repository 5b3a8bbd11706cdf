"""Choosing whose weights to take."""

import pytest
from made_runs import made_project, made_run
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from workbench.graph.file import save
from workbench.ui.cards import Page
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
    training = Training(workspace)
    made = RunsChoice(workspace, training)
    made.training_ = training
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


def test_epochs_of_a_training_are_followed_only_in_sight(choice, qtbot):
    """What hangs on a choice, such as judging a run, would slow the training down."""
    panel = Page()
    qtbot.addWidget(panel)
    panel.column.addWidget(choice)
    qtbot.waitUntil(lambda: choice.count() == 3)
    read = []
    choice._reading.ask = read.append
    training = choice.training_
    for _ in range(3):
        training.epoch_ended.emit()
    assert not read
    panel.show()
    assert len(read) == 1
    training.epoch_ended.emit()
    assert len(read) == 2
    panel.hide()
    panel.show()  # nothing has changed meanwhile
    assert len(read) == 2
    training.ended.emit("0003")
    assert len(read) == 3
    choice.setParent(None)
