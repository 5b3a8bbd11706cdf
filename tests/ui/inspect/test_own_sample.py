"""A sample of one's own: drawn, typed, from a file; through mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.ui.inspect import own_drop
from workbench.ui.inspect.inspected import OwnSample
from workbench.ui.inspect.own_menu import OwnMenu
from workbench.ui.inspect.own_pad import Pad
from workbench.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
COPY, PLAIN = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier


class Stage:
    """Inspect on a sample project whose weights are fresh."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        window.show_stage("inspect")
        self.panel: Any = window.stages.panel("inspect")
        self.settle()

    @property
    def sample(self) -> Any:
        """What is looked at."""
        return self.panel.inspected.sample

    def find(self, kind: type[Any], name: str) -> Any:
        """The widget of this name."""
        found = self.panel.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        """Click a button."""
        self.qtbot.mouseClick(self.find(QPushButton, name), LEFT)
        self.settle()

    def choose(self, name: str) -> None:
        """Choose from the menu of own samples."""
        button = self.find(OwnMenu, "ownSample")
        button.menu_.popup = lambda _place: None  # the offscreen platform warns of menus
        self.qtbot.mouseClick(button, LEFT)
        action = next(a for a in button.menu_.actions() if a.objectName() == name)
        assert action.isEnabled()
        action.trigger()
        self.settle()

    def settle(self) -> None:
        """Wait for the look at the sample that is chosen now."""
        wanted = self.panel.inspected

        def seen() -> bool:
            found, sample = self.panel.inspection, wanted.sample
            waiting = self.panel.own._soon.isActive() or self.panel._layer_page._soon.isActive()
            if found is None or waiting:
                return False
            if isinstance(sample, OwnSample):
                return found.index is None and np.array_equal(found.sample, sample.values)
            return bool(found.index == sample)

        self.qtbot.waitUntil(lambda: seen() and not self.window.jobs.running)

    def answer(self) -> str:
        """What the editor says that the network says."""
        text = self.find(QLabel, "ownSampleAnswer").text()
        return str(text)


