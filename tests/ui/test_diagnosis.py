"""What is said of a run, and its remedies, by mouse and by keys; and vitals in the rows of the stack."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from effort import lines_run
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from workbench.graph.overrides import override
from workbench.train.events import Changed, Failed, Finding, LayerVitals, Remedy, Vitals
from workbench.ui.diagnosis_card import DiagnosisCard
from workbench.ui.main_window import MainWindow
from workbench.ui.notice import Notice
from workbench.ui.row_vitals import BARS, RowVitals, TrainedVitals
from workbench.ui.stack_rows import EXTRA

PATIENCE_MS = 60_000

LEAKY = Remedy("Use LeakyReLU", replace="LeakyReLU", layers=("relu1",))
SLOWER = Remedy("Lower the learning rate to 0.0001", (("optimizer.lr", 0.0001),))
CLIP = Remedy("Clip gradients to a norm of 1", (("clip_norm", 1.0),))
DEAD = Finding("dead_units", "broken", "61 % of its units never fire.", "relu1", (LEAKY, SLOWER))
WELL = Finding("healthy_gradients", "good", "Gradients reach every layer.")


@pytest.fixture
def digits(open_sample: Callable[[str], MainWindow]) -> MainWindow:
    return open_sample("digits-mlp")


@pytest.fixture
def card(digits: MainWindow, qtbot: QtBot) -> DiagnosisCard:
    made = DiagnosisCard(digits.workspace, digits.training)
    qtbot.addWidget(made)
    made.resize(420, 240)
    made.show()
    with qtbot.waitExposed(made):
        pass
    return made


def told(window: MainWindow, *findings: Finding) -> None:
    window.training.findings = findings
    window.training.diagnosed.emit()


def buttons(card: DiagnosisCard) -> dict[str, QPushButton]:
    """The remedies that can be seen, by what they say."""
    found = card.findChildren(QPushButton, "remedy")
    return {made.text(): made for made in found if made.isVisibleTo(card)}


def texts(card: DiagnosisCard) -> list[str]:
    """What rows say to a screen reader, top to bottom."""
    found = [made for made in card.findChildren(QLabel, "findingText") if made.isVisibleTo(card)]
    return [
        made.accessibleName() for made in sorted(found, key=lambda label: label.mapTo(card, QPoint()).y())
    ]


def test_says_what_will_be_told_then_tells_it(digits: MainWindow, card: DiagnosisCard, qtbot: QtBot) -> None:
    empty = card.findChild(QLabel, "diagnosisEmpty")
    assert empty.isVisible()
    assert "units that never fire" in empty.text()
    told(digits, DEAD, WELL)
    qtbot.wait(1)
    assert not empty.isVisible()
    assert texts(card) == [
        "Problem. relu1: 61 % of its units never fire.",
        "Good. Gradients reach every layer.",
    ]
    told(digits)
    assert texts(card) == []
    assert empty.isVisible()


def test_other_figures_leave_the_focus_where_it_is(digits: MainWindow, card: DiagnosisCard) -> None:
    told(digits, WELL, DEAD)
    held = buttons(card)["Use LeakyReLU"]
    held.setFocus()
    slower = Remedy("Lower the learning rate to 3e-05", (("optimizer.lr", 3e-5),))
    told(digits, replace(DEAD, message="72 % of its units never fire.", remedies=(LEAKY, slower)), WELL)
    assert buttons(card)["Use LeakyReLU"] is held
    assert card.focusWidget() is held
    assert "Problem. relu1: 72 % of its units never fire." in texts(card)
    assert "Lower the learning rate to 3e-05" in buttons(card)


def test_the_layer_is_selected_by_mouse_and_by_keys(
    digits: MainWindow, card: DiagnosisCard, qtbot: QtBot
) -> None:
    told(digits, DEAD)
    qtbot.wait(1)
    label = card.findChild(QLabel, "findingText")
    with qtbot.waitActive(card):
        card.activateWindow()
    label.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(label, Qt.Key.Key_Tab)  # to the name in it
    qtbot.keyClick(label, Qt.Key.Key_Return)
    assert digits.workspace.selection == "relu1"
    digits.workspace.select("linear1")
    qtbot.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(12, label.fontMetrics().height() // 2))
    assert digits.workspace.selection == "relu1"


def test_a_layer_that_is_gone_is_only_named(digits: MainWindow, card: DiagnosisCard) -> None:
    told(digits, replace(DEAD, layer="relu99"))
    assert "<a" not in card.findChild(QLabel, "findingText").text()


def test_a_type_is_replaced_and_undone(digits: MainWindow, card: DiagnosisCard, qtbot: QtBot) -> None:
    notices: list[Notice] = []
    digits.workspace.notified.connect(notices.append)
    told(digits, DEAD)
    before = digits.workspace.graph
    qtbot.mouseClick(buttons(card)["Use LeakyReLU"], Qt.MouseButton.LeftButton)
    assert digits.workspace.stack.layer("relu1").type == "LeakyReLU"
    assert notices[-1].text == "Changed in the project: the next run will have it."
    assert digits.workspace.document.undo_label == "Use LeakyReLU for relu1"
    assert not buttons(card)["Use LeakyReLU"].isEnabled()
    notices[-1].actions[0][1]()
    assert digits.workspace.graph == before
    assert buttons(card)["Use LeakyReLU"].isEnabled()


def test_settings_change_in_the_project_when_nothing_trains(
    digits: MainWindow, card: DiagnosisCard, qtbot: QtBot
) -> None:
    told(digits, replace(DEAD, remedies=(SLOWER, Remedy("Plateau", (("schedule.name", "plateau"),)), CLIP)))
    buttons(card)[SLOWER.text].setFocus()
    qtbot.keyClick(buttons(card)[SLOWER.text], Qt.Key.Key_Space)
    assert digits.workspace.project.training.optimizer.lr == 0.0001
    qtbot.mouseClick(buttons(card)["Plateau"], Qt.MouseButton.LeftButton)
    assert digits.workspace.project.training.schedule.name == "plateau"
    qtbot.mouseClick(buttons(card)[CLIP.text], Qt.MouseButton.LeftButton)
    assert digits.workspace.project.training.clip_norm == 1.0
    assert not any(made.isEnabled() for made in buttons(card).values())
    digits.workspace.undo()
    assert buttons(card)[CLIP.text].isEnabled()


def test_what_training_can_take_changes_at_once(
    digits: MainWindow, card: DiagnosisCard, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, asked = digits.training, []
    monkeypatch.setattr(training, "change", lambda name, value: asked.append((name, value)))
    monkeypatch.setattr(training, "state", "running")
    before = digits.workspace.project
    told(digits, replace(DEAD, remedies=(SLOWER, CLIP)))
    qtbot.mouseClick(buttons(card)[SLOWER.text], Qt.MouseButton.LeftButton)
    assert asked == [("optimizer.lr", 0.0001)]
    assert digits.workspace.project == before
    training.changes.append(Changed(5, "optimizer.lr", 0.001, 0.0001, 100))
    training.changed.emit(training.changes[-1])
    assert not buttons(card)[SLOWER.text].isEnabled()
    qtbot.mouseClick(buttons(card)[CLIP.text], Qt.MouseButton.LeftButton)  # not while it runs
    assert len(asked) == 1
    assert digits.workspace.project.training.clip_norm == 1.0


def test_what_no_longer_fits_is_told(digits: MainWindow, card: DiagnosisCard, qtbot: QtBot) -> None:
    notices: list[Notice] = []
    digits.workspace.notified.connect(notices.append)
    gone = Remedy("Use LeakyReLU", replace="LeakyReLU", layers=("relu1", "relu99"))
    told(digits, replace(DEAD, remedies=(gone,)))
    before = digits.workspace.project
    qtbot.mouseClick(buttons(card)["Use LeakyReLU"], Qt.MouseButton.LeftButton)
    assert digits.workspace.project == before
    assert notices[-1].tone == "problem"


def test_a_failure_stands_first_with_its_remedies(digits: MainWindow, card: DiagnosisCard) -> None:
    digits.training.failure = Failed("Training diverged.", "Lower the rate.", 1, 3, "linear1", (SLOWER, CLIP))
    told(digits, DEAD, WELL)
    assert len(texts(card)) == 2  # good news have no place beside it
    assert "Problem. linear1: Training diverged." in texts(card)  # what may help stands on buttons
    assert CLIP.text in buttons(card)


# The rows of the stack


def vitals(**figures: Any) -> LayerVitals:
    well = LayerVitals(np.arange(24), -1.0, 2.0, 0.5, 0.3, math.nan, math.nan, 0.1, 5.0, 0.2, 1e-3)
    return replace(well, **figures)


def test_row_vitals_say_why() -> None:
    seen = {"linear1": vitals(), "relu1": vitals(dead=0.61, update=math.nan), "relu2": vitals()}
    rows = TrainedVitals(seen, (replace(DEAD, remedies=(replace(LEAKY, layers=("relu1", "relu2")),)), WELL))
    assert rows
    assert not TrainedVitals({}, ())
    assert rows.get("linear9") is None
    assert (rows.get("linear1").tone, rows.get("relu1").tone, rows.get("relu2").tone) == (
        "good",
        "problem",
        "problem",
    )
    assert rows.get("relu1").tip.splitlines() == [
        "61 % of its units never fire.",
        "Activations -1 to 2, mean 0.5 · 61 % of units silent",
        "Histogram of activations · gradient norm 0.1 (bar: 1e-6 to 100)",
        "Click, or press Enter, for what is normal and what helps.",
    ]
    assert rows.get("relu2").tip.startswith("relu1: 61 %")
    assert "a step changes weights by 0.1 %" in rows.get("linear1").tip


def test_bars_are_roots_of_counts() -> None:
    heights = RowVitals(np.array([0, 0, 1, 0, 0, 100] + [0] * 18), None).heights
    assert len(heights) == BARS
    assert heights[:3] == [0.0, 0.1, 1.0]
    assert RowVitals(np.zeros(24), None).heights == [0.0] * BARS


def test_rows_show_the_training_on_its_stage_only(digits: MainWindow, qtbot: QtBot) -> None:
    rows, training = digits.stack.rows, digits.training
    digits.show_stage("train")
    assert rows.headerData(EXTRA, Qt.Orientation.Horizontal) == "FLOPS"
    training.vitals = Vitals(10, {name.id: vitals() for name in digits.workspace.graph}, 0.01)
    training.vitals_changed.emit()
    qtbot.waitUntil(lambda: rows.shows_vitals)
    assert rows.headerData(EXTRA, Qt.Orientation.Horizontal) == "ACT. · GRAD."
    place = rows.row_of("relu1")
    assert rows.vitals(place).tone == "good"
    told(digits, DEAD)
    qtbot.waitUntil(lambda: rows.vitals(place).tone == "problem")
    assert "never fire" in rows.data(rows.index(place, EXTRA), Qt.ItemDataRole.ToolTipRole)
    digits.stack.table.grab()
    digits.show_stage("design")
    assert not rows.shows_vitals
    digits.show_stage("train")
    assert rows.shows_vitals
    rows.set_vitals({"relu1": RowVitals(np.ones(24), None, "warning")})
    assert rows.vitals(place).tone == "warning"  # the sample that is inspected goes first
    rows.set_vitals({})
    assert rows.vitals(place).tone == "problem"


def test_a_folded_block_shows_what_is_not_well_in_it(digits: MainWindow, qtbot: QtBot) -> None:
    workspace, rows = digits.workspace, digits.stack.rows
    workspace.select("linear1")
    workspace.stack.choose(["linear1", "relu1", "dropout1"])
    workspace.stack.blocks.group("Part")
    block = workspace.graph.blocks[0].id
    workspace.stack.fold([block], True)
    seen = {node.id: vitals(mean=float(n)) for n, node in enumerate(workspace.graph)}
    rows.set_trained(TrainedVitals(seen, ()))
    assert "mean 4" in rows.vitals(rows.row_of(block)).tip  # that of its last layer
    rows.set_trained(TrainedVitals(seen, (DEAD,)))
    assert rows.vitals(rows.row_of(block)).tone == "problem"


def test_rows_are_cheap_to_draw(digits: MainWindow) -> None:
    seen = {node.id: vitals() for node in digits.workspace.graph}
    table = digits.stack.table

    def draw() -> None:
        digits.stack.rows.set_trained(TrainedVitals(seen, (DEAD,)))
        table.viewport().repaint()

    draw()  # the first prepares
    assert lines_run(draw) < 700 * len(seen), "620 lines a row"


def test_a_training_is_diagnosed_in_the_window(digits: MainWindow, qtbot: QtBot) -> None:
    project = override(digits.workspace.project, ["optimizer.lr=1", "epochs=400"])
    digits.workspace.edit("bad", project)
    digits.show_stage("train")
    digits.train()
    training = digits.training
    qtbot.waitUntil(
        lambda: any(finding.name == "dead_units" for finding in training.findings), timeout=PATIENCE_MS
    )
    layer = next(finding.layer for finding in training.findings if finding.name == "dead_units")
    rows = digits.stack.rows
    qtbot.waitUntil(lambda: (seen := rows.vitals(rows.row_of(layer))) is not None and seen.tone == "problem")
    training.stop()
    qtbot.waitUntil(lambda: not training.active)
    assert rows.shows_vitals  # what it ended with stays to be seen
