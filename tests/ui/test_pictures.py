"""The stack as a picture and as a table: shown, copied, saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.dialogs import choose_file, click, opened, part
from workbench.build.picture import DARK, LIGHT
from workbench.templates.registry import TEMPLATES
from workbench.ui.main_window import MainWindow

OpenSample = Callable[[str], MainWindow]


@pytest.fixture
def cnn(open_sample: OpenSample) -> MainWindow:
    return open_sample("digits-cnn")


def picture(window: MainWindow, qtbot: QtBot) -> Any:
    window.actions_["save_picture"].trigger()
    dialog = opened("pictureDialog")
    qtbot.waitUntil(lambda: not dialog.view.image.isNull())
    return dialog


def summary(window: MainWindow, qtbot: QtBot) -> Any:
    window.actions_["summary"].trigger()
    dialog = opened("summaryDialog")
    qtbot.waitUntil(lambda: dialog.summary is not None)
    return dialog


def test_are_there_only_with_a_stack(window: MainWindow, open_sample: OpenSample) -> None:
    keys = ("save_picture", "copy_picture", "summary")
    assert not any(window.actions_[key].isEnabled() for key in keys)
    open_sample("wine-softmax")
    assert all(window.actions_[key].isEnabled() for key in keys)


class TestPicture:
    @pytest.mark.parametrize("look", ["light", "dark"])
    def test_is_saved_as_svg(
        self, cnn: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
    ) -> None:
        dialog = picture(cnn, qtbot)
        click(dialog, f"pictureLook_{look}")
        path = tmp_path / "stack.svg"
        choose_file(monkeypatch, path)
        click(dialog, "pictureSave")
        qtbot.waitUntil(cnn.notice.isVisible)
        assert str(path) in cnn.notice.text
        text = path.read_text(encoding="utf-8")
        said = {part.text for part in ElementTree.fromstring(text).iter() if part.text}
        assert {"Conv2d", "MaxPool2d", "Linear"} <= said
        assert (LIGHT if look == "light" else DARK).window in text
        assert [item.name for item in tmp_path.iterdir()] == ["stack.svg"]

    def test_is_saved_as_png_by_its_suffix(
        self, cnn: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dialog = picture(cnn, qtbot)
        asked = choose_file(monkeypatch, tmp_path / "stack", "PNG (*.png)")
        click(dialog, "pictureSave")
        qtbot.waitUntil(cnn.notice.isVisible)
        assert asked[0][2].endswith("handwritten-digits-cnn.svg")
        with Image.open(tmp_path / "stack.png") as made:
            assert made.format == "PNG"
            assert made.size == (dialog.view.image.width(), dialog.view.image.height())

    def test_blocks_are_folded_as_in_the_stack(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window.starting._new_from_template("ResNet-18", TEMPLATES["resnet-18"].graph())
        dialog = picture(window, qtbot)
        folded = dialog.view.image.height()
        click(dialog, "pictureBlocks_open")
        qtbot.waitUntil(lambda: dialog.view.image.height() > 2 * folded)
        click(dialog, "pictureBlocks_as")
        qtbot.waitUntil(lambda: dialog.view.image.height() == folded)
        dialog.reject()

    @pytest.mark.parametrize("name", ["stack.gif", "stack"])
    def test_an_unknown_suffix_is_told(
        self, cnn: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        dialog = picture(cnn, qtbot)
        choose_file(monkeypatch, tmp_path / name)
        click(dialog, "pictureSave")
        qtbot.waitUntil(dialog.told.isVisible)
        assert ".svg or .png" in dialog.told.text
        assert not list(tmp_path.iterdir())
        assert dialog.save_button.isEnabled()
        dialog.reject()

    def test_a_target_that_cant_be_written_is_told(
        self, cnn: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dialog = picture(cnn, qtbot)
        (tmp_path / "file").write_text("no folder")
        choose_file(monkeypatch, tmp_path / "file" / "stack.png")
        click(dialog, "pictureSave")
        qtbot.waitUntil(dialog.told.isVisible)
        assert "Can't be written" in dialog.told.text
        assert (tmp_path / "file").read_text() == "no folder"
        dialog.reject()

    def test_is_copied(self, cnn: MainWindow, qtbot: QtBot) -> None:
        QGuiApplication.clipboard().clear()
        cnn.actions_["copy_picture"].trigger()
        qtbot.waitUntil(cnn.notice.isVisible)
        image: QImage = QGuiApplication.clipboard().image()
        assert image.width() > 400
        cnn.notice.hide()
        dialog = picture(cnn, qtbot)
        click(dialog, "pictureCopy")
        assert cnn.notice.isVisible()
        assert QGuiApplication.clipboard().image().size() == image.size()


class TestSummary:
    def test_has_a_row_a_layer_and_the_totals(self, cnn: MainWindow, qtbot: QtBot) -> None:
        dialog = summary(cnn, qtbot)
        model = part(dialog, "summaryTable").model()
        assert model.rowCount() == len(cnn.workspace.graph)
        names = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert names == [node.id for node in cnn.workspace.graph]
        assert dialog.summary.params == cnn.workspace.report.params
        dialog.reject()

    def test_blocks_stand_above_their_layers(self, window: MainWindow, qtbot: QtBot) -> None:
        graph = TEMPLATES["resnet-18"].graph()
        window.starting._new_from_template("ResNet-18", graph)
        dialog = summary(window, qtbot)
        model = part(dialog, "summaryTable").model()
        assert model.rowCount() == len(graph) + len(graph.blocks)
        assert dialog.summary.params == 11_689_512
        dialog.reject()

    def test_is_copied_in_three_forms(self, cnn: MainWindow, qtbot: QtBot) -> None:
        dialog = summary(cnn, qtbot)
        clipboard = QGuiApplication.clipboard()
        click(dialog, "summaryCopy")
        assert "Trainable parameters" in clipboard.text()
        click(dialog, "summaryForm_csv")
        click(dialog, "summaryCopy")
        rows = list(csv.DictReader(io.StringIO(clipboard.text())))
        assert sum(int(row["params"]) for row in rows) == cnn.workspace.report.params
        click(dialog, "summaryForm_markdown")
        QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert clipboard.text().startswith("| id |")
        dialog.reject()

    @pytest.mark.parametrize(("name", "start"), [("a.txt", "id"), ("a.csv", "id,type"), ("a.md", "| id")])
    def test_is_saved_as_its_suffix_says(
        self,
        cnn: MainWindow,
        qtbot: QtBot,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        start: str,
    ) -> None:
        dialog = summary(cnn, qtbot)
        choose_file(monkeypatch, tmp_path / name)
        click(dialog, "summarySave")
        qtbot.waitUntil(cnn.notice.isVisible)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)

    @pytest.mark.parametrize("name", ["table.xls", "missing/a file/table.csv"])
    def test_what_cant_be_written_is_told(
        self, cnn: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tmp_path / "missing").write_text("no folder")
        dialog = summary(cnn, qtbot)
        choose_file(monkeypatch, tmp_path / name)
        click(dialog, "summarySave")
        qtbot.waitUntil(dialog.told.isVisible)
        assert str(tmp_path / name) in dialog.told.text
        assert dialog.isVisible()
        dialog.reject()
