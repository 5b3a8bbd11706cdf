"""Importing through the dialogs: PyTorch code that runs apart and only when asked, and ONNX files."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from tests.ui.dialogs import choose_file, click, drop, opened, part
from workbench.graph import file
from workbench.ui.import_fields import read_arguments, read_shape
from workbench.ui.main_window import MainWindow

OpenSample = Callable[[str], MainWindow]

CODE = '''
import os, time
from pathlib import Path
from torch import nn

Path(__file__).with_name("ran").write_text("yes")


class Part(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return self.conv(x).relu() + x


class Raises(nn.Module):
    def __init__(self):
        super().__init__()
        raise RuntimeError("no luck")


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        Path(__file__).with_name("pid").write_text(str(os.getpid()))
        time.sleep(1000)


class Net(nn.Module):
    """Small."""

    def __init__(self, classes, width=4):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.first, self.second = Part(width), Part(width)
        self.head = nn.Linear(width, classes)

    def forward(self, image):
        return self.head(self.second(self.first(self.stem(image))).mean((2, 3)))
'''


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(CODE)
    return path


def model(path: Path, operator: str = "Relu") -> Path:
    """An ONNX file: x · w + b, and an operator."""
    weights = [
        helper.make_tensor("w", TensorProto.FLOAT, (4, 3), [0.1 * n for n in range(12)]),
        helper.make_tensor("b", TensorProto.FLOAT, (3,), [1.0, 0.0, -1.0]),
    ]
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["h"], name="dense"),
        helper.make_node(operator, ["h"], ["y"], name="last"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 3])],
        weights,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 10
    onnx.save(made, path)
    return path


def dialog_for(window: MainWindow, qtbot: QtBot, path: Path) -> Any:
    """The PyTorch dialog with a file's classes read."""
    window.actions_["import_pytorch"].trigger()
    dialog = opened("importPyTorch")
    assert not dialog.start.isEnabled()
    dialog.set_path(path)
    qtbot.waitUntil(lambda: not dialog._reading.busy)
    return dialog


def done(dialog: Any, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.busy)


