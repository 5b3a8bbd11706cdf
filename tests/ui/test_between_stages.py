"""What is wanted in one stage leads to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_runs import made_run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.dialogs import choose_file
from workbench.ui.main_window import MainWindow
from workbench.ui.runs_choice import RunsChoice

Open = Callable[[str], MainWindow]


@pytest.mark.parametrize("stage", ["evaluate", "inspect"])
def test_a_run_of_the_table_is_the_one_that_is_looked_at(
    open_sample: Open, qtbot: QtBot, home: Path, stage: str
) -> None:
    window = open_sample("wine-softmax")
    assert window.workspace.folder is not None
    for _ in range(2):
        made_run(window.workspace.folder, window.workspace.project)
    window.show_stage("train")
    panel: Any = window.stages.panel("train")
    getattr(panel.runs, f"{stage}_wanted").emit("0001")
    assert window.stages.stage == stage
    shown = window.stages.panel(stage)
    assert shown is not None
    choice = shown.findChild(RunsChoice)
    assert choice is not None
    qtbot.waitUntil(lambda: choice.listed and choice.run == "0001")


def test_a_sample_of_evaluate_is_looked_at_from_inside(open_sample: Open) -> None:
    window = open_sample("wine-softmax")
    window.show_stage("evaluate")
    panel: Any = window.stages.panel("evaluate")
    dataset = window.workspace.dataset
    assert dataset is not None
    wanted = int(dataset.splits["validation"][3])
    panel.sample_wanted.emit("validation", wanted)
    assert window.stages.stage == "inspect"
    inspect: Any = window.stages.panel("inspect")
    assert (inspect.inspected.part, inspect.inspected.sample) == ("validation", wanted)


def test_other_data_take_the_place_of_what_is_there(
    open_sample: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = open_sample("wine-softmax")
    path = tmp_path / "other.csv"
    path.write_text("a,b,c\n" + "".join(f"{i},{i * 2},{'x' if i % 2 else 'y'}\n" for i in range(30)))
    choose_file(monkeypatch, path)
    window.show_stage("data")
    panel: Any = window.stages.panel("data")
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == "Other file…")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def replaced() -> bool:
        section = window.workspace.project.data
        return section is not None and "other.csv" in section.model_dump_json()

    qtbot.waitUntil(replaced)
