"""The Design panel under the hands: palette, blocks, forms of several layers, typing, problems, inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.graph import Graph, Node, clipboard, edit
from workbench.graph.fragment import take
from workbench.layers import CATALOGUE, Group
from workbench.layers.conv import Conv2d
from workbench.ui import adding
from workbench.ui.code_view import CodeView
from workbench.ui.main_window import MainWindow
from workbench.ui.offers import kept_offer, layer_offer, offers, parts
from workbench.ui.palette_order import COMMON, GROUPS
from workbench.ui.stack_drag import MIME

OpenSample = Callable[[str], MainWindow]


@pytest.fixture
def cnn(open_sample: OpenSample, qtbot: QtBot) -> MainWindow:
    window = open_sample("digits-cnn")
    window.show_stage("design")
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "block_Residual") is not None)
    return window


def ids(window: MainWindow) -> list[str]:
    return [node.id for node in window.workspace.graph]


def types(window: MainWindow) -> list[str]:
    return [node.type for node in window.workspace.graph]


def press(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Click a button as the mouse does."""
    button = window.findChild(QPushButton, name)
    assert button.isVisibleTo(window), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def typed(window: MainWindow, qtbot: QtBot, name: str, text: str) -> QLineEdit:
    """Type into a field in place of what it holds."""
    field = window.findChild(QLineEdit, name)
    qtbot.waitUntil(field.isVisible)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    return field


def node(window: MainWindow, layer_id: str) -> Node:
    return next(n for n in window.workspace.graph if n.id == layer_id)


# The palette


def test_the_palette_holds_every_group_once_and_its_common_types_are_real() -> None:
    assert {group for group, _ in GROUPS} == set(Group.__args__)
    for group, common in COMMON.items():
        assert [CATALOGUE[name].group for name in common] == [group] * len(common)


def test_a_group_shows_its_commonest_types_until_it_is_unfolded(cnn: MainWindow, qtbot: QtBot) -> None:
    assert cnn.findChild(QPushButton, "add_ReLU").isVisibleTo(cnn)
    assert cnn.findChild(QPushButton, "add_Hardswish") is None
    more = cnn.findChild(QPushButton, "more_activation")
    hidden = sum(kind.group == "activation" for kind in CATALOGUE.values()) - len(COMMON["activation"])
    assert more.text() == f"{hidden} more"
    more.click()
    assert cnn.findChild(QPushButton, "add_Hardswish").isVisibleTo(cnn)
    more.click()
    assert not cnn.findChild(QPushButton, "add_Hardswish").isVisibleTo(cnn)


def test_arrow_keys_walk_the_chips_of_a_group(cnn: MainWindow, qtbot: QtBot) -> None:
    first, second = (cnn.findChild(QPushButton, f"add_{name}") for name in COMMON["convolution"][:2])
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert second.hasFocus()
    cnn.workspace.select("relu1")
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert node(cnn, cnn.workspace.selection).type == COMMON["convolution"][1]