class TestPyTorch:
    def test_nothing_runs_before_the_button_is_pressed(
        self, window: MainWindow, qtbot: QtBot, code: Path
    ) -> None:
        dialog = dialog_for(window, qtbot, code)
        names = [dialog.kinds.itemText(row) for row in range(dialog.kinds.count())]
        assert names == ["Part", "Raises", "Endless", "Net"]
        assert dialog.kinds.currentText() == "Net"
        warning = part(dialog, "importWarning")
        assert warning.isVisible()
        assert str(code) in warning.text
        assert "classes" in part(dialog, "importArgumentsHint").text()
        assert dialog.start.text() == "Run the file and import"
        dialog.shapes[0].setText("1×8×8")
        QTest.keyClick(dialog.shapes[0], Qt.Key.Key_Return)
        assert not dialog.busy
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert QApplication.activeModalWidget() is None
        assert not code.with_name("ran").exists()

    def test_becomes_a_project_with_its_weights(
        self, window: MainWindow, qtbot: QtBot, code: Path, home: Path
    ) -> None:
        dialog = dialog_for(window, qtbot, code)
        qtbot.keyClicks(dialog.arguments, '{"classes": 3}')
        qtbot.keyClicks(dialog.shapes[0], "1x8x8")
        click(dialog, "importStart")
        assert part(dialog, "importState").text() == "Running net.py…"
        done(dialog, qtbot)
        assert dialog.outcome.isVisible(), dialog.told.text
        assert "Net" in part(dialog, "importTitle").text()
        assert "Outputs agree" in part(dialog, "importParity").text()
        assert part(dialog, "import_params").text() == str(40 + 2 * 148 + 15)
        click(dialog, "importNew")
        qtbot.waitUntil(lambda: window.workspace.is_open)
        folder = home / "projects" / "Net"
        assert window.workspace.folder == folder
        assert (folder / "weights.safetensors").is_file()
        assert file.load(folder).training.weights == "weights.safetensors"
        assert len({block.name for block in window.workspace.graph.blocks}) == 1

    def test_becomes_the_open_stack_as_one_step(
        self, open_sample: OpenSample, qtbot: QtBot, code: Path
    ) -> None:
        window = open_sample("digits-cnn")
        workspace = window.workspace
        before = workspace.project
        (workspace.folder / "weights.safetensors").write_bytes(b"of an earlier import")
        dialog = dialog_for(window, qtbot, code)
        assert dialog.shapes[0].text() == "1×8×8"  # as the open data are
        dialog.arguments.setText('{"classes": 10}')
        click(dialog, "importStart")
        done(dialog, qtbot)
        click(dialog, "importUse")
        qtbot.waitUntil(lambda: workspace.project is not before)
        ready(window, qtbot)
        assert workspace.document.undo_label == "Import Net"
        assert workspace.project.training.weights == "weights-2.safetensors"
        assert (workspace.folder / "weights.safetensors").read_bytes() == b"of an earlier import"
        assert workspace.project.data == before.data
        workspace.undo()
        assert workspace.project == before

    def test_a_file_that_python_cant_read(self, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        bad = tmp_path / "bad.py"
        bad.write_text("import torch\nclass Net(:\n    pass\n")
        dialog = dialog_for(window, qtbot, bad)
        assert dialog.told.isVisible()
        assert f"{bad}, line 2" in dialog.told.text
        assert not dialog.start.isEnabled()
        assert not part(dialog, "importWarning").isVisible()
        empty = tmp_path / "empty.py"
        empty.write_text("x = 1\n")
        dialog.set_path(empty)
        qtbot.waitUntil(lambda: "no class" in dialog.told.text)
        dialog.reject()

    @pytest.mark.parametrize(
        ("name", "arguments", "words"),
        [
            ("Raises", "", ["no luck", "line"]),
            ("Net", "", ["classes", '{"num_classes": 10}']),
            ("Part", '{"width": 2}', ["net.py"]),
        ],
    )
    def test_a_class_that_cant_be_imported(
        self, window: MainWindow, qtbot: QtBot, code: Path, name: str, arguments: str, words: list[str]
    ) -> None:
        dialog = dialog_for(window, qtbot, code)
        dialog.kinds.setCurrentText(name)
        dialog.arguments.setText(arguments)
        dialog.shapes[0].setText("1×8×8")
        click(dialog, "importStart")
        done(dialog, qtbot)
        text = dialog.told.text
        assert dialog.told.isVisible()
        assert "Traceback" not in text
        assert "made a mistake" not in text
        assert "--" not in text
        for word in words:
            assert word in text
        assert not window.workspace.is_open
        dialog.reject()

    def test_cancelling_ends_the_process(self, window: MainWindow, qtbot: QtBot, code: Path) -> None:
        dialog = dialog_for(window, qtbot, code)
        dialog.kinds.setCurrentText("Endless")
        dialog.shapes[0].setText("1×8×8")
        click(dialog, "importStart")
        pid = code.with_name("pid")
        qtbot.waitUntil(lambda: pid.is_file() and bool(pid.read_text()))
        click(dialog, "importCancel")
        assert not dialog.busy
        assert part(dialog, "importState").text() == "Cancelled"
        qtbot.waitUntil(lambda: not _alive(int(pid.read_text())))
        assert dialog.isVisible()
        assert dialog.start.isEnabled()
        click(dialog, "importCancel")
        assert QApplication.activeModalWidget() is None

    def test_what_cant_be_arguments_is_marked(self, window: MainWindow, qtbot: QtBot, code: Path) -> None:
        dialog = dialog_for(window, qtbot, code)
        dialog.shapes[0].setText("1×8×8")
        for text in ("{", "[1]", "3"):
            dialog.arguments.setText(text)
            assert dialog.arguments.property("invalid") == "true"
            assert not dialog.start.isEnabled()
        dialog.arguments.setText("{}")
        assert dialog.start.isEnabled()
        dialog.shapes[0].setText("0×8")
        assert not dialog.start.isEnabled()
        dialog.reject()


class TestOnnx:
    def test_a_dropped_file_is_read_at_once(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, home: Path
    ) -> None:
        path = model(tmp_path / "tiny_net.onnx")
        assert drop(window, path)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        dialog = opened("importOnnx")
        done(dialog, qtbot)
        assert dialog.outcome.isVisible(), dialog.told.text
        click(dialog, "importNew")
        qtbot.waitUntil(lambda: window.workspace.is_open)
        assert [node.type for node in window.workspace.graph] == ["Input", "Linear", "ReLU"]
        assert window.workspace.folder.is_relative_to(home)

    def test_operators_that_no_layer_stands_for_are_listed(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path
    ) -> None:
        window.open_path(model(tmp_path / "odd.onnx", "Asinh"))
        dialog = opened("importOnnx")
        done(dialog, qtbot)
        assert dialog.told.isVisible()
        assert "Asinh" in dialog.told.text
        assert not window.workspace.is_open
        dialog.reject()

    @pytest.mark.parametrize("content", [b"", b"no model", bytes(range(256)) * 40])
    def test_a_broken_file(self, window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "broken.onnx"
        path.write_bytes(content)
        window.open_path(path)
        dialog = opened("importOnnx")
        done(dialog, qtbot)
        assert dialog.told.isVisible()
        assert str(path) in dialog.told.text
        assert "made a mistake" not in dialog.told.text
        assert dialog.start.isEnabled()  # another try
        dialog.reject()

    def test_the_dialog_takes_dropped_and_chosen_files(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = model(tmp_path / "one.onnx")
        window.actions_["import_onnx"].trigger()
        dialog = opened("importOnnx")
        assert not drop(dialog, tmp_path / "table.csv")
        assert drop(dialog, path)
        done(dialog, qtbot)
        assert dialog.outcome.isVisible()
        dialog.reject()
        asked = choose_file(monkeypatch, path)
        window.actions_["import_onnx"].trigger()
        dialog = opened("importOnnx")
        click(dialog, "importBrowse")
        assert asked[0][2] == str(tmp_path)  # the folder of the last one
        done(dialog, qtbot)
        dialog.reject()

    def test_a_project_that_cant_be_written(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, home: Path
    ) -> None:
        (home / "projects").write_text("a file where projects should go")
        window.open_path(model(tmp_path / "tiny.onnx"))
        dialog = opened("importOnnx")
        done(dialog, qtbot)
        click(dialog, "importNew")
        qtbot.waitUntil(window.notice.isVisible)
        assert "can't be written" in window.notice.text
        assert not window.workspace.is_open


def test_a_dropped_python_file_asks_first(window: MainWindow, qtbot: QtBot, code: Path) -> None:
    window.open_path(code)
    dialog = opened("importPyTorch")
    qtbot.waitUntil(lambda: not dialog._reading.busy)
    assert dialog.path == code
    assert not dialog.busy
    dialog.reject()
    assert not code.with_name("ran").exists()


def test_the_program_can_be_started_with_a_model(qtbot: QtBot, tmp_path: Path) -> None:
    from workbench.app import window as made_window

    window = made_window(str(model(tmp_path / "tiny.onnx")))
    assert QApplication.activeModalWidget() is None  # the window comes first
    window.show()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = opened("importOnnx")
    done(dialog, qtbot)
    assert dialog.outcome.isVisible()
    dialog.reject()
    window.jobs.close()
    window.hide()
    window.deleteLater()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3×32×32", (3, 32, 32)),
        ("3x32 x 32", (3, 32, 32)),
        ("13", (13,)),
        ("1, 8, 8", (1, 8, 8)),
        ("", None),
        ("0×3", None),
        ("3×-1", None),
        ("big", None),
        ("1×2×3×4×5×6×7", None),
        ("99999999", None),
    ],
)
def test_shapes_as_people_type_them(text: str, shape: tuple[int, ...] | None) -> None:
    assert read_shape(text) == shape


def test_arguments_are_an_object() -> None:
    assert read_arguments("") == {}
    assert read_arguments('{"a": [1, 2]}') == {"a": [1, 2]}
    for text in ("[1]", "{", '{"a": }', "[" * 100_000):
        with pytest.raises(ValueError, match=r"JSON|braces"):
            read_arguments(text)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0 if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
        return False
    time.sleep(0.01)
    return True


def test_closing_the_window_ends_an_import(window: MainWindow, qtbot: QtBot, code: Path) -> None:
    dialog = dialog_for(window, qtbot, code)
    dialog.kinds.setCurrentText("Endless")
    dialog.shapes[0].setText("1×8×8")
    click(dialog, "importStart")
    pid = code.with_name("pid")
    qtbot.waitUntil(lambda: pid.is_file() and bool(pid.read_text()))
    window.close()
    qtbot.waitUntil(lambda: not _alive(int(pid.read_text())))
    assert window.jobs.running == 0
