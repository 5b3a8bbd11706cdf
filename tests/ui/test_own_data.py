"""A person's own file, dropped on the window, is a project that trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from tests.ui.conftest import PATIENCE_MS, ready
from workbench.ui.main_window import MainWindow


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the window."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(200, 200)
    entering = QDragEnterEvent(place.toPoint(), copy, carried, left, none)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()
    window.dropEvent(QDropEvent(place, copy, carried, left, none))


def _csv(folder: Path) -> Path:
    random = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'yes' if a + b > 0 else 'no'}" for a, b in random.normal(size=(120, 2))]
    path = folder / "answers.csv"
    path.write_text("height,width,answer\n" + "\n".join(rows))
    return path


def _arrays(folder: Path) -> Path:
    random = np.random.default_rng(0)
    path = folder / "pairs.npz"
    np.savez(path, x=random.normal(size=(90, 5)).astype(np.float32), y=np.arange(90) % 3)
    return path


def _images(folder: Path) -> Path:
    random = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        (folder / "photos" / name).mkdir(parents=True)
        for number in range(20):
            pixels = np.clip(random.normal(level, 20, (16, 16)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / name / f"{number}.png")
    return folder / "photos"


@pytest.mark.parametrize("make", [_csv, _arrays, _images])
def test_dropped_data_become_a_project_that_trains(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, make: object
) -> None:
    path = make(tmp_path)
    drop(window, path)
    qtbot.waitUntil(lambda: window.workspace.is_open, timeout=PATIENCE_MS)
    ready(window, qtbot)
    assert not window.workspace.report.errors
    for stage in ("data", "design", "train", "inspect", "evaluate", "export"):
        window.show_stage(stage)
        window.grab()
    training = window.workspace.project.training.model_copy(update={"epochs": 2})
    window.workspace.edit("short", window.workspace.project.model_copy(update={"training": training}))
    window.train()
    qtbot.waitUntil(lambda: not window.training.active and bool(window.training.run_id), timeout=PATIENCE_MS)
    assert window.training.last_epoch.epoch == 2
    window.workspace.save_now()


def test_the_target_column_can_be_changed(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, _csv(tmp_path))
    qtbot.waitUntil(lambda: window.workspace.is_open, timeout=PATIENCE_MS)
    ready(window, qtbot)
    window.show_stage("data")
    panel = window.stages.panel("data")
    assert [panel._target.itemText(i) for i in range(panel._target.count())] == ["height", "width", "answer"]
    panel._target.setCurrentText("height")
    panel._target.activated.emit(0)
    qtbot.waitUntil(
        lambda: window.workspace.dataset is not None and window.workspace.dataset.task == "regression",
        timeout=PATIENCE_MS,
    )
    window.workspace.undo()
    window.workspace.document.mark_saved(window.workspace.project)