@pytest.fixture
def stage(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> Callable[[str], Stage]:
    """Inspect on a sample."""
    return lambda name: Stage(open_sample(name), qtbot)


def draw(pad: Pad, *points: tuple[int, int]) -> None:
    """Draw a line with the mouse."""
    QTest.mousePress(pad, LEFT, pos=QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(pad, QPoint(*point))
    QTest.mouseRelease(pad, LEFT, pos=QPoint(*points[-1]))


def over(stage: Stage, path: Path) -> QDragEnterEvent:
    """Drag a file over the page."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDragEnterEvent(QPoint(200, 200), COPY, carried, LEFT, PLAIN)
    event.carried = carried  # type: ignore[attr-defined]  # Qt doesn't own it
    QApplication.sendEvent(stage.panel, event)
    return event


def drop(stage: Stage, path: Path) -> None:
    """Drop a file on the page."""
    entering = over(stage, path)
    assert entering.isAccepted()
    carried = entering.carried  # type: ignore[attr-defined]
    QApplication.sendEvent(stage.panel, QDropEvent(QPointF(200, 200), COPY, carried, LEFT, PLAIN))
    stage.qtbot.waitUntil(lambda: not stage.window.jobs.running)


def test_the_pages_follow_the_pen(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    before = at.sample
    at.choose("newOwnSample")
    assert at.sample.origin == "drawn"
    assert not at.sample.values.any()
    blank = at.panel.inspection
    pad = at.find(Pad, "ownPad")
    assert pad.hasFocus()
    draw(pad, (40, 40), (140, 40), (60, 160))
    at.settle()
    values = at.sample.values
    assert values.shape == (1, 8, 8)
    assert 0 < values.max() <= 1
    assert len(np.unique(values)) > 4  # antialiased
    found = at.panel.inspection
    np.testing.assert_array_equal(found.sample, values)
    assert not np.array_equal(found.probabilities, blank.probabilities)
    assert f">{found.answer}</b>" in at.answer()
    assert not at.panel.findChild(QLabel, "sampleTruth").isVisible()
    at.click("ownUndo")
    assert not at.sample.values.any()
    assert at.find(QPushButton, "ownBack").text() == f"Back to sample {before}"
    at.click("ownBack")
    assert at.sample == before
    assert not at.panel.own.isVisible()


def test_the_tools_of_the_pad(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    at.choose("newOwnSample")
    pad = at.find(Pad, "ownPad")
    draw(pad, (90, 20), (90, 160))
    at.settle()
    thin = at.sample.values
    at.find(QSlider, "ownPenSize").setValue(6)
    draw(pad, (90, 20), (90, 160))
    at.settle()
    assert at.sample.values.sum() > 1.5 * thin.sum()
    at.click("ownEraser")
    draw(pad, (90, 0), (90, 183))
    at.settle()
    assert at.sample.values.sum() < 0.05
    at.click("ownInvert")
    assert at.sample.values.min() > 0.9
    at.click("ownClear")
    assert not at.sample.values.any()
    pad.setFocus()
    QTest.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    assert at.sample.values.min() > 0.9
    assert at.window.workspace.document.saved  # undo was the pad's


def test_drawing_with_the_keyboard(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    at.choose("newOwnSample")
    pad = at.find(Pad, "ownPad")
    at.find(QSlider, "ownPenSize").setValue(2)
    for _ in range(9):
        QTest.keyClick(pad, Qt.Key.Key_Left)
        QTest.keyClick(pad, Qt.Key.Key_Up)
    QTest.keyClick(pad, Qt.Key.Key_Right)
    QTest.keyClick(pad, Qt.Key.Key_Space)
    at.settle()
    assert np.argwhere(at.sample.values > 0.5).tolist() == [[0, 0, 1]]
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    at.settle()
    assert at.sample.values.max() < 0.05


def test_a_sample_is_drawn_onto_and_meant_as_another_class(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    number = at.sample
    dataset = at.window.workspace.dataset
    at.choose("editSample")
    assert at.sample.origin == f"sample {number}, edited"
    assert at.find(QLabel, "ownOrigin").text() == f"Sample {number}, edited"
    np.testing.assert_array_equal(at.sample.values, dataset.batch(np.array([number]))[0])
    assert at.sample.truth == dataset.targets[number]
    known = at.panel.inspection.loss
    assert known is not None
    meant = at.find(QComboBox, "ownMeant")
    assert meant.currentText() == dataset.answer(number)
    other = (int(dataset.targets[number]) + 1) % 10
    meant.setFocus()
    at.qtbot.keyClicks(meant, str(other))
    meant.activated.emit(meant.currentIndex())
    at.settle()
    assert at.sample.truth == other
    assert at.panel.inspection.loss != known
    assert at.panel.inspection.truth == str(other)
    assert "loss" in at.answer()
    meant.setCurrentIndex(0)
    meant.activated.emit(0)
    at.settle()
    assert at.panel.inspection.loss is None
    assert at.panel.inspection.gradients  # of the predicted class's score


def test_what_if_a_number_were_another(stage: Callable[[str], Stage]) -> None:
    at = stage("wine-softmax")
    at.choose("editSample")
    names = at.window.workspace.dataset.features
    before = at.sample.values
    field = at.find(QLineEdit, f"field_{names[2]}")
    field.selectAll()
    at.qtbot.keyClicks(field, "2,5")  # a comma may be a decimal mark
    at.settle()
    assert at.sample.values[2] == np.float32(2.5)
    assert np.count_nonzero(at.sample.values != before) == 1
    assert not at.find(QLabel, f"beyond_{names[2]}").isVisible()
    field.selectAll()
    at.qtbot.keyClicks(field, "9999")
    at.settle()
    assert at.find(QLabel, f"beyond_{names[2]}").isVisible()
    kept = at.sample
    field.selectAll()
    at.qtbot.keyClicks(field, "x")
    assert field.property("invalid") == "true"
    at.settle()
    assert at.sample is kept
    slider = at.find(QSlider, f"slide_{names[0]}")
    slider.setValue(slider.maximum())
    at.settle()
    train = at.window.workspace.dataset.inputs[at.window.workspace.dataset.splits["train"]]
    assert at.sample.values[0] == pytest.approx(train[:, 0].max(), rel=1e-3)
    find = at.find(QLineEdit, "ownFind")
    at.qtbot.keyClicks(find, "alc")

    def shown() -> list[str]:
        lines = at.panel.own.findChildren(QLineEdit)
        return [f.objectName() for f in lines if f.objectName().startswith("field_") and f.isVisible()]

    at.qtbot.waitUntil(lambda: shown() == ["field_alcohol", "field_alcalinity_of_ash"])


def test_a_typical_sample_and_a_value_that_is_meant(stage: Callable[[str], Stage]) -> None:
    at = stage("diabetes-regression")
    at.choose("newOwnSample")
    dataset = at.window.workspace.dataset
    train = dataset.inputs[dataset.splits["train"]]
    np.testing.assert_allclose(at.sample.values, np.median(train, axis=0), rtol=1e-6)
    assert at.sample.origin == "typed"
    value = at.find(QLineEdit, "ownValue")
    at.qtbot.keyClicks(value, "150")
    at.settle()
    found = at.panel.inspection
    assert at.sample.truth == 150
    assert found.error == pytest.approx(float(found.answer) - 150, rel=1e-3)
    assert f"error {found.error:+.4g}" in at.answer()
    value.selectAll()
    at.qtbot.keyClicks(value, "-")
    at.settle()
    assert value.property("invalid") == "true"
    assert at.sample.truth is None


def test_numbers_in_rows_are_pasted(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "waves.npz", x=random.normal(size=(60, 4, 3)).astype(np.float32), y=np.arange(60) % 2)
    window.open_path(tmp_path / "waves.npz")
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    at = Stage(window, qtbot)
    at.choose("newOwnSample")
    field = at.find(QPlainTextEdit, "ownNumbers")
    told = at.find(QLabel, "ownNumbersTold")
    assert told.text() == "4 rows of 3 numbers"
    QApplication.clipboard().setText("1\t2\t3\n4\t5\t6\n7\t8\t9\n10\t11\t12\n")
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    at.settle()
    np.testing.assert_array_equal(at.sample.values, np.arange(1, 13).reshape(4, 3))
    kept = at.sample
    QTest.keyClick(field, Qt.Key.Key_X)
    assert "“12x”" in told.text() or "“x12”" in told.text() or "“x”" in told.text()
    at.settle()
    assert at.sample is kept


def test_a_dropped_file_is_a_sample(stage: Callable[[str], Stage], tmp_path: Path) -> None:
    at = stage("digits-mlp")
    folder = at.window.workspace.folder
    pixels = np.zeros((40, 40), np.uint8)
    pixels[10:30, 15:25] = 255
    Image.fromarray(pixels).save(tmp_path / "one.png")
    entering = over(at, tmp_path / "one.png")
    assert entering.isAccepted()
    words = at.panel.files.words
    assert words.isVisible()
    assert "Drop to look at one.png as a sample" in words.accessibleName()
    QApplication.sendEvent(at.panel, QDragLeaveEvent())
    assert not words.isVisible()
    drop(at, tmp_path / "one.png")
    at.settle()
    assert not words.isVisible()
    assert at.window.workspace.folder == folder
    assert at.sample.origin == "one.png, scaled from 40×40 to 8×8 pixels"
    assert at.sample.values.shape == (1, 8, 8)
    assert at.sample.values[0, 4, 4] > 0.8
    draw(at.find(Pad, "ownPad"), (10, 10), (20, 20))
    at.settle()
    assert at.sample.origin.endswith("pixels, edited")


def test_a_bad_file_changes_nothing(stage: Callable[[str], Stage], tmp_path: Path) -> None:
    at = stage("digits-mlp")
    before = at.sample
    np.save(tmp_path / "wrong.npy", np.zeros((3, 3)))
    drop(at, tmp_path / "wrong.npy")
    assert at.window.notice.isVisible()
    assert "the array is 3×3, and a sample is 1×8×8" in at.window.notice.findChild(QLabel).text()
    assert at.sample == before


def test_other_files_are_left_to_the_window(
    stage: Callable[[str], Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = stage("digits-mlp")
    taken: list[object] = []
    monkeypatch.setattr(at.window, "dragEnterEvent", taken.append)
    for number, name in enumerate(("project.json", "table.csv", "network.onnx"), 1):
        over(at, tmp_path / name)
        assert len(taken) == number
        assert not at.panel.files.words.isVisible()


def test_a_file_is_chosen(
    stage: Callable[[str], Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = stage("wine-softmax")
    names = at.window.workspace.dataset.features
    path = tmp_path / "bottle.csv"
    path.write_text(",".join(names) + "\n" + ",".join(str(n + 0.5) for n in range(13)) + "\n")
    asked: list[str] = []

    def ask(parent: object, title: str, kinds: str, about: str) -> Path:
        asked.append(kinds)
        return path

    monkeypatch.setattr(own_drop, "ask_for_file", ask)
    at.choose("openSample")
    at.settle()
    assert "*.csv" in asked[0]
    np.testing.assert_array_equal(at.sample.values, np.arange(13) + np.float32(0.5))
    assert at.sample.origin == "bottle.csv"
    assert at.find(QLineEdit, f"field_{names[3]}").text() == "3.5"


def test_going_on_in_the_data_leaves_an_own_sample(stage: Callable[[str], Stage]) -> None:
    at = stage("digits-mlp")
    samples = at.panel.inspected.samples
    for name in ("nextSample", "previousSample", "randomSample"):
        at.choose("newOwnSample")
        at.click(name)
        assert at.sample in samples
        assert not at.panel.own.isVisible()
    at.choose("newOwnSample")
    part = at.find(QComboBox, "inspectSplit")
    at.qtbot.keyClicks(part, "V")
    part.activated.emit(part.currentIndex())
    assert isinstance(at.sample, OwnSample)  # no part holds it
    assert at.panel.inspected.part == "validation"
