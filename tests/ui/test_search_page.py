"""The search in the window, through mouse and keys."""

from __future__ import annotations

import csv
import io
import math
import random
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from workbench.graph.overrides import override
from workbench.graph.search import Choices, FloatRange, SearchSection
from workbench.runs.store import RunStore
from workbench.search.study import read_trials
from workbench.search.trials import Trial
from workbench.ui import theme
from workbench.ui.search_page import SearchPage

SPACE = {
    "optimizer.lr": FloatRange(low=1e-3, high=0.1, log=True),
    "batch_size": Choices(values=(16, 32)),
}


@pytest.fixture
def page(open_sample) -> SearchPage:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    workspace.edit("short", override(workspace.project, ["epochs=1"]))
    window.show_stage("train")
    panel = window.stages.panel("train")
    panel.show_page("search")
    page = window.findChild(SearchPage, "searchPage")
    page.window_ = window
    return page


def part(page, kind, name):
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def click(page, name, kind=QPushButton):
    QTest.mouseClick(part(page, kind, name), Qt.MouseButton.LeftButton)


def put(page, **options):
    workspace = page._workspace
    section = SearchSection(space=SPACE, epochs=1, **options)
    workspace.edit("space", workspace.project.model_copy(update={"search": section}))


def trial(number, loss, state="completed", **values):
    return Trial(number, state, values or {"optimizer.lr": 0.01, "batch_size": 16}, loss, 3, "", "", 1.0)


def show(page, qtbot, trials):
    """Put trials into the page as if a search had found them."""
    put(page)
    QApplication.processEvents()
    searching = page.searching
    qtbot.waitUntil(lambda: not searching._soon.isActive())
    searching.section = page.section
    searching.trials = {t.number: t for t in trials}
    page._show_trials()


def test_the_page_loads_no_optuna_before_it_is_used():
    heavy = "{'optuna', 'torch', 'sqlalchemy', 'sklearn'}"
    code = f"import workbench.ui.search_page, sys; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_the_empty_page_teaches_and_suggests(page, qtbot):
    assert part(page, QLabel, "searchSpaceHint").isVisible()
    click(page, "searchStart")
    assert "nothing to search for" in page.window_.findChild(QLabel, "noticeText").text()
    click(page, "searchOffer")
    qtbot.waitUntil(lambda: bool(page.space.space))
    assert {"optimizer.lr", "batch_size"} <= set(page.space.space)
    assert not part(page, QPushButton, "searchOffer").isVisible()
    page._workspace.undo()
    assert page.space.space == {}


@pytest.mark.parametrize("more", [False, True])
def test_tab_comes_to_the_start_after_all_options(page, more, qtbot):
    part(page, QPushButton, "searchMore").setChecked(more)
    qtbot.waitUntil(lambda: part(page, QLineEdit, "param_trials").isVisible())
    first = part(page, QComboBox, "searchMetric")
    first.setFocus()
    passed = [first.objectName()]
    while passed[-1] != "searchStart" and len(passed) < 30:
        QTest.keyClick(page.window_.focusWidget(), Qt.Key.Key_Tab)
        passed.append(page.window_.focusWidget().objectName())
    assert passed[:3] == ["searchMetric", "param_trials", "param_epochs"]
    assert passed[-1] == "searchStart"
    assert ("searchStorage" in passed) == more


def test_a_setting_is_added_ranged_and_removed_by_hand(page, qtbot):
    add = part(page, QLineEdit, "searchAdd")
    add.setText("lr")  # typing opens a list, for which the offscreen platform can't grab the keyboard
    QTest.keyClick(add, Qt.Key.Key_Return)
    assert list(page.space.space) == ["optimizer.lr"]
    edit = part(page, QLineEdit, "searchRange_optimizer.lr")
    assert edit.hasFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "1e-4..1 log")
    assert page.section.space["optimizer.lr"] == FloatRange(low=1e-4, high=1, log=True)
    QTest.keyClicks(edit, "x")
    fault = part(page, QLabel, "searchFault_optimizer.lr")
    qtbot.waitUntil(fault.isVisible)
    assert "Write it like" in fault.text()
    click(page, "searchStart")
    assert "optimizer.lr" in page.window_.findChild(QLabel, "noticeText").text()
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert not fault.isVisible()
    click(page, "searchRemove_optimizer.lr", QToolButton)
    assert page.space.space == {}
    page._workspace.undo()
    page._workspace.undo()
    assert list(page.space.space) == ["optimizer.lr"]  # what was typed is undone as one
    page._workspace.undo()
    assert page.space.space == {}


def test_a_setting_that_is_not_there_is_told(page):
    add = part(page, QLineEdit, "searchAdd")
    add.setText("momentum3")
    QTest.keyClick(add, Qt.Key.Key_Return)
    fault = part(page, QLabel, "searchAddFault")
    assert fault.isVisible()
    assert "momentum3" in fault.text()
    add.completer().setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
    QTest.keyClick(add, Qt.Key.Key_Backspace)
    assert not fault.isVisible()