def test_typing_into_the_search_filters_and_enter_adds_the_first(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    field = typed(cnn, qtbot, "paletteSearch", "hardsw")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert types(cnn)[2] == "Hardswish"
    typed(cnn, qtbot, "paletteSearch", "pool")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    second = offers("pool", {}, 5)[1]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert node(cnn, cnn.workspace.selection).type == second.name
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert cnn.findChild(QPushButton, "add_ReLU").isVisibleTo(cnn)


def test_a_search_result_is_added_by_a_click_with_what_was_typed_for_it(
    cnn: MainWindow, qtbot: QtBot
) -> None:
    cnn.workspace.select("conv1")
    typed(cnn, qtbot, "paletteSearch", "conv 24 5")
    found = cnn.findChild(object, "paletteResults")
    qtbot.mouseClick(
        found.viewport(), Qt.MouseButton.LeftButton, pos=found.visualItemRect(found.item(0)).center()
    )
    assert node(cnn, cnn.workspace.selection).layer == Conv2d(out_channels=24, kernel_size=5)


def test_a_search_for_nothing_says_so_and_enter_changes_nothing(cnn: MainWindow, qtbot: QtBot) -> None:
    before = cnn.workspace.project
    field = typed(cnn, qtbot, "paletteSearch", "xyzzy")
    assert "xyzzy" in cnn.findChild(QLabel, "paletteNothing").text()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cnn.workspace.project is before


def test_what_is_dragged_is_read_by_the_stack(cnn: MainWindow) -> None:
    rows = cnn.stack.rows
    plain = adding.carried(cnn.workspace, layer_offer("Dropout"))
    assert bytes(plain.data(MIME).data()) == b"+Dropout"
    given = adding.carried(cnn.workspace, offers("conv 24 5", {}, 1)[0])
    rows.dropMimeData(given, Qt.DropAction.CopyAction, 3, 0, rows.index(-1, -1))
    assert cnn.workspace.graph.layers[3].layer == Conv2d(out_channels=24, kernel_size=5)
    block = adding.carried(cnn.workspace, next(o for o in offers("res 64", {}, 9) if o.kind == "block"))
    rows.dropMimeData(block, Qt.DropAction.CopyAction, 4, 0, rows.index(-1, -1))
    assert cnn.workspace.graph.layers[4].path


# Blocks


def test_a_block_of_the_palette_fits_what_is_above_it(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu1")  # 32 channels: the skip connection of a block of 64 is projected
    press(cnn, qtbot, "block_Residual")
    graph, block = cnn.workspace.graph, cnn.workspace.selection
    assert [b.name for b in graph.blocks] == ["Residual 64"]
    inside = [n for n in graph if block in n.path]
    assert sum(n.type == "Conv2d" for n in inside) == 3
    ready(cnn, qtbot)
    assert not cnn.workspace.report.errors
    cnn.workspace.undo()
    assert not cnn.workspace.graph.blocks


def test_the_block_card_tells_and_repeats(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "block_Residual")
    ready(cnn, qtbot)
    assert cnn.findChild(QLabel, "blockShape").text() == "64×8×8 → 64×8×8"
    convs = 2 * 64 * 64 * 9 + 2 * 2 * 64  # two 3×3 convolutions and two batch norms
    assert cnn.findChild(QLabel, "blockCost").text().startswith(f"{convs / 1e3:.1f}")
    assert not cnn.findChild(QLabel, "blockLinked").isVisibleTo(cnn)
    times = cnn.findChild(QSpinBox, "blockTimes")
    times.setFocus()
    qtbot.keyClick(times, Qt.Key.Key_Up)
    qtbot.keyClick(times, Qt.Key.Key_Up)
    assert len(cnn.workspace.graph.blocks) == 3
    assert times.value() == 3
    assert cnn.findChild(QLabel, "blockLinked").text() == "An edit in one copy is made in all 3."
    last = cnn.workspace.graph.blocks[-1].id
    cnn.workspace.select(last)
    qtbot.keyClick(times, Qt.Key.Key_Down)  # the selected copy goes
    assert len(cnn.workspace.graph.blocks) == 2
    assert cnn.workspace.selection in {block.id for block in cnn.workspace.graph.blocks}


def test_a_block_is_renamed_with_its_copies_or_alone(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "block_Residual")
    cnn.workspace.stack.blocks.repeat(cnn.workspace.selection, 2)
    qtbot.keyClick(typed(cnn, qtbot, "blockName", "Stem"), Qt.Key.Key_Return)
    assert [block.name for block in cnn.workspace.graph.blocks] == ["Stem", "Stem"]
    press(cnn, qtbot, "blockScope_one")
    qtbot.keyClick(typed(cnn, qtbot, "blockName", "Odd one"), Qt.Key.Key_Return)
    assert sorted(block.name for block in cnn.workspace.graph.blocks) == ["Odd one", "Stem"]


def test_the_buttons_of_the_block_card(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "block_Residual")
    block = cnn.workspace.selection
    press(cnn, qtbot, "blockFold")
    assert block in cnn.workspace.stack.folded
    press(cnn, qtbot, "blockFold")
    assert block not in cnn.workspace.stack.folded
    press(cnn, qtbot, "blockBypass")
    assert all(n.bypass for n in cnn.workspace.graph if block in n.path)
    press(cnn, qtbot, "blockBypass")
    assert not any(n.bypass for n in cnn.workspace.graph)
    press(cnn, qtbot, "blockDuplicate")
    assert len(cnn.workspace.graph.blocks) == 2
    cnn.workspace.select(block)
    press(cnn, qtbot, "blockUngroup")
    assert len(cnn.workspace.graph.blocks) == 1


# Blocks that are kept


def keep_residual(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.select("relu2")
    press(window, qtbot, "block_Residual")
    press(window, qtbot, "blockKeep")
    qtbot.waitUntil(lambda: window.workspace.kept.path.is_file())


def test_a_kept_block_is_in_the_palette_and_in_a_readable_file(
    cnn: MainWindow, qtbot: QtBot, home: Path
) -> None:
    keep_residual(cnn, qtbot)
    raw = json.loads((home / "blocks.json").read_text())
    assert [row["type"] for row in raw["blocks"]["Residual 64"]["layers"]][:2] == ["Conv2d", "BatchNorm2d"]
    before = len(cnn.workspace.graph)
    cnn.workspace.select("relu1")
    press(cnn, qtbot, "kept_Residual 64")
    assert len(cnn.workspace.graph) == before + len(raw["blocks"]["Residual 64"]["layers"])
    cnn.stack.add.begin("residual 64")
    qtbot.keyClick(cnn.stack.add.edit, Qt.Key.Key_Escape)


def test_a_kept_block_can_be_removed_and_put_back(cnn: MainWindow, qtbot: QtBot, home: Path) -> None:
    keep_residual(cnn, qtbot)
    chip = cnn.findChild(QPushButton, "kept_Residual 64")
    remove = next(action for action in chip.menu_().actions() if "Remove" in action.text())
    remove.trigger()
    assert not cnn.workspace.kept.fragments
    assert "Residual 64" in cnn.notice.text
    qtbot.mouseClick(cnn.notice.findChild(QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    assert list(cnn.workspace.kept.fragments) == ["Residual 64"]
    qtbot.waitUntil(lambda: not cnn.workspace.kept._write.busy)
    assert "Residual 64" in (home / "blocks.json").read_text()


def test_names_of_kept_blocks_are_unique(cnn: MainWindow) -> None:
    kept = cnn.workspace.kept
    one, other = (take(cnn.workspace.graph, [name]) for name in ("conv1", "relu1"))
    assert kept.keep("Stem", one) == "Stem"
    assert kept.keep("Stem", one) == "Stem"
    assert kept.keep("Stem", other) == "Stem 2"
    assert list(kept.fragments) == ["Stem", "Stem 2"]


@pytest.mark.parametrize(
    ("content", "readable"),
    [
        (b"not JSON", []),
        (b"\xff\xfe", []),
        (b'{"format": 1, "blocks": []}', []),
        (b'{"format": 99, "blocks": {}}', []),
        (b"[" * 3000, []),
        (
            b'{"format": 1, "blocks": {"Good": {"layers": [{"id": "a", "type": "ReLU"}]}, '
            b'"Bad": {"layers": [{"id": "a", "type": "Nope"}]}, "Worse": 3}}',
            ["Good"],
        ),
    ],
)
def test_a_damaged_file_of_kept_blocks_is_told_and_kept_aside(
    window: MainWindow, qtbot: QtBot, home: Path, content: bytes, readable: list[str]
) -> None:
    (home / "blocks.json").write_bytes(content)
    assert list(window.workspace.kept.fragments) == readable
    assert "blocks-damaged-1.json" in window.notice.text
    assert (home / "blocks-damaged-1.json").read_bytes() == content
    qtbot.waitUntil(lambda: not window.workspace.kept._write.busy)
    assert list(json.loads((home / "blocks.json").read_text())["blocks"]) == readable


# The form


def choose(window: MainWindow, *layers: str) -> None:
    """Select layers as Shift and Ctrl do."""
    table = window.stack.table
    model = table.selectionModel()
    model.clearSelection()
    window.workspace.select(layers[0])
    for name in layers:
        index = window.stack.rows.index(window.stack.rows.row_of(name), 0)
        model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)
    assert set(window.workspace.stack.chosen) == set(layers)


def test_several_layers_of_one_type_are_set_at_once(cnn: MainWindow, qtbot: QtBot) -> None:
    before = cnn.workspace.project
    choose(cnn, "conv1", "conv2")
    card = cnn.findChild(object, "layerCard")
    assert card.title.text() == "2 × Conv2d"
    channels = cnn.findChild(QLineEdit, "param_out_channels")
    assert (channels.text(), channels.placeholderText()) == ("", "varies")
    assert cnn.findChild(QLineEdit, "param_kernel_size").text() == "3"
    typed(cnn, qtbot, "param_out_channels", "48")
    assert [node(cnn, name).layer.out_channels for name in ("conv1", "conv2")] == [48, 48]
    cnn.workspace.undo()
    assert cnn.workspace.project == before


def test_a_check_box_of_layers_that_differ_is_half_checked(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.stack.set_params(["conv1"], {"bias": False, "padding_mode": "reflect"})
    choose(cnn, "conv1", "conv2")
    box = cnn.findChild(QCheckBox, "param_bias")
    assert box.checkState() == Qt.CheckState.PartiallyChecked
    mode = cnn.findChild(QComboBox, "param_padding_mode")
    assert mode.currentIndex() == -1
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert [node(cnn, name).layer.bias for name in ("conv1", "conv2")] == [True, True]
    assert box.checkState() == Qt.CheckState.Checked
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert [node(cnn, name).layer.bias for name in ("conv1", "conv2")] == [False, False]


def test_layers_of_different_types_are_counted_and_made_a_block(cnn: MainWindow, qtbot: QtBot) -> None:
    choose(cnn, "conv1", "relu1", "conv2")
    card = cnn.findChild(object, "manyCard")
    assert card.isVisibleTo(cnn)
    assert card.title.text() == "3 layers"
    assert cnn.findChild(QLabel, "manyTypes").text() == "2 × Conv2d, ReLU"
    total = sum(r.params for r in cnn.workspace.report.rows if r.id in ("conv1", "conv2"))
    assert cnn.findChild(QLabel, "manyCost").text().startswith(f"{total / 1e3:.1f}")
    qtbot.mouseClick(card.findChild(QPushButton, "selection_makeBlock"), Qt.MouseButton.LeftButton)
    assert [node(cnn, name).path for name in ("conv1", "relu1", "conv2")] == [("block1",)] * 3
    assert cnn.workspace.selection == "block1"


def test_the_switch_mutes_a_layer(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu1")
    switch = cnn.findChild(QCheckBox, "bypassLayer")
    switch.click()
    assert node(cnn, "relu1").bypass
    switch.click()
    assert not node(cnn, "relu1").bypass
    cnn.workspace.select(ids(cnn)[0])
    assert not switch.isVisibleTo(cnn)  # what enters can't be muted


def test_what_cant_be_is_said_while_it_is_typed(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    cost = cnn.findChild(QLabel, "layerCost")
    found = cost.text()
    field = typed(cnn, qtbot, "param_out_channels", "0")
    assert "1 or more" in cost.text()
    assert cost.property("role") == "problem"
    assert node(cnn, "conv1").layer.out_channels == 32
    cnn.stack.table.setFocus()
    assert field.text() == "32"
    assert (cost.text(), cost.property("role")) == (found, "mono-muted")


def test_a_tip_tells_what_a_param_may_be(cnn: MainWindow) -> None:
    cnn.workspace.select("conv1")
    tips = {
        name: cnn.findChild(QLineEdit, f"param_{name}").toolTip()
        for name in ("out_channels", "padding", "kernel_size")
    }
    assert "1 to 1e+06" in tips["out_channels"] or "1 to 1000000" in tips["out_channels"]
    assert "same, valid" in tips["padding"]
    assert "3 × 3" in tips["kernel_size"]


def test_the_form_is_not_made_anew_by_an_edit(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("conv1")
    field = cnn.findChild(QLineEdit, "param_out_channels")
    box = cnn.findChild(QComboBox, "input_0")
    cnn.workspace.stack.set_params(["conv1"], {"out_channels": 7})
    assert field.text() == "7"
    cnn.workspace.select("conv2")
    assert cnn.findChild(QLineEdit, "param_out_channels") is field
    assert cnn.findChild(QComboBox, "input_0") is box


# Typing


def line(window: MainWindow, qtbot: QtBot, text: str) -> QLineEdit:
    field = window.stack.add.edit
    window.stack.add.begin("")
    qtbot.keyClicks(field, text)
    return field


def test_several_layers_in_a_line_are_one_undo(cnn: MainWindow, qtbot: QtBot) -> None:
    before = cnn.workspace.project
    cnn.workspace.select("relu1")
    field = line(cnn, qtbot, "conv 64 3, bn > relu")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    at = ids(cnn).index("relu1")
    assert types(cnn)[at + 1 : at + 4] == ["Conv2d", "BatchNorm2d", "ReLU"]
    assert node(cnn, "conv2").inputs is None
    cnn.workspace.undo()
    assert cnn.workspace.project == before


def test_a_block_in_a_line_keeps_its_skip_connection(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    qtbot.keyClick(line(cnn, qtbot, "res 64, dropout .2"), Qt.Key.Key_Return)
    ready(cnn, qtbot)
    assert not cnn.workspace.report.errors
    assert [block.name for block in cnn.workspace.graph.blocks] == ["Residual 64"]
    join = next(n for n in cnn.workspace.graph if n.type == "Add")
    assert "relu2" in join.inputs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("conv 64 3", ["conv 64 3"]),
        ("conv 64, 3", ["conv 64, 3"]),
        ("conv 64, same", ["conv 64, same"]),
        ("conv 64, bn, relu", ["conv 64", "bn", "relu"]),
        ("conv 64>bn >relu", ["conv 64", "bn", "relu"]),
        ("Conv2d(64, stride=(2, 1)), res 64", ["Conv2d(64, stride=(2, 1))", "res 64"]),
        ("conv 64, lin", ["conv 64", "lin"]),
        ("conv 64,", ["conv 64", ""]),
        ("", [""]),
    ],
)
def test_a_line_is_parted_at_layers_not_at_settings(text: str, found: list[str]) -> None:
    assert parts(text) == found


def test_tab_completes_and_up_recalls(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu1")
    field = line(cnn, qtbot, "bn, bottl")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "bn, Bottleneck 64"
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [block.name for block in cnn.workspace.graph.blocks] == ["Bottleneck 64"]
    assert field.text() == ""
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "bn, Bottleneck 64"
    qtbot.keyClick(field, Qt.Key.Key_Escape)


@pytest.mark.parametrize("text", ["xyzzy", "conv 64, xyzzy 3", "conv 64 banana", "relu, conv 0"])
def test_what_is_no_layer_is_told_and_changes_nothing(cnn: MainWindow, qtbot: QtBot, text: str) -> None:
    before = cnn.workspace.project
    field = line(cnn, qtbot, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert cnn.workspace.project is before
    assert cnn.notice.isVisible()
    assert cnn.notice.text
    assert field.text() == text  # to be mended
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_layers_blocks_and_kept_blocks_are_offered_side_by_side(cnn: MainWindow) -> None:
    assert offers("res 64", {}, 9)[0].name == "Residual"
    assert offers("conv", {}, 9)[0].name == "Conv2d"
    mine = {"Resonator": take(cnn.workspace.graph, ["conv1", "relu1"])}
    assert kept_offer("Resonator", mine["Resonator"]) in offers("reson", mine, 9)
    assert "conv1" not in clipboard.written(mine["Resonator"]).splitlines()[0]


# Problems


def test_errors_come_first_and_a_fix_mends(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.edit_graph("Read past", lambda g: edit.set_inputs(g, "relu2", ("conv1",)))  # conv2 is idle
    cnn.workspace.stack.remove(["flatten1"])
    ready(cnn, qtbot)
    qtbot.waitUntil(lambda: bool(cnn.workspace.report.errors))
    card = cnn.findChild(object, "beforeCard")
    assert card.hint.text() == "1 error, 1 warning"
    shown = [row.problem.severity for row in card._rows]
    assert shown == ["error", "warning"]
    error = card._rows[0]
    assert error.problem.message in error.findChildren(QLabel)[0].text()
    qtbot.waitUntil(lambda: sum(k.isVisible() for k in card.findChildren(QLabel, "fixKeys")) == 1)
    qtbot.mouseClick(error.findChild(QPushButton, "showProblem"), Qt.MouseButton.LeftButton)
    assert cnn.workspace.selection == error.problem.layer
    qtbot.mouseClick(error.findChild(QPushButton, "fix"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not cnn.workspace.report.errors)
    assert card.hint.text() == "1 warning"


# Inputs

# Offscreen, popups are no windows that could be raised.
popups = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")


@popups
def test_an_input_is_chosen_from_the_nearest_or_typed(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "add_Add")
    added = cnn.workspace.selection
    box = cnn.findChild(QComboBox, "input_0")
    box.showPopup()
    assert box.itemText(0) == "relu2"  # the nearest first
    box.hidePopup()
    field = box.lineEdit()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "relu1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert node(cnn, added).inputs[0] == "relu1"
    field.selectAll()
    qtbot.keyClicks(field, "linear2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "linear2" in cnn.notice.text  # it is below
    assert node(cnn, added).inputs[0] == "relu1"
    assert field.text() == "relu1"


def test_inputs_of_a_merge_are_added_ordered_and_dropped(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "add_Concat")
    added = cnn.workspace.selection
    first, second = node(cnn, added).inputs
    press(cnn, qtbot, "addInput")
    third = node(cnn, added).inputs[2]
    assert third not in (first, second)
    qtbot.mouseClick(cnn.findChild(QToolButton, "raiseInput_1"), Qt.MouseButton.LeftButton)
    assert node(cnn, added).inputs == (second, first, third)
    qtbot.mouseClick(cnn.findChild(QToolButton, "dropInput_0"), Qt.MouseButton.LeftButton)
    assert node(cnn, added).inputs == (first, third)
    assert not cnn.findChild(QToolButton, "dropInput_0").isVisibleTo(cnn)  # it joins two at least


@popups
def test_selecting_in_a_long_stack_makes_no_list_of_all_layers(cnn: MainWindow, qtbot: QtBot) -> None:
    rows = [Node(id="input", layer=CATALOGUE["Input"](shape=(1, 8, 8)))]
    rows += [Node(id=f"relu{n}", layer=CATALOGUE["ReLU"]()) for n in range(1, 3000)]
    cnn.workspace.edit_graph("Grow", lambda _: Graph(layers=tuple(rows)))
    cnn.workspace.select("relu2900")
    box = cnn.findChild(QComboBox, "input_0")
    assert box.currentText() == "relu2899"
    assert box.count() == 0
    box.showPopup()
    assert box.count() == 50
    box.hidePopup()
    field = box.lineEdit()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "relu17")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert node(cnn, "relu2900").inputs == ("relu17",)


# Code


def test_code_is_written_where_it_changed_and_coloured_to_its_end(qtbot: QtBot) -> None:
    view = CodeView("code")
    qtbot.addWidget(view)
    long = [f"x = {n}" for n in range(500)]
    view.set_source("\n".join(long))
    end = view.document().findBlockByNumber(499)
    qtbot.waitUntil(lambda: bool(end.layout().formats()))
    long[3], long[400:402] = "y = 3", ["z = 1", "z = 2", "z = 3"]
    view.set_source("\n".join(long))
    assert view.toPlainText() == "\n".join(long)
    view.set_source("# short\n")
    assert view.toPlainText() == "# short\n"


def test_nothing_is_clipped_sideways_at_the_smallest_size(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.resize(1280, 720)
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "block_Residual")
    qtbot.wait(50)
    panel = cnn.stages.panel("design")
    for button in panel.findChildren(QPushButton):
        if button.isVisible():
            right = button.mapTo(panel, QPoint(button.width(), 0)).x()
            assert right <= panel.width(), button.objectName()


def test_a_folded_run_of_copies_shows_the_block(cnn: MainWindow, qtbot: QtBot) -> None:
    cnn.workspace.select("relu2")
    press(cnn, qtbot, "block_Residual")
    block = cnn.workspace.selection
    cnn.workspace.stack.blocks.repeat(block, 3)
    cnn.workspace.stack.fold([b.id for b in cnn.workspace.graph.blocks], True)
    cnn.workspace.select("relu1")
    cnn.workspace.select(block)
    assert len(cnn.workspace.stack.chosen) == 3 * 7
    assert cnn.findChild(object, "blockCard").isVisibleTo(cnn)
    assert cnn.findChild(QSpinBox, "blockTimes").value() == 3


def test_blocks_kept_at_the_last_moment_are_written(cnn: MainWindow, home: Path) -> None:
    kept = cnn.workspace.kept
    kept.keep("Stem", take(cnn.workspace.graph, ["conv1"]))
    kept.flush()
    assert "Stem" in (home / "blocks.json").read_text()
