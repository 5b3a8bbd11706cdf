"""Closing while training asks, then stops cleanly and keeps the run; unsaved edits are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.ui.conftest import end
from workbench.app import window as make_window
from workbench.graph import edit, file
from workbench.runs.store import RunStore
from workbench.ui.main_window import MainWindow

OpenSample = Callable[[str], MainWindow]


def answer(text: str) -> None:
    """Press the button with this text in the next question box, as soon as it is up."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, press)
            return
        next(b for b in box.buttons() if text in b.text().replace("&", "")).click()

    QTimer.singleShot(10, press)


def _train(window: MainWindow, qtbot: QtBot) -> None:
    project = window.workspace.project
    longer = project.training.model_copy(update={"epochs": 5000, "patience": 0})
    window.workspace.edit("longer", project.model_copy(update={"training": longer}))
    window.workspace.saving.save_now()
    window.train()
    qtbot.waitUntil(lambda: window.training.last_epoch is not None)


@pytest.mark.parametrize("paused", [False, True])
def test_closing_while_training_keeps_the_run(open_sample: OpenSample, qtbot: QtBot, paused: bool) -> None:
    window = open_sample("digits-mlp")
    _train(window, qtbot)
    if paused:
        window.pause()
    answer("Go on")
    assert not window.close()
    assert window.training.active
    answer("Stop")
    assert window.close()
    assert window.jobs.running == 0
    run = RunStore(window.workspace.folder).open("latest")
    info = run.info()
    assert info.state == "stopped"
    assert info.epochs >= 1
    assert run.best.is_file()
    assert run.last.is_file()


def test_unsaved_edits_are_asked_for(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    workspace.stack.add(edit.make("Dropout", {}), 2)
    answer("Cancel")
    assert not window.close()
    answer("Save")
    assert window.close()
    assert file.load(workspace.folder) == workspace.project


def test_discarded_edits_are_gone(open_sample: OpenSample, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    saved = workspace.project
    workspace.stack.add(edit.make("Dropout", {}), 2)
    workspace.saving.keep_recovery()
    qtbot.waitUntil(lambda: not workspace.saving.busy)
    answer("Discard")
    assert window.close()
    assert file.load(workspace.folder) == saved
    assert file.load_recovery(workspace.folder) is None


def test_work_that_a_crash_left_is_restored_and_can_be_discarded(
    open_sample: OpenSample, qtbot: QtBot, home: Path
) -> None:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    saved = workspace.project
    workspace.stack.add(edit.make("Dropout", {}), 2)
    recovery = workspace.folder / file.RECOVERY
    qtbot.waitUntil(recovery.is_file)  # by itself, a second after the edit
    edited = workspace.project

    second = make_window(str(workspace.folder))  # as after a crash: the first never closed
    second.show()
    qtbot.waitUntil(lambda: second._painted)
    assert second.workspace.project == edited
    assert not second.workspace.document.saved
    assert "restored" in second.notice.text
    second.workspace.undo()
    assert second.workspace.project == saved
    second.workspace.document.mark_saved(saved)
    end(second)