def test_options_are_edited_and_undone(page):
    trials = part(page, QLineEdit, "param_trials")
    trials.selectAll()
    QTest.keyClicks(trials, "7")
    metric = part(page, QComboBox, "searchMetric")
    metric.setCurrentIndex(1)
    metric.activated.emit(1)
    assert (page.section.trials, page.section.metric) == (7, "accuracy")
    assert page.findChild(QComboBox, "param_pruner") is None
    click(page, "searchMore")
    assert part(page, QComboBox, "param_pruner").currentText() == "Median"
    page._workspace.undo()
    assert page.section.metric == "val_loss"
    assert (metric.currentData(), metric.currentText()) == ("val_loss", "Validation loss")


def test_a_search_runs_in_the_background_and_is_applied(page, qtbot):
    put(page, trials=4, keep=2)
    click(page, "searchStart")
    assert part(page, QPushButton, "searchStop").isVisible()
    assert not part(page, QLineEdit, "searchAdd").isEnabled()
    qtbot.waitUntil(lambda: not page.searching.active)
    qtbot.waitUntil(lambda: page.trials.table.model().rowCount() == 4)
    assert part(page, QPushButton, "searchStart").text() == "Go on searching"
    best = page.searching.best
    assert page.trials.table.trial == best.number
    assert len(RunStore(page._workspace.folder).list()) == 2
    before = page._workspace.project
    click(page, "trialUse")
    training = page._workspace.project.training
    assert training.optimizer.lr == best.values["optimizer.lr"]
    assert training.batch_size == best.values["batch_size"]
    page._workspace.undo()
    assert page._workspace.project == before
    click(page, "trialOpenRun")
    assert page.window_.findChild(QWidget, "runsPage").isVisible()
    page.window_.stages.panel("train").show_page("search")
    # what was found is there again after opening the project anew
    page._workspace.saving.save_now()
    page._workspace.open(page._workspace.folder)
    qtbot.waitUntil(lambda: len(page.searching.trials) == 4)
    assert page.searching.best == best


def test_a_search_is_stopped_and_goes_on(page, qtbot):
    workspace = page._workspace
    put(page, trials=50)
    workspace.edit(
        "long",
        workspace.project.model_copy(update={"search": page.section.model_copy(update={"epochs": 3000})}),
    )
    click(page, "searchStart")
    qtbot.waitUntil(lambda: page.searching.share > 0)
    assert "0 of 50 trials done" in part(page, QLabel, "searchTold").text()
    click(page, "searchStop")
    qtbot.waitUntil(lambda: not page.searching.active)
    assert page.searching.trials[0].state == "stopped"
    assert part(page, QPushButton, "searchStart").isVisible()


def test_a_search_ends_where_another_project_is_opened(page, qtbot, open_sample):
    workspace = page._workspace
    put(page)
    section = page.section.model_copy(update={"epochs": 3000})
    workspace.edit("long", workspace.project.model_copy(update={"search": section}))
    project, folder = workspace.project, workspace.folder
    click(page, "searchStart")
    qtbot.waitUntil(lambda: page.searching.share > 0)
    workspace.saving.save_now()
    open_sample("digits-mlp")
    assert not page.searching.active
    assert page.searching.trials == {}
    qtbot.waitUntil(
        lambda: [t.state for t in read_trials(folder, project, section)] == ["stopped", "waiting"]
    )


def test_trials_can_be_kept_in_another_database(page, qtbot, tmp_path):
    put(page, trials=1)
    click(page, "searchMore")
    field = part(page, QLineEdit, "searchStorage")
    field.setFocus()
    QTest.keyClicks(field, f"sqlite:///{(tmp_path / 'shared.sqlite').as_posix()}")
    QTest.keyClick(field, Qt.Key.Key_Return)
    click(page, "searchStart")
    qtbot.waitUntil(lambda: not page.searching.active)
    assert page.searching.best.number == 0
    assert (tmp_path / "shared.sqlite").is_file()
    assert not (page._workspace.folder / "runs" / "search.sqlite").exists()
    qtbot.waitUntil(lambda: page.trials.table.model().rowCount() == 1)
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.searching.trials)


def test_a_search_and_a_training_take_turns(page, qtbot):
    window, searching = page.window_, page.searching
    put(page, trials=3)
    workspace = page._workspace
    workspace.edit("long", override(workspace.project, ["epochs=3000"]))
    window.training.start("cpu")
    click_page = window.stages.panel("train")
    click_page.show_page("search")
    click(page, "searchStart")
    assert not searching.active
    assert "A run is being trained" in window.findChild(QLabel, "noticeText").text()
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.active)
    page.begin()
    qtbot.waitUntil(lambda: searching.state == "running")
    window.training.start("cpu")
    assert searching.state == "waiting"
    qtbot.waitUntil(lambda: window.training.state == "running")
    window.training.stop()
    qtbot.waitUntil(lambda: not searching.active)
    assert sum(t.state in ("completed", "pruned") for t in searching.trials.values()) == 3


