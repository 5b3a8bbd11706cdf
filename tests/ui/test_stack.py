"""The stack with mouse and keys: several rows, blocks, links, finding, carrying, mending."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.ui import theme
from workbench.ui.main_window import MainWindow
from workbench.ui.stack_paint import TRUNK
from workbench.ui.stack_rows import LAYER, SETTINGS

OpenSample = Callable[[str], MainWindow]
PLAIN, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def cnn(open_sample: OpenSample) -> MainWindow:
    window = open_sample("digits-cnn")
    window.show_stage("design")
    window.stack.table.setFocus()
    return window


def ids(window: MainWindow) -> list[str]:
    return [node.id for node in window.workspace.graph]


def shown(window: MainWindow) -> list[str]:
    rows = window.stack.rows
    return [rows.layer_id(row) for row in range(rows.rowCount())]


def middle(window: MainWindow, name: str) -> QPoint:
    """Where a row's name is, in the table's viewport."""
    table, rows = window.stack.table, window.stack.rows
    row = rows.row_of(name)
    table.scrollTo(rows.index(row, 0))
    x = table.columnViewportPosition(LAYER) + table.columnWidth(LAYER) - 30
    return QPoint(x, table.rowViewportPosition(row) + theme.ROW // 2)


def dot(window: MainWindow, name: str) -> QPoint:
    return QPoint(TRUNK, middle(window, name).y())


def click(window: MainWindow, name: str, keys: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mouseClick(window.stack.table.viewport(), Qt.MouseButton.LeftButton, keys, middle(window, name))


def press(
    window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(window.stack.table, key, keys)


def answer(monkeypatch: pytest.MonkeyPatch, method: str, value: object) -> None:
    monkeypatch.setattr(QInputDialog, method, lambda *_args, **_named: (value, True))


class TestSeveralRows:
    def test_shift_and_control_select_more(self, cnn: MainWindow) -> None:
        click(cnn, "conv1")
        click(cnn, "conv2", SHIFT)
        assert cnn.workspace.stack.chosen == ("conv1", "relu1", "conv2")
        click(cnn, "relu1", CTRL)
        assert cnn.workspace.stack.chosen == ("conv1", "conv2")

    def test_delete_takes_all_of_them_and_one_undo_brings_them_back(self, cnn: MainWindow) -> None:
        before = ids(cnn)
        click(cnn, "conv1")
        click(cnn, "conv2", SHIFT)
        press(cnn, Qt.Key.Key_Delete)
        assert ids(cnn) == [name for name in before if name not in {"conv1", "relu1", "conv2"}]
        assert cnn.workspace.document.undo_label == "Remove 3 layers"
        press(cnn, Qt.Key.Key_Z, CTRL)
        assert ids(cnn) == before

    def test_alt_and_arrows_move_them_together(self, cnn: MainWindow) -> None:
        before = ids(cnn)
        click(cnn, "conv1")
        click(cnn, "relu1", SHIFT)
        press(cnn, Qt.Key.Key_Down, ALT)
        assert ids(cnn)[1:4] == [before[3], "conv1", "relu1"]
        assert cnn.workspace.stack.chosen == ("conv1", "relu1")
        press(cnn, Qt.Key.Key_Up, ALT)
        assert ids(cnn) == before

    def test_duplicate(self, cnn: MainWindow) -> None:
        click(cnn, "conv1")
        click(cnn, "relu1", SHIFT)
        press(cnn, Qt.Key.Key_D, CTRL)
        types = [node.type for node in cnn.workspace.graph][1:5]
        assert types == ["Conv2d", "ReLU", "Conv2d", "ReLU"]

    def test_bypass_and_back(self, cnn: MainWindow, qtbot: QtBot) -> None:
        click(cnn, "relu1")
        press(cnn, Qt.Key.Key_B, CTRL)
        node = cnn.workspace.stack.layer("relu1")
        assert node
        assert node.bypass
        rows = cnn.stack.rows
        assert rows.index(rows.row_of("relu1"), SETTINGS).data() == "bypassed"
        ready(cnn, qtbot)
        assert not cnn.workspace.report.errors
        cnn.grab()
        press(cnn, Qt.Key.Key_B, CTRL)
        assert not cnn.workspace.stack.layer("relu1").bypass

    def test_after_an_undo_the_next_layer_lands_in_the_same_place(self, cnn: MainWindow) -> None:
        click(cnn, "conv1")
        for _ in range(2):
            cnn.stack.add.edit.setText("gelu")
            QTest.keyClick(cnn.stack.add.edit, Qt.Key.Key_Return)
            assert cnn.workspace.graph.layers[2].type == "GELU"
            cnn.actions_["undo"].trigger()
            assert cnn.workspace.selection == "conv1"


class TestClipboard:
    def test_cut_and_paste_below_another(self, cnn: MainWindow) -> None:
        click(cnn, "relu1")
        press(cnn, Qt.Key.Key_X, CTRL)
        carried = json.loads(QGuiApplication.clipboard().text())
        assert carried == {"layers": [{"id": "relu1", "type": "ReLU"}]}
        assert "relu1" not in ids(cnn)
        click(cnn, "conv2")
        press(cnn, Qt.Key.Key_V, CTRL)
        assert ids(cnn)[ids(cnn).index("conv2") + 1] == "relu1"
        assert cnn.workspace.selection == "relu1"

    def test_lines_from_a_text_editor(self, cnn: MainWindow) -> None:
        QGuiApplication.clipboard().setText("conv 8 3 same\nbn\nrelu")
        click(cnn, "conv1")
        press(cnn, Qt.Key.Key_V, CTRL)
        assert [node.type for node in cnn.workspace.graph][2:5] == ["Conv2d", "BatchNorm2d", "ReLU"]
        press(cnn, Qt.Key.Key_Z, CTRL)
        assert cnn.workspace.document.saved

    @pytest.mark.parametrize(
        "text", ["", "hello there", "{", "[1, 2]", '{"layers": [{"id": "a", "type": "Nope"}]}', "\0\0"]
    )
    def test_rubbish_is_told_and_changes_nothing(self, cnn: MainWindow, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        click(cnn, "conv1")
        press(cnn, Qt.Key.Key_V, CTRL)
        assert cnn.workspace.document.saved
        assert cnn.notice.isVisible()

    def test_in_a_text_field_the_keys_are_the_fields(self, cnn: MainWindow, qtbot: QtBot) -> None:
        click(cnn, "conv1")
        field = cnn.findChild(QLineEdit, "param_out_channels")
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_C, CTRL)
        assert QGuiApplication.clipboard().text() == field.text()
        assert cnn.workspace.document.saved


class TestBlocks:
    @pytest.fixture
    def block(self, cnn: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
        answer(monkeypatch, "getText", "Conv block")
        click(cnn, "conv1")
        click(cnn, "relu1", SHIFT)
        press(cnn, Qt.Key.Key_G, CTRL)
        return cnn

    def test_rows_become_a_block_with_a_row_of_its_own(self, block: MainWindow) -> None:
        assert shown(block)[1:4] == ["convblock1", "conv1", "relu1"]
        assert block.workspace.selection == "convblock1"
        assert block.workspace.stack.chosen == ("conv1", "relu1")
        assert block.workspace.document.undo_label == "Make block Conv block"

    def test_left_folds_and_right_unfolds(self, block: MainWindow) -> None:
        press(block, Qt.Key.Key_Left)
        assert "conv1" not in shown(block)
        assert block.workspace.selection == "convblock1"
        block.grab()
        press(block, Qt.Key.Key_Right)
        assert shown(block)[1:4] == ["convblock1", "conv1", "relu1"]
        click(block, "relu1")
        press(block, Qt.Key.Key_Left)
        assert block.workspace.selection == "convblock1"

    def test_a_double_click_and_the_caret_fold(self, block: MainWindow) -> None:
        QTest.mouseDClick(
            block.stack.table.viewport(), Qt.MouseButton.LeftButton, pos=middle(block, "convblock1")
        )
        assert "conv1" not in shown(block)
        at = QPoint(block.stack.table._painter.text_left() + 4, middle(block, "convblock1").y())
        QTest.mouseClick(block.stack.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert "conv1" in shown(block)

    def test_repeat_and_edit_once(self, block: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
        answer(monkeypatch, "getInt", 3)
        press(block, Qt.Key.Key_R, CTRL)
        convs = [node.id for node in block.workspace.graph if node.block and node.type == "Conv2d"]
        assert len(convs) == 3
        block.workspace.stack.set_params([convs[1]], {"out_channels": 9})
        widths = {node.layer.out_channels for node in block.workspace.graph if node.id in convs}
        assert widths == {9}
        block.workspace.undo()
        assert {n.layer.out_channels for n in block.workspace.graph if n.id in convs} != {9}

    def test_folded_copies_share_a_row(self, block: MainWindow) -> None:
        block.workspace.stack.blocks.repeat("convblock1", 4)
        block.actions_["fold_all"].trigger()
        rows = block.stack.rows
        row = rows.row_of("convblock1")
        assert rows.index(row, SETTINGS).data() == "×4 · 2 layers"
        block.workspace.select("convblock1")
        assert len(block.workspace.stack.chosen) == 8
        block.actions_["unfold_all"].trigger()
        assert rows.rowCount() == len(block.workspace.graph) + 4

    def test_selecting_a_hidden_layer_unfolds_its_block(self, block: MainWindow) -> None:
        press(block, Qt.Key.Key_Left)
        block.workspace.select("relu1")
        assert block.stack.rows.layer_id(block.stack.table.currentIndex().row()) == "relu1"

    def test_ungroup_delete_and_folds_are_remembered(self, block: MainWindow, qtbot: QtBot) -> None:
        press(block, Qt.Key.Key_Left)
        block.workspace.saving.save_now()
        block.workspace.open(block.workspace.folder)
        assert "conv1" not in shown(block)
        block.workspace.select("convblock1")
        press(block, Qt.Key.Key_G, CTRL | SHIFT)
        assert not block.workspace.graph.blocks
        press(block, Qt.Key.Key_Z, CTRL)
        block.workspace.select("convblock1")
        press(block, Qt.Key.Key_Delete)
        assert not {"conv1", "relu1"} & set(ids(block))


class TestLinks:
    def drag(self, window: MainWindow, source: str, target: str) -> None:
        port = window.stack.table.viewport()
        start, stop = dot(window, source), middle(window, target)
        QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(port, QPoint(start.x() + 5, (start.y() + stop.y()) // 2))
        window.grab()
        QTest.mouseMove(port, stop)
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=stop)

    def test_from_a_dot_to_a_row_below(self, cnn: MainWindow) -> None:
        cnn.workspace.select("relu2")
        cnn.stack.add.edit.setText("add")
        QTest.keyClick(cnn.stack.add.edit, Qt.Key.Key_Return)
        added = cnn.workspace.selection
        before = cnn.workspace.stack.layer(added).inputs
        self.drag(cnn, "conv1", added)
        assert cnn.workspace.stack.layer(added).inputs == (*before, "conv1")
        assert cnn.workspace.document.undo_label == f"Link conv1 to {added}"

    def test_upwards_links_the_same_two_and_one_input_is_replaced(self, cnn: MainWindow) -> None:
        self.drag(cnn, "conv2", "conv1")
        assert cnn.workspace.stack.layer("conv2").inputs == ("conv1",)
        assert "now reads conv1 instead of relu1" in cnn.notice.text

    def test_or_both_are_added(self, cnn: MainWindow) -> None:
        self.drag(cnn, "conv1", "conv2")
        button = next(b for b in cnn.notice.findChildren(QPushButton) if b.text() == "Add them instead")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        added = cnn.workspace.stack.layer("add1")
        assert added.inputs == ("relu1", "conv1")
        assert ids(cnn)[ids(cnn).index("conv2") - 1] == "add1"
        assert cnn.workspace.document.undo_label == "Add conv1 to conv2"
        press(cnn, Qt.Key.Key_Z, CTRL)
        assert cnn.workspace.document.saved

    def test_escape_and_dropping_on_itself_do_nothing(self, cnn: MainWindow) -> None:
        self.drag(cnn, "conv2", "conv2")
        QTest.mousePress(cnn.stack.table.viewport(), Qt.MouseButton.LeftButton, pos=dot(cnn, "conv1"))
        QTest.mouseMove(cnn.stack.table.viewport(), middle(cnn, "relu2"))
        press(cnn, Qt.Key.Key_Escape)
        QTest.mouseRelease(cnn.stack.table.viewport(), Qt.MouseButton.LeftButton, pos=middle(cnn, "relu2"))
        assert cnn.workspace.document.saved


class TestFind:
    def test_marks_goes_on_and_closes(self, cnn: MainWindow) -> None:
        press(cnn, Qt.Key.Key_F, CTRL)
        field = cnn.stack.finder.edit
        QTest.keyClicks(field, "conv2d")
        assert cnn.workspace.selection == "conv1"
        assert cnn.stack.rows.is_found("conv2")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert cnn.workspace.selection == "conv2"
        QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
        assert cnn.workspace.selection == "conv1"
        cnn.grab()
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not cnn.stack.finder.isVisible()
        assert not cnn.stack.rows.is_found("conv2")

    def test_nothing_found(self, cnn: MainWindow) -> None:
        press(cnn, Qt.Key.Key_F, CTRL)
        QTest.keyClicks(cnn.stack.finder.edit, "zebra")
        QTest.keyClick(cnn.stack.finder.edit, Qt.Key.Key_Return)
        assert cnn.stack.finder._count.text() == "none"


class TestFixes:
    @pytest.fixture
    def broken(self, cnn: MainWindow, qtbot: QtBot) -> MainWindow:
        last = next(node.id for node in reversed(cnn.workspace.graph.layers) if node.type == "Linear")
        cnn.workspace.stack.set_params([last], {"out_features": 7})
        qtbot.waitUntil(lambda: bool(cnn.workspace.report.errors))
        return cnn

    def test_a_click_under_the_row_mends_it(self, broken: MainWindow, qtbot: QtBot) -> None:
        problem = broken.workspace.report.errors[0]
        table = broken.stack.table
        row = broken.stack.rows.row_of(problem.layer)
        assert table.rowHeight(row) > theme.ROW
        table.scrollTo(broken.stack.rows.index(row, 0))
        broken.grab()
        at = table.problems.fix_rect(row).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.waitUntil(lambda: not broken.workspace.report.errors)
        assert table.rowHeight(row) == theme.ROW

    def test_so_does_the_key(self, broken: MainWindow, qtbot: QtBot) -> None:
        press(broken, Qt.Key.Key_Return, ALT)
        qtbot.waitUntil(lambda: not broken.workspace.report.errors)


def test_the_context_menu_offers_what_fits(cnn: MainWindow) -> None:
    from workbench.ui.stack_menu import stack_menu

    click(cnn, "conv1")
    texts = [action.text() for action in stack_menu(cnn.stack.table, cnn.actions_).actions()]
    assert "Make a block…" in texts
    assert "Ungroup the block" not in texts


class TestInspecting:
    def shown(self, window: MainWindow) -> str:
        return window.stages.panel("inspect").layer.title.text()

    def test_a_block_shows_its_last_layer_and_a_bypassed_one_says_so(
        self, cnn: MainWindow, qtbot: QtBot
    ) -> None:
        click(cnn, "conv1")
        click(cnn, "relu1", SHIFT)
        cnn.workspace.stack.blocks.group("Block")
        click(cnn, "conv2")
        press(cnn, Qt.Key.Key_B, CTRL)
        ready(cnn, qtbot)
        assert not cnn.workspace.report.errors
        cnn.show_stage("inspect")
        panel = cnn.stages.panel("inspect")
        qtbot.waitUntil(lambda: getattr(panel, "inspection", None) is not None)
        assert "conv2" not in panel.inspection.activations
        cnn.workspace.select("block1")
        assert self.shown(cnn) == "ReLU · relu1"
        cnn.workspace.select("conv2")
        assert self.shown(cnn) == "Conv2d · conv2"
        assert "bypassed" in panel.layer.views._why.text()
