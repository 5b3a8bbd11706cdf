"""The stack under the hands: keys, typing, moving, forms, links, fixes and undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.layers import CATALOGUE, Group
from workbench.ui.main_window import MainWindow
from workbench.ui.stack_drag import MIME
from workbench.ui.stack_rows import OUTPUT, PARAMS

OpenSample = Callable[[str], MainWindow]


@pytest.fixture
def cnn(open_sample: OpenSample) -> MainWindow:
    window = open_sample("digits-cnn")
    window.show_stage("design")
    return window


def ids(window: MainWindow) -> list[str]:
    return [node.id for node in window.workspace.graph]


def test_rows_show_what_checking_found(cnn: MainWindow, qtbot: QtBot) -> None:
    rows, report = cnn.stack.rows, cnn.workspace.report
    assert rows.rowCount() == len(report.rows)
    first = next(r for r, row in enumerate(report.rows) if row.type == "Conv2d")
    assert rows.index(first, OUTPUT).data() == "×".join(map(str, report.rows[first].output.shape))
    assert rows.index(first, PARAMS).data() == str(report.rows[first].params)


def test_delete_and_undo(cnn: MainWindow, qtbot: QtBot) -> None:
    before = ids(cnn)
    cnn.workspace.select("relu1")
    qtbot.keyClick(cnn.stack.table, Qt.Key.Key_Delete)
    assert ids(cnn) == [i for i in before if i != "relu1"]
    assert cnn.actions_["undo"].text() == "Undo: Remove relu1"
    cnn.actions_["undo"].trigger()
    assert ids(cnn) == before


def test_alt_and_arrows_move_a_layer(cnn: MainWindow, qtbot: QtBot) -> None:
    before = ids(cnn)
    cnn.workspace.select("relu1")
    at = before.index("relu1")
    qtbot.keyClick(cnn.stack.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert ids(cnn).index("relu1") == at + 1
    assert cnn.workspace.selection == "relu1"
    qtbot.keyClick(cnn.stack.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert ids(cnn) == before


def test_arrows_walk_the_rows_and_the_form_follows(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    qtbot.keyClick(cnn.stack.table, Qt.Key.Key_Down)
    assert cnn.workspace.selection == "relu1"
    qtbot.keyClick(cnn.stack.table, Qt.Key.Key_Up)
    field = cnn.findChild(QLineEdit, "param_out_channels")
    assert field.text() == str(cnn.workspace.graph.layers[1].layer.out_channels)


@pytest.mark.parametrize("group", get_args(Group))
def test_every_layer_of_the_palette_can_be_clicked_and_shows_its_form(
    cnn: MainWindow, qtbot: QtBot, group: str
) -> None:
    more = cnn.findChild(QPushButton, f"more_{group}")
    if more.isVisible():
        more.click()
    form = cnn.findChild(object, "layerForm")
    for name, kind in CATALOGUE.items():
        if kind.group != group:
            continue
        cnn.workspace.select("relu1")
        chip = cnn.findChild(QPushButton, f"add_{name}")
        assert chip.isVisibleTo(cnn)
        assert chip.toolTip() == kind.help()
        chip.click()
        added = next(n for n in cnn.workspace.graph if n.id == cnn.workspace.selection)
        assert added.type == name
        assert set(form._editors) == set(kind.model_fields)
        cnn.workspace.undo()


def test_a_layer_dragged_from_the_palette_lands_where_it_is_dropped(cnn: MainWindow) -> None:
    carried = QMimeData()
    carried.setData(MIME, b"+Dropout")
    cnn.stack.rows.dropMimeData(carried, Qt.DropAction.CopyAction, 3, 0, QModelIndex())
    assert cnn.workspace.graph.layers[3].type == "Dropout"


def test_rows_dragged_within_the_stack_move(cnn: MainWindow) -> None:
    rows = cnn.stack.rows
    before = ids(cnn)
    carried = rows.mimeData([rows.index(2, 0)])
    rows.dropMimeData(carried, Qt.DropAction.MoveAction, 5, 0, QModelIndex())
    assert sorted(ids(cnn)) == sorted(before)
    assert ids(cnn).index(before[2]) == 4


def test_typing_into_a_field_is_one_undo(cnn: MainWindow, qtbot: QtBot) -> None:
    before = cnn.workspace.project
    cnn.workspace.select("conv1")
    field = cnn.findChild(QLineEdit, "param_out_channels")
    field.selectAll()
    qtbot.keyClicks(field, "128")
    assert cnn.workspace.graph.layers[1].layer.out_channels == 128
    cnn.workspace.undo()
    assert cnn.workspace.project == before
    assert field.text() == str(before.model.layers[1].layer.out_channels)


def test_sizes_are_typed_as_people_write_them(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    field = cnn.findChild(QLineEdit, "param_kernel_size")
    for text, value in (("5", 5), ("3x5", (3, 5)), ("3 × 1", (3, 1))):
        field.selectAll()
        qtbot.keyClicks(field, text)
        assert cnn.workspace.graph.layers[1].layer.kernel_size == value


def test_a_check_box_changes_the_layer(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    cnn.findChild(QCheckBox, "param_bias").click()
    assert cnn.workspace.graph.layers[1].layer.bias is False


def test_a_skip_connection_is_chosen_in_the_form_and_drawn_as_a_lane(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    cnn.findChild(QPushButton, "add_Add").click()
    added = cnn.workspace.selection
    box = cnn.findChild(QComboBox, "input_0")
    box.setCurrentText("conv2")
    box.activated.emit(box.currentIndex())
    node = next(n for n in cnn.workspace.graph if n.id == added)
    assert node.inputs is not None
    assert "conv2" in node.inputs
    assert cnn.stack.rows.lane_columns == 1
    cnn.grab()  # paints the lane
    ready(cnn, qtbot)
    assert not cnn.workspace.report.errors


def test_renaming_a_layer_mends_the_links_to_it(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    field = cnn.findChild(QLineEdit, "layerId")
    field.selectAll()
    qtbot.keyClicks(field, "stem")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert ids(cnn)[1] == "stem"
    assert cnn.workspace.selection == "stem"


def test_code_follows_the_stack(cnn: MainWindow, qtbot: QtBot) -> None:
    code = cnn.findChild(object, "code")
    qtbot.waitUntil(lambda: "self.conv2" in code.toPlainText())
    compile(code.toPlainText(), "model.py", "exec")
    cnn.workspace.stack.remove(["conv2"])
    qtbot.waitUntil(lambda: "self.conv2" not in code.toPlainText())


def test_suggestions_walk_with_the_arrows(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    field = cnn.stack.add.edit
    cnn.stack.add.begin("conv 16 5")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    added = cnn.workspace.graph.layers[2]
    assert added.type == "Conv2d"
    assert (added.layer.out_channels, added.layer.kernel_size) == (16, 5)
    assert field.text() == ""


def test_escape_leaves_the_field_and_changes_nothing(cnn: MainWindow, qtbot: QtBot) -> None:
    before = cnn.workspace.project
    cnn.stack.add.begin("conv")
    qtbot.keyClick(cnn.stack.add.edit, Qt.Key.Key_Escape)
    assert cnn.workspace.project is before
    assert not cnn.stack.add._list.isVisible()


def test_the_command_palette_runs_an_action(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.actions_["commands"].trigger()
    field = cnn.findChild(QLineEdit, "commandField")
    qtbot.keyClicks(field, "go to data")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cnn.stages.stage == "data"
    cnn._palette.hide()


def test_every_button_and_field_has_a_name_for_screen_readers(cnn: MainWindow, qtbot: QtBot) -> None:
    for stage in ("data", "design", "train", "inspect", "evaluate", "export"):
        cnn.show_stage(stage)
        for kind in (QPushButton, QLineEdit, QComboBox):
            for widget in cnn.findChildren(kind):
                if widget.isVisible() and not (
                    isinstance(widget, QLineEdit) and widget.objectName().startswith("qt_")
                ):
                    said = widget.accessibleName() or (widget.text() if kind is not QComboBox else "")
                    assert said or widget.toolTip(), f"{stage}: {widget.objectName()} {kind.__name__}"
