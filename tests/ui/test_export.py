"""Taking a trained model away, through the panel: what is shown works when it is pasted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.runs.store import RunStore
from workbench.runs.weights import load_model
from workbench.ui.code_view import CodeView
from workbench.ui.export_panel import ExportPanel
from workbench.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
Widget = TypeVar("Widget", bound=QWidget)


@pytest.fixture
def trained(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> Callable[[str], MainWindow]:
    """A sample trained for two epochs, with Export shown."""

    def made(name: str) -> MainWindow:
        window = open_sample(name)
        training = window.training
        window.train()
        qtbot.waitUntil(lambda: training.last_epoch is not None and training.last_epoch.epoch >= 2)
        training.stop()
        qtbot.waitUntil(lambda: not training.active)
        window.show_stage("export")
        button = found(window, QPushButton, "exportButton")
        qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
        return window

    return made


def found(window: MainWindow, kind: type[Widget], name: str) -> Widget:
    made = window.findChild(kind, name)
    assert made is not None
    return made


def export(window: MainWindow, qtbot: QtBot, form: str, path: Path) -> ExportPanel:
    """Choose a form, type the whole path and press Export; wait until the result is shown."""
    panel = window.stages.panel("export")
    qtbot.mouseClick(found(window, QPushButton, f"export_{form}"), LEFT)
    edit = found(window, QLineEdit, "exportPath")
    edit.selectAll()
    qtbot.keyClicks(edit, str(path))
    qtbot.mouseClick(found(window, QPushButton, "exportButton"), LEFT)
    qtbot.waitUntil(lambda: panel.exported is not None and panel.exported.path == path)
    return panel


def run_snippet(source: str, folder: Path, name: str, values: np.ndarray) -> str:
    """Run what is shown in the export's folder, with its line of zeros replaced by real values."""
    np.save(folder / "values.npy", values)
    read = "np.load('values.npy')"
    if "import numpy" not in source:
        read = "torch.from_numpy(__import__('numpy').load('values.npy'))"
    lines = [f"{name} = {read}" if line.startswith(f"{name} = ") else line for line in source.splitlines()]
    assert lines != source.splitlines()
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=folder, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


@pytest.mark.parametrize(("form", "suffix"), [("onnx", ".onnx"), ("python", ".py")])
@pytest.mark.parametrize(("sample", "name"), [("wine-softmax", "samples"), ("digits-cnn", "pixels")])
def test_what_is_shown_gives_the_model_s_answers(trained, qtbot, tmp_path, form, suffix, sample, name):
    window = trained(sample)
    dataset = window.workspace.dataset
    path = tmp_path / "away" / f"taken{suffix}"
    exported = export(window, qtbot, form, path).exported

    assert float(found(window, QLabel, "exportParity").text()) <= 1e-5
    assert "Agrees" in found(window, QLabel, "exportVerdict").text()
    some = dataset.splits["test"][:20]
    shown = found(window, CodeView, "exportUse").toPlainText()
    said = run_snippet(shown, path.parent, name, np.asarray(dataset.inputs[some]))
    model = load_model(RunStore(window.workspace.folder).open("0001")).eval()
    with torch.no_grad():
        numbers = model(torch.from_numpy(dataset.batch(some))).argmax(1)
    assert json.loads(said.replace("'", '"')) == [dataset.classes[n] for n in numbers]
    assert exported.as_json()["meaning"]["scale"] == dataset.scale
    if form == "onnx":
        notes = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
        assert float(notes["scale"]) == dataset.scale
        assert notes["input"].startswith("inputs = stored values")


def test_the_field_shows_where_the_file_goes(trained, qtbot):
    window = trained("wine-softmax")
    edit, place = found(window, QLineEdit, "exportPath"), found(window, QLabel, "exportPlace")
    edit.setText("/a/folder/wine.onnx")
    assert (edit.toolTip(), place.toolTip()) == ("/a/folder/wine.onnx", "/a/folder")
    edit.setText(f"/{'long/' * 60}wine.onnx")
    assert "…" in place.text()


def test_cancelling_leaves_no_file(trained, qtbot, tmp_path):
    window = trained("wine-softmax")
    panel = window.stages.panel("export")
    start, cancel = found(window, QPushButton, "exportButton"), found(window, QPushButton, "exportCancel")
    state = found(window, QLabel, "exportState")
    found(window, QLineEdit, "exportPath").setText(str(tmp_path / "wine.onnx"))
    qtbot.mouseClick(start, LEFT)
    assert not start.isEnabled()
    assert cancel.isVisible()
    assert state.text()
    qtbot.mouseClick(cancel, LEFT)
    qtbot.waitUntil(start.isEnabled)
    assert not cancel.isVisible()
    assert state.text() == "Cancelled"
    assert panel.exported is None
    assert not list(tmp_path.iterdir())
