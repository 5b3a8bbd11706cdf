"""Attribution: tiles show what their methods find, for the class that is chosen, on every kind of data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.interpret.attribution.sanity import sanity_check
from workbench.interpret.method import Result
from workbench.interpret.registry import METHODS
from workbench.interpret.subject import Subject
from workbench.ui.inspect import attribution_tile
from workbench.ui.inspect.attribution_grid import Tiles
from workbench.ui.inspect.attribution_methods import kept
from workbench.ui.inspect.attribution_page import AttributionPage
from workbench.ui.inspect.attribution_tile import AttributionTile
from workbench.ui.inspect.view import View
from workbench.ui.main_window import MainWindow

# the list of methods is a popup, for which Qt's offscreen platform lacks the grab
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)

LEFT = Qt.MouseButton.LeftButton
Open = Callable[[str], MainWindow]


def find(window: QWidget, kind: type, name: str) -> Any:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, window: QWidget, name: str, kind: type = QPushButton) -> None:
    qtbot.mouseClick(find(window, kind, name), LEFT)


def shown(window: MainWindow, qtbot: QtBot) -> AttributionPage:
    """Go to the page by its buttons, and wait for its first answers."""
    click(qtbot, window, "stage_inspect")
    click(qtbot, window, "inspectPages_attribution")
    panel: Any = window.stages.panel("inspect")
    qtbot.waitUntil(lambda: isinstance(panel.page, AttributionPage))
    page: AttributionPage = panel.page
    qtbot.waitUntil(lambda: bool(tiles(page)) and page._found is not None)
    settled(page, qtbot)
    return page


def tiles(page: AttributionPage) -> dict[str, AttributionTile]:
    return {name: page.tile(name) for name in page.bar.methods.names if page.tile(name).isVisible()}


def settled(page: AttributionPage, qtbot: QtBot) -> None:
    def rests() -> bool:
        asked = not page._soon.isActive() and not page._more.isActive()
        return asked and not any(tile.pending for tile in tiles(page).values())

    qtbot.waitUntil(rests)


def tick(page: AttributionPage, qtbot: QtBot, *names: str) -> None:
    """Tick these in the list and no others, as a person does."""
    qtbot.mouseClick(page.bar.methods, LEFT)
    for name in METHODS:
        box = page.bar.methods.list.findChild(QCheckBox, f"attributionMethod_{name}")
        if box is not None and box.isChecked() != (name in names):
            qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    page.bar.methods.list.hide()
    assert set(page.bar.methods.names) == set(names)
    settled(page, qtbot)


def subject(page: AttributionPage, **more: Any) -> Subject:
    return page.inspected.subject(**more)(None)


def assert_same(result: Result | None, expected: Result) -> None:
    assert result is not None
    assert result.target == expected.target
    assert list(result.arrays) == list(expected.arrays)
    for name, array in expected.arrays.items():
        np.testing.assert_allclose(result.arrays[name], array, rtol=1e-6, atol=1e-9)


def choose(window: MainWindow, qtbot: QtBot, page: AttributionPage, row: int) -> None:
    box: QComboBox = find(window, QComboBox, "attributionAim")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    settled(page, qtbot)


def say(tile: AttributionTile, what: str) -> str:
    return str(find(tile, QLabel, f"{tile.objectName()}{what}").text())


def test_tiles_show_what_the_methods_find_for_the_class_that_is_chosen(
    open_sample: Open, qtbot: QtBot
) -> None:
    window = open_sample("digits-cnn")
    page = shown(window, qtbot)
    tick(page, qtbot, "saliency", "integrated_gradients", "grad_cam")
    for name, tile in tiles(page).items():
        assert_same(tile.result, METHODS[name].run(subject(page)))
    assert "error" in say(page.tile("integrated_gradients"), "Readout")
    found = page._found
    assert found is not None
    assert page.bar.aim.currentText().startswith(f"Predicted: {found.answer}")
    box = page.bar.aim
    choose(window, qtbot, page, box.findData(3) - 1)  # the separator is passed over
    assert box.currentData() == 3
    for name, tile in tiles(page).items():
        assert_same(tile.result, METHODS[name].run(subject(page, target=3)))
        assert tile.result.target == 3
    choose(window, qtbot, page, 1)
    assert box.currentData() == "true"
    truth = page.inspected.dataset.targets[page.inspected.sample]
    assert page.tile("saliency").result.target == truth
    window.findChild(QPushButton, "nextSample").click()
    qtbot.wait(40)
    settled(page, qtbot)
    assert box.currentData() == "true"  # it stays from sample to sample
    assert page.tile("saliency").result.target == page.inspected.dataset.targets[page.inspected.sample]
    assert kept(page.inspected.dataset) == page.bar.methods.names  # and methods from project to project


def test_a_layer_selected_in_the_stack_is_that_of_grad_cam(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("digits-cnn")
    page = shown(window, qtbot)
    tick(page, qtbot, "grad_cam", "layer_integrated_gradients")
    maps = next(n.id for n in window.workspace.graph if n.type == "Conv2d")
    window.workspace.select(maps)
    settled(page, qtbot)
    assert_same(page.tile("grad_cam").result, METHODS["grad_cam"].run(subject(page, layer=maps)))
    linear = next(n.id for n in window.workspace.graph if n.type == "Linear")
    window.workspace.select(linear)
    settled(page, qtbot)
    assert_same(page.tile("grad_cam").result, METHODS["grad_cam"].run(subject(page)))
    tile = page.tile("layer_integrated_gradients")
    assert_same(tile.result, METHODS["layer_integrated_gradients"].run(subject(page, layer=linear)))
    assert tile.reading.form == "bars"


def test_settings_are_applied_at_once_and_what_cannot_be_is_told(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-mlp"), qtbot)
    tick(page, qtbot, "integrated_gradients")
    tile = page.tile("integrated_gradients")
    click(qtbot, tile, "attribution_integrated_gradientsSettings")
    field = find(tile, QLineEdit, "param_n_steps")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "16")
    qtbot.waitUntil(lambda: "16 steps" in tile.result.note)
    field.selectAll()
    qtbot.keyClicks(field, "1")
    assert find(tile, QLabel, "attribution_integrated_gradientsFault").isVisible()


def test_what_a_method_cannot_do_is_said_in_its_tile(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    page = shown(window, qtbot)
    tick(page, qtbot, "grad_cam", "feature_ablation")
    assert "Grad-CAM" in say(page.tile("grad_cam"), "StateText")
    assert page.tile("grad_cam").state.isVisible()
    assert not window.notice.isVisible()
    assert_same(page.tile("feature_ablation").result, METHODS["feature_ablation"].run(subject(page)))


def test_a_long_method_can_be_cancelled_and_run_again(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-mlp"), qtbot)
    tick(page, qtbot, "kernel_shap")
    tile = page.tile("kernel_shap")
    click(qtbot, tile, "attribution_kernel_shapSettings")
    field = find(tile, QLineEdit, "param_n_samples")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "90000")
    cancel = find(tile, QPushButton, "attribution_kernel_shapWorkingCancel")
    qtbot.waitUntil(cancel.isVisible)
    qtbot.mouseClick(cancel, LEFT)
    assert say(tile, "StateText") == "Cancelled"
    assert not tile.job.busy
    field.selectAll()
    qtbot.keyClicks(field, "64")
    qtbot.waitUntil(lambda: "64 ways" in tile.result.note and not tile.pending)
    assert not tile.state.isVisible()


def test_methods_are_few_at_a_time_and_those_unticked_end(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-mlp"), qtbot)
    tick(page, qtbot)
    assert page._none.isVisible()
    names = ("kernel_shap", "lime", "occlusion", "feature_ablation")
    for name in names[:2]:
        tile = page.tile(name)
        tile.settings.method = type(tile.method)(n_samples=90_000)
    qtbot.mouseClick(page.bar.methods, LEFT)
    for name in names:
        box = page.bar.methods.list.findChild(QCheckBox, f"attributionMethod_{name}")
        qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert [name for name in names if page.tile(name).job.busy] == ["kernel_shap", "lime"]
    qtbot.waitUntil(lambda: say(page.tile("occlusion"), "StateText") == "Waits for its turn")
    for name in names[:2]:
        box = page.bar.methods.list.findChild(QCheckBox, f"attributionMethod_{name}")
        qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    page.bar.methods.list.hide()
    settled(page, qtbot)
    assert not page.tile("kernel_shap").job.busy
    assert_same(page.tile("occlusion").result, METHODS["occlusion"].run(subject(page)))


def test_the_sanity_check_says_whether_it_hangs_on_what_was_learned(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-mlp"), qtbot)
    tick(page, qtbot, "saliency")
    tile = page.tile("saliency")
    click(qtbot, tile, "attribution_saliencySanity")
    qtbot.waitUntil(lambda: tile.sanity.found is not None)
    expected = sanity_check(METHODS["saliency"], subject(page))
    np.testing.assert_allclose(tile.sanity.found.correlations, expected.correlations, atol=1e-6)
    assert tile.sanity.plot.isVisible()
    assert tile.sanity.verdict.text()
    x, y = tile.sanity.plot.series()["rank correlation"]
    assert list(x) == list(range(len(expected.layers) + 1))
    assert y[0] == 1
    find(page.window(), QPushButton, "nextSample").click()
    qtbot.waitUntil(lambda: tile.sanity.found is None)  # it was of another sample
    assert not tile.sanity.isVisible()


def test_what_is_pointed_at_is_told(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-mlp"), qtbot)
    tick(page, qtbot, "occlusion")
    tile = page.tile("occlusion")
    drawing, values = tile.view.drawing, tile.reading.values
    before = say(tile, "Readout")
    point = QPointF(drawing.width() / 2 + 3, drawing.height() / 2 + 3)
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QMouseEvent.Type.MouseMove, point, point, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(drawing, moved)
    assert say(tile, "Readout").startswith("row 4, column 4: ")
    assert f"{abs(values[4, 4]):.3g}" in say(tile, "Readout")
    drawing.setFocus()
    qtbot.keyClick(drawing, Qt.Key.Key_Right)
    assert say(tile, "Readout").startswith("row 4, column 5: ")
    QApplication.sendEvent(drawing, QEvent(QEvent.Type.Leave))
    assert say(tile, "Readout") == before


def test_a_tile_is_enlarged_and_saved(
    open_sample: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_sample("wine-softmax")
    page = shown(window, qtbot)
    tick(page, qtbot, "integrated_gradients")
    tile = page.tile("integrated_gradients")
    qtbot.mouseDClick(tile, LEFT, pos=QPoint(tile.width() // 2, 14))
    dialog = QApplication.activeModalWidget()
    assert dialog.objectName() == "attributionLarge"
    assert dialog.view.drawing.high_for(500) > tile.view.drawing.high_for(500)  # all features, not some
    dialog.grab()
    click(qtbot, dialog, "attributionLargeClose")
    saved: list[View] = []
    monkeypatch.setattr(attribution_tile.save_menu, "offer", lambda _p, _w, view: saved.append(view))
    click(qtbot, tile, "attribution_integrated_gradientsSave")
    view = saved[0]
    assert view.title.startswith("Integrated gradients of class ")
    np.testing.assert_array_equal(view.arrays["attribution"], tile.result.arrays["attribution"])
    assert not view.picture.grab().isNull()


def test_the_overlay_can_be_changed(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("digits-cnn"), qtbot)
    tick(page, qtbot, "integrated_gradients")
    drawing = page.tile("integrated_gradients").view.drawing
    seen = [drawing._image.copy()]
    for name in ("attributionOver_map", "attributionSigns_size", "attributionOver_overlay"):
        click(qtbot, page, name)
        seen.append(drawing._image.copy())
    assert len({bytes(image.constBits()) for image in seen}) == 4


def fits(tile: Any) -> bool:
    """Whether a tile is laid out, and has room for all that it shows."""
    drawing, inside = tile.view.drawing, tile.contentsRect()
    parts = (tile.view, tile.readout, tile._check, tile._save)
    high_enough = drawing.height() == drawing.high_for(drawing.width())
    return high_enough and all(inside.contains(part.geometry()) for part in parts)


def test_tiles_have_room_for_what_they_show_at_every_width(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("digits-mlp")
    page = shown(window, qtbot)
    tick(page, qtbot, "saliency", "integrated_gradients", "occlusion")
    for width, height in ((1280, 720), (1440, 900), (1280, 720), (1900, 1000)):
        window.resize(width, height)
        qtbot.wait(1)  # or what fitted the size before would do
        qtbot.waitUntil(lambda: all(fits(tile) for tile in tiles(page).values()))


@pytest.mark.parametrize(
    ("count", "width", "rows"), [(4, 700, (2, 2)), (3, 700, (3,)), (1, 700, (1,)), (5, 700, (3, 2))]
)
def test_tiles_fill_their_rows_evenly(qtbot: QtBot, count: int, width: int, rows: tuple[int, ...]) -> None:
    grid = Tiles()
    qtbot.addWidget(grid)
    grid.resize(width, 500)
    parts = [QPushButton(str(number)) for number in range(count)]
    grid.display(parts)
    tops = [part.y() for part in parts]
    assert tuple(tops.count(top) for top in sorted(set(tops))) == rows
    ends = [part.x() + part.width() for part in parts if part.y() == 0]
    assert count == 1 or width - 3 <= max(ends) <= width


def test_a_regression_explains_its_value(open_sample: Open, qtbot: QtBot) -> None:
    page = shown(open_sample("diabetes-regression"), qtbot)
    tick(page, qtbot, "input_x_gradient")
    assert not page.bar.aim.isVisible()
    assert find(page, QLabel, "attributionValue").isVisible()
    tile = page.tile("input_x_gradient")
    assert_same(tile.result, METHODS["input_x_gradient"].run(subject(page)))
    assert tile.reading.names == page.inspected.dataset.features


@pytest.mark.parametrize(("kind", "form"), [("sequence", "trace"), ("ids", "tokens")])
def test_sequences_and_ids(window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str, form: str) -> None:
    random = np.random.default_rng(0)
    path = tmp_path / "data.npz"
    if kind == "ids":
        np.savez(path, ids=random.integers(0, 9, (40, 7)), y=np.arange(40) % 2)
    else:
        np.savez(path, x=random.normal(size=(40, 12, 3)).astype(np.float32), y=np.arange(40) % 2)
    window.open_path(path)
    qtbot.waitUntil(lambda: window.workspace.is_open)
    ready(window, qtbot)
    page = shown(window, qtbot)
    tick(page, qtbot, "integrated_gradients", "occlusion")
    for name, tile in tiles(page).items():
        expected = METHODS[name].run(subject(page))
        assert_same(tile.result, expected)
        assert tile.reading.form == form
        assert tile.reading.values.shape == expected.arrays["attribution"].shape
        tile.view.drawing.setFocus()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up):
            qtbot.keyClick(tile.view.drawing, key)
        assert ("token" if kind == "ids" else "step") in say(tile, "Readout")
    page.grab()
