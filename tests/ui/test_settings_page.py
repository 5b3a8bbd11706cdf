"""Settings of the next run: the form, the schedule's plot, and what is told before the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from workbench.graph import TrainingSection
from workbench.ui import preflight_card, preflight_work
from workbench.ui.main_window import MainWindow
from workbench.ui.memory_bar import MemoryBar
from workbench.ui.settings_page import SettingsPage
from workbench.ui.training_form import GROUPS, TrainingForm

Opened = Callable[[str], MainWindow]


@pytest.fixture
def page(open_sample: Opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SettingsPage:
    """The settings of a small project, seen; what is measured by itself is measured fast."""
    monkeypatch.setattr(preflight_card, "SOON_MS", 50)
    monkeypatch.setattr(preflight_work, "SECONDS", 0.1)
    window = open_sample("wine-softmax")
    window.resize(1280, 720)
    window.show_stage("train")
    panel = window.stages.panel("train")
    panel.show_page("settings")
    found = panel.findChild(SettingsPage, "settingsPage")
    assert isinstance(found, SettingsPage)
    qtbot.waitUntil(found.isVisible)
    return found


def measured(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: said(page, "preflightRun") not in {"…", "–"})
    qtbot.waitUntil(lambda: not page.preflight.busy)


def said(page: SettingsPage, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert label is not None
    return label.text()


def pressed(page: SettingsPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def typed(page: SettingsPage, path: str, text: str) -> QLineEdit:
    field = page.findChild(QLineEdit, f"param_{path}")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    return field


def training(page: SettingsPage) -> TrainingSection:
    return page._workspace.project.training


def test_every_setting_but_the_device_has_its_place() -> None:
    shown = [name for names in GROUPS.values() for name in names]
    assert sorted([*shown, "device"]) == sorted(TrainingSection.model_fields)


def test_typing_edits_and_keeps_the_focus(page: SettingsPage, qtbot: QtBot) -> None:
    field = typed(page, "epochs", "12")
    assert training(page).epochs == 12
    assert QApplication.focusWidget() is field
    assert page.findChild(QLineEdit, "param_epochs") is field
    field = typed(page, "clip_norm", "0.5")
    assert training(page).clip_norm == 0.5
    box = page.findChild(QCheckBox, "param_tf32")
    assert box is not None
    box.click()
    assert not training(page).tf32
    page._workspace.undo()
    assert training(page).tf32


def test_what_can_not_be_is_told_until_it_is_mended(page: SettingsPage) -> None:
    fault = page.findChild(QLabel, "settingsFault")
    before = training(page)
    field = typed(page, "epochs", "many")
    assert fault.isVisible()
    assert fault.text() == "Epochs: must be a whole number (it is 'many')."
    field.selectAll()
    QTest.keyClicks(field, "7")
    assert not fault.isVisible()
    typed(page, "batch_size", "-3")
    assert "1 or more" in fault.text()
    field.setFocus()  # what can't be is given up
    assert not fault.isVisible()
    page._workspace.undo()
    assert training(page) == before


def test_another_optimiser_shows_its_own_fields_and_keeps_the_focus(page: SettingsPage, qtbot: QtBot) -> None:
    box = page.findChild(QComboBox, "param_optimizer.name")
    assert box is not None
    box.setFocus()
    box.setCurrentText("SGD")
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: training(page).optimizer.name == "SGD")
    assert page.findChild(QLineEdit, "param_optimizer.momentum") is not None
    assert QApplication.focusWidget().objectName() == "param_optimizer.name"
    qtbot.waitUntil(page.findChild(QLineEdit, "param_optimizer.lr").isVisible)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget().objectName() == "param_optimizer.lr"


def test_tab_goes_through_all_groups_in_order(page: SettingsPage) -> None:
    form = page.findChild(TrainingForm, "trainingForm")
    assert form is not None
    names = [editor.objectName() for editor in form._editors]
    form._editors[0].setFocus()
    for name in names[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget().objectName() == name


@pytest.mark.parametrize(("width", "columns"), [(1280, 1), (2000, 2)])
def test_nothing_is_clipped_and_columns_follow_the_width(
    page: SettingsPage, qtbot: QtBot, width: int, columns: int
) -> None:
    page.window().resize(width, 720)
    measured(page, qtbot)
    form = page.findChild(TrainingForm, "trainingForm")
    assert form is not None
    qtbot.waitUntil(lambda: form._count == columns)
    for area in page.findChildren(QScrollArea):
        content = area.widget()
        assert content.minimumSizeHint().width() <= area.viewport().width()
    for label in page.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()


# The schedule


def test_the_schedule_is_drawn_as_one_types(page: SettingsPage, qtbot: QtBot) -> None:
    box = page.findChild(QComboBox, "param_schedule.name")
    assert box is not None
    box.setCurrentIndex(box.findData("step"))
    assert box.currentText() == "Step"
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: training(page).schedule.name == "step")
    typed(page, "schedule.every", "10")
    typed(page, "schedule.factor", "0.1")
    typed(page, "epochs", "30")
    lr = training(page).optimizer.lr
    assert [page.schedule.rate_at(epoch) for epoch in (5, 15, 25)] == pytest.approx([lr, lr / 10, lr / 100])
    x, y = page.schedule.series()["learning rate"]
    assert x[0] == 0
    assert 29 < x[-1] < 30
    assert y[0] == lr
    typed(page, "optimizer.lr", "0.5")
    assert page.schedule.rate_at(5) == pytest.approx(0.5)


def test_pointing_at_the_schedule_tells_the_rate_there(page: SettingsPage, qtbot: QtBot) -> None:
    told: list[str] = []
    page.schedule.pointed.connect(told.append)
    box = page.schedule.getPlotItem().getViewBox()
    scene = box.mapViewToScene(QPointF(20.0, page.schedule.rate_at(20) / 2))
    page.schedule.scene().sigMouseMoved.emit(scene)
    assert told[-1] == f"epoch 20.0: {training(page).optimizer.lr:.3g}"
    assert page._schedule_card.hint.text() == told[-1]
    page.schedule.scene().sigMouseMoved.emit(scene + QPointF(-5000, 0))
    assert told[-1] == ""

    workspace = page._workspace
    section = TrainingSection.model_validate({**training(page).model_dump(), "schedule": "plateau"})
    workspace.edit("Plateau", workspace.project.model_copy(update={"training": section}))
    assert "stalls" in page._schedule_card.hint.text()


# Before the run


def test_what_a_run_takes_is_measured_by_itself(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    assert said(page, "preflightParams") == "42"
    assert "free" in said(page, "preflightMemory")
    assert "weights" in said(page, "preflightParts")
    assert said(page, "preflightLargest") == "124 · all samples"
    assert f"{training(page).epochs} epochs" in said(page, "preflightRun")
    bar = page.findChild(MemoryBar, "memoryBar")
    assert bar is not None
    assert bar.tone == "accent"
    known = page.preflight._known
    typed(page, "epochs", "7")
    assert "7 epochs" in said(page, "preflightRun"), "at once: a step's time doesn't hang on the epochs"
    assert page.preflight._known is known
    assert not page.preflight.busy


def test_another_batch_size_is_measured_anew(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    before = said(page, "preflightMemory")
    typed(page, "batch_size", "64")
    assert said(page, "preflightMemory") == "…"
    measured(page, qtbot)
    assert said(page, "preflightMemory") != before


def test_the_largest_batch_is_taken_by_a_click_and_undone(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    before = training(page).batch_size
    pressed(page, "useBatch")
    assert training(page).batch_size == 124
    measured(page, qtbot)
    assert not page.findChild(QPushButton, "useBatch").isVisible()
    page._workspace.undo()
    assert training(page).batch_size == before


def test_a_learning_rate_is_found_and_taken_by_a_click(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    before = training(page).optimizer.lr
    pressed(page, "findRate")
    assert page.preflight.finder.busy
    qtbot.waitUntil(lambda: not page.preflight.finder.busy)
    use = page.findChild(QPushButton, "useRate")
    assert use.isVisible()
    assert use.hasFocus()
    rates, losses = page.preflight.finder.plot.series()["loss"]
    assert rates[0] == pytest.approx(1e-7)
    assert len(rates) == len(losses)
    suggested = float(use.text().split()[-1])
    QTest.keyClick(use, Qt.Key.Key_Space)
    assert training(page).optimizer.lr == suggested
    assert page.findChild(QLineEdit, "param_optimizer.lr").text() == f"{suggested:g}"
    assert np.isclose(page.schedule.rate_at(1), suggested)
    assert not page.preflight.finder.isVisible()
    assert QApplication.focusWidget().objectName() == "findRate"
    page._workspace.undo()
    assert training(page).optimizer.lr == before


def test_the_line_can_be_dragged_and_the_test_cancelled(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    pressed(page, "findRate")
    qtbot.waitUntil(lambda: not page.preflight.finder.busy)
    page.preflight.finder.plot._line.setValue(-2.0)
    assert page.findChild(QPushButton, "useRate").text() == "Use 0.01"
    pressed(page, "findRate")
    pressed(page, "rateFinderCancel")
    qtbot.waitUntil(lambda: not page.preflight.finder.busy)
    assert not page.preflight.finder.isVisible()
    assert page.findChild(QPushButton, "findRate").isEnabled()


def test_lbfgs_has_no_rate_to_find(page: SettingsPage, qtbot: QtBot) -> None:
    workspace = page._workspace
    section = TrainingSection.model_validate({**training(page).model_dump(), "optimizer": "LBFGS"})
    workspace.edit("LBFGS", workspace.project.model_copy(update={"training": section}))
    measured(page, qtbot)
    pressed(page, "findRate")
    qtbot.waitUntil(lambda: "LBFGS" in said(page, "preflightMessage"))
    assert not page.preflight.finder.isVisible()


def test_one_batch_is_tried_and_judged(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    pressed(page, "tryOneBatch")
    qtbot.waitUntil(lambda: "It learns one batch" in said(page, "oneBatchMessage"))
    qtbot.waitUntil(lambda: not page.preflight.one_batch.busy)
    typed(page, "optimizer.lr", "0.5")
    assert not page.preflight.one_batch.isVisible(), "it was another rate that was tried"


def test_without_data_it_says_what_to_do(page: SettingsPage, qtbot: QtBot) -> None:
    measured(page, qtbot)
    workspace = page._workspace
    workspace.edit("No data", workspace.project.model_copy(update={"data": None}))
    assert "Load data" in said(page, "preflightMessage")
    assert said(page, "preflightMemory") == "–"
    assert not page.findChild(QPushButton, "findRate").isEnabled()


def test_nothing_is_measured_while_training(page: SettingsPage, qtbot: QtBot) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    typed(page, "epochs", "100000")
    window.training.start("cpu")
    qtbot.waitUntil(lambda: not page.preflight.busy)
    assert "while a network is being trained" in said(page, "preflightMessage")
    panel = window.stages.panel("train")
    panel.show_page("settings")
    QTest.qWait(100)
    assert not page.preflight.busy
    assert not page.findChild(QPushButton, "findRate").isEnabled()
    with qtbot.waitSignal(window.training.ended):
        window.training.stop()
    measured(page, qtbot)


def test_leaving_the_page_ends_what_is_under_way(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.preflight._job is not None)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.stages.panel("train").show_page("runs")
    qtbot.waitUntil(lambda: page.preflight._job is None)
    assert not page.preflight.busy
    window.stages.panel("train").show_page("settings")
    measured(page, qtbot)


def test_the_bar_tells_what_does_not_fit(qtbot: QtBot) -> None:
    bar = MemoryBar()
    qtbot.addWidget(bar)
    for parts, tone in (([50, 30], "accent"), ([50, 45], "warning"), ([80, 45], "problem")):
        bar.display(parts, 100, 90)
        assert bar.tone == tone
        bar.resize(200, 14)
        assert not bar.grab().isNull()
    assert bar.accessibleName() == "Memory: 125 % of what is free"
    QTest.mouseMove(bar, QPoint(3, 3))


def test_what_does_not_fit_is_said_and_not_tried(
    page: SettingsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.train.preflight import forecast
    from workbench.train.preflight.fitting import Room

    measured(page, qtbot)
    monkeypatch.setattr(forecast, "room", lambda device: Room(2**30, 6000))
    typed(page, "batch_size", "124")
    qtbot.waitUntil(lambda: "5.9 KiB free" in said(page, "preflightMemory"))
    qtbot.waitUntil(lambda: not page.preflight.busy)
    bar = page.findChild(MemoryBar, "memoryBar")
    assert bar.tone == "problem"
    assert said(page, "preflightEpoch") == "–"
    assert "needs more memory than is free" in said(page, "preflightMessage")
    assert not page.findChild(QPushButton, "findRate").isEnabled()
    pressed(page, "useBatch")
    assert training(page).batch_size < 124
    qtbot.waitUntil(lambda: said(page, "preflightEpoch") not in {"–", "…"})