def test_the_table_sorts_by_values_and_says_why_a_trial_failed(page, qtbot):
    found = [trial(0, 0.5), trial(1, 10.0), trial(2, 0.05, "pruned"), trial(3, None, "failed")]
    show(page, qtbot, found)
    table = page.trials.table
    column = lambda n: [table.model().index(row, n).data() for row in range(table.model().rowCount())]  # noqa: E731
    assert column(0) == ["2", "0", "1", "3"]
    assert table.trial == 0  # the best completed one
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(2) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert column(0) == ["1", "0", "2", "3"]
    assert table.trial == 0
    row = table.rowViewportPosition(2) + 5
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, row))
    assert "Given up after 3 epochs" in part(page, QLabel, "trialNote").text()
    rows = list(csv.reader(io.StringIO(table.to_csv())))
    assert rows[0] == [
        *("trial", "state", "val_loss", "optimizer.lr", "batch_size", "epochs", "seconds", "run", "message")
    ]
    assert rows[1][:7] == ["1", "completed", "10", "0.01", "16", "3", "1"]
    assert [r[0] for r in rows[1:]] == ["1", "0", "2", "3"]


def spread(count=40):
    numbers = random.Random(0)
    for n in range(count):
        exponent = numbers.uniform(-3, -1)
        values = {"optimizer.lr": 10**exponent, "batch_size": numbers.choice((16, 32))}
        yield trial(n, (exponent + 2) ** 2 + 0.1, **values)


def test_lines_are_brushed_pointed_at_and_picked(page, qtbot, tmp_path):
    trials = list(spread())
    show(page, qtbot, trials)
    plot = page.plots.parallel
    heights = {t.number: (math.log10(t.values["optimizer.lr"]) + 3) / 2 for t in trials}
    assert plot._heights[:, 0] == pytest.approx([heights[n] for n in range(40)])
    qtbot.waitUntil(lambda: plot.width() > 200)
    x, y = plot._pixels(np.zeros(2), np.array([0.25, 0.75]))
    view = plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x[0]), round(y[0])))
    for height in (y[0] - 10, y[1]):
        QTest.mouseMove(view, QPoint(round(x[0]), round(height)))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x[0]), round(y[1])))
    low, high = plot.brushes["optimizer.lr"]
    inside = {n for n, height in heights.items() if low <= height <= high}
    assert 0 < len(inside) < 40
    assert (low, high) == pytest.approx((0.25, 0.75), abs=0.02)
    assert page.trials.table.model().rowCount() == len(inside)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(x[0]), round(y[0])))
    assert plot.passing() is None
    assert page.trials.table.trial == page.searching.best.number
    assert page.trials.table.model().rowCount() == 40
    # a point on a line between the second axis and the metric's
    number = max(trials, key=lambda t: t.value).number
    px, py = plot._pixels(np.array([1.0, 2.0]), plot._heights[number, 1:])
    at = QPoint(round(px[1] - 30), round(py[1] + (py[0] - py[1]) * 30 / (px[1] - px[0])))
    with qtbot.waitSignal(plot.pointed):
        QTest.mouseMove(view, at)
    assert f"Trial {number}" in plot.told(number)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert page.trials.table.trial == number
    for kind in ("png", "svg", "csv"):
        plot.save(tmp_path / f"trials.{kind}")
        assert (tmp_path / f"trials.{kind}").stat().st_size > 300
    rows = list(csv.DictReader((tmp_path / "trials.csv").read_text().splitlines()))
    assert float(rows[7]["optimizer.lr"]) == trials[7].values["optimizer.lr"]


def test_importance_is_shown_as_bars(page, qtbot, tmp_path):
    show(page, qtbot, list(spread()))
    qtbot.waitUntil(lambda: bool(page.plots.importance.shares))
    buttons = page.plots.which.group.buttons()
    QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert page.plots.importance.isVisible()
    assert next(iter(page.plots.importance.shares)) == "optimizer.lr"
    page.plots.importance.save(tmp_path / "shares.csv")
    rows = list(csv.DictReader((tmp_path / "shares.csv").read_text().splitlines()))
    assert sum(float(row["importance"]) for row in rows) == pytest.approx(1)
    theme.apply(QApplication.instance(), theme.LIGHT)
    page.plots.importance.save(tmp_path / "shares.svg")
    theme.apply(QApplication.instance(), theme.DARK)
