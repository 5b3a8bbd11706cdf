"""The main job, through the widgets a person uses, from the sample to an export that answers alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QTableView, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.runs.store import RunStore
from workbench.runs.weights import load_model
from workbench.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def click(qtbot: QtBot, window: QWidget, name: str) -> None:
    """Click the visible button with this name, as a person would."""

    def found() -> list[QPushButton]:
        buttons = window.findChildren(QPushButton, name)
        return [button for button in buttons if button.isVisible() and button.isEnabled()]

    qtbot.waitUntil(lambda: len(found()) == 1)
    qtbot.mouseClick(found()[0], LEFT)


def click_row(qtbot: QtBot, table: QTableView, row: int) -> None:
    """Click a row of the stack."""
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(60, place.y()))


def test_from_the_sample_to_an_export_that_answers_alike(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace, training = window.workspace, window.training
    table = window.stack.table

    # open the sample
    click(qtbot, window, "sample_digits-cnn")
    ready(window, qtbot)
    first = workspace.project
    layers = len(workspace.graph)
    assert table.model().rowCount() == layers

    # add a layer by typing, anywhere
    click_row(qtbot, table, layers - 2)
    below = workspace.selection
    qtbot.keyClick(table, "d")
    field = window.findChild(QLineEdit, "addLayer")
    assert field is not None
    assert field.text() == "d"
    qtbot.keyClicks(field, "rop .3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert len(workspace.graph) == layers + 1
    added = workspace.graph.layers[layers - 1]
    assert added.type == "Dropout"
    assert added.id == workspace.selection != below
    assert not workspace.document.saved

    # undo, redo, undo
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert workspace.project == first
    window.actions_["redo"].trigger()
    assert len(workspace.graph) == layers + 1
    window.actions_["undo"].trigger()
    assert workspace.project == first
    ready(window, qtbot)

    # train 3 epochs, pausing on the way
    click(qtbot, window, "stage_train")
    click(qtbot, window, "trainPages_settings")
    page = window.findChild(QWidget, "settingsPage")
    assert page is not None
    qtbot.waitUntil(page.isVisible)
    epochs = window.findChild(QLineEdit, "param_epochs")
    assert epochs is not None
    epochs.selectAll()
    qtbot.keyClicks(epochs, "3")
    assert workspace.project.training.epochs == 3
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: training.step > 0)
    click(qtbot, window, "pauseButton")
    assert training.state == "paused"
    qtbot.waitUntil(lambda: training._job.waits)
    held = training.step
    qtbot.wait(100)  # in which it must do nothing
    assert training.step == held
    click(qtbot, window, "pauseButton")
    qtbot.waitUntil(lambda: not training.active)
    assert training.last_epoch is not None
    assert training.last_epoch.epoch == 3
    assert len(training.curves["val_loss"]) == 3
    runs = RunStore(workspace.folder).list()
    assert [(run.id, run.state, run.epochs) for run in runs] == [("0001", "completed", 3)]

    # look into a layer, for a sample
    click(qtbot, window, "stage_inspect")
    panel = window.stages.panel("inspect")
    qtbot.waitUntil(lambda: panel.inspection is not None and panel.inspected.run == "0001")
    number = window.findChild(QSpinBox, "inspectSample")
    assert number is not None
    number.selectAll()
    qtbot.keyClicks(number, "6")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    wanted = int(workspace.dataset.splits["test"][5])
    qtbot.waitUntil(lambda: panel.inspection.index == wanted)
    row = next(r for r, node in enumerate(workspace.graph) if node.type == "ReLU")
    click_row(qtbot, table, row)
    relu = workspace.graph.layers[row].id
    assert relu in window.findChild(QWidget, "inspectLayer").title.text()
    model = load_model(RunStore(workspace.folder).open("0001"))
    seen = {}
    model.get_submodule(relu).register_forward_hook(lambda m, i, o: seen.update(out=o.detach()))
    samples = torch.from_numpy(workspace.dataset.batch(np.array([wanted])))
    with torch.no_grad():
        model(samples)
    np.testing.assert_allclose(panel.inspection.activations[relu], seen["out"][0].numpy(), atol=1e-6)
    click(qtbot, window, "inspectKind_gradient")
    assert relu in panel.inspection.gradients

    # export, and compare with torch
    click(qtbot, window, "stage_export")
    target = tmp_path / "taken away" / "digits.onnx"
    path = window.findChild(QLineEdit, "exportPath")
    assert path is not None
    path.selectAll()
    qtbot.keyClicks(path, str(target))
    click(qtbot, window, "exportButton")
    export = window.stages.panel("export")
    qtbot.waitUntil(lambda: export.exported is not None)
    parity = window.findChild(QLabel, "exportParity")
    assert parity is not None
    assert float(parity.text()) <= 1e-5
    session = onnxruntime.InferenceSession(str(target))
    batch = workspace.dataset.batch(workspace.dataset.splits["test"][:200])
    with torch.no_grad():
        expected = model(torch.from_numpy(batch)).numpy()
    for size in (1, 7, 64):
        got = np.concatenate(
            [
                session.run(None, {session.get_inputs()[0].name: batch[at : at + size]})[0]
                for at in range(0, len(batch), size)
            ]
        )
        np.testing.assert_allclose(got, expected, atol=1e-5)

    # save; nothing is lost
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: workspace.document.saved)
