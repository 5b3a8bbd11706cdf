"""The card that a click on a row's vitals opens: what it tells, by mouse and keys, what its buttons do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from workbench.graph.overrides import override
from workbench.train.events import Finding, LayerVitals, Remedy, Vitals
from workbench.ui.layer_health import sampled, trained
from workbench.ui.layer_health_card import LayerHealthCard
from workbench.ui.layer_health_plot import HealthPlot
from workbench.ui.main_window import MainWindow
from workbench.ui.notice import Notice
from workbench.ui.stack_rows import EXTRA
from workbench.ui.stack_vitals import spent

PATIENCE_MS = 60_000
NAN = math.nan

LEAKY = Remedy("Use LeakyReLU", replace="LeakyReLU", layers=("relu1",))
SLOWER = Remedy("Lower the learning rate to 0.0001", (("optimizer.lr", 0.0001),))
NORM = Remedy("Add LayerNorm before relu1", insert=(("relu1", "LayerNorm"),))
START = Remedy("Start from kaiming_normal weights", (("init", "kaiming_normal"),))
DEAD = Finding("dead_units", "broken", "61 % of its units never fire.", "relu1", (LEAKY, SLOWER, NORM, START))


def seen(**figures: Any) -> LayerVitals:
    well = LayerVitals(np.arange(24), -1.0, 2.0, 0.5, 0.3, NAN, NAN, 0.1, 5.0, 0.2, 1.2e-3)
    more = {"gradient_counts": np.arange(24), "gradient_low": -6.0, "gradient_high": -1.0}
    return replace(
        well, **{**more, "gradient_zeros": 0.2, "rank": 9.4, "most_rank": 31, "time": 0.12, **figures}
    )


@pytest.fixture
def digits(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> MainWindow:
    """The digits, as if they had been trained for ten steps."""
    made = open_sample("digits-mlp")
    made.show_stage("train")
    layers = {node.id: seen() for node in made.workspace.graph}
    layers["relu1"] = seen(dead=0.61, weight=NAN, update=NAN, rank=NAN)
    made.training.vitals = Vitals(10, layers, 0.009, 0.8)
    made.training.findings = (DEAD,)
    made.training.vitals_changed.emit()
    qtbot.waitUntil(lambda: made.stack.rows.shows_vitals)
    return made


def click(window: MainWindow, layer: str, qtbot: QtBot) -> None:
    table = window.stack.table
    at = table.visualRect(window.stack.rows.index(window.stack.rows.row_of(layer), EXTRA)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def card(window: MainWindow) -> LayerHealthCard:
    made = window.findChild(LayerHealthCard, "layerHealth")
    assert made is not None
    return made


def texts(window: MainWindow) -> list[tuple[str, str, str]]:
    """The rows of the table of figures."""
    grid = {cell.objectName(): cell for cell in card(window).findChildren(QLabel)}
    rows = []
    for number in range(1, 12):
        cells = [grid.get(f"layerHealthCell_{number}_{column}") for column in range(3)]
        if all(cell is not None and cell.isVisible() for cell in cells):
            rows.append(tuple(cell.text() for cell in cells))
    return rows


def remedies(window: MainWindow) -> dict[str, QPushButton]:
    found = card(window).findChildren(QPushButton, "remedy")
    return {made.text(): made for made in found if made.isVisible()}


def test_a_click_tells_why_and_what_is_normal(digits: MainWindow, qtbot: QtBot) -> None:
    click(digits, "relu1", qtbot)
    shown = card(digits)
    assert shown.isVisible()
    assert digits.workspace.selection == "relu1"
    assert shown.accessibleName() == "relu1 · ReLU: Broken"
    assert "61 % of its units never fire." in shown.findChild(QLabel, "findingText").text()
    assert ("Units that never fire", "61 %", "under 40 %") in texts(digits)
    assert ("Share of a step", "12 %", "") in texts(digits)
    plots = {plot.objectName(): plot for plot in shown.findChildren(HealthPlot)}
    assert all(plot.isVisible() for plot in plots.values())
    middles, counts = plots["layerHealth_gradients"].series()["log10"]
    assert counts.tolist() == list(range(24))
    assert middles[0] == pytest.approx(-6 + 5 / 48)
    assert shown.findChild(QLabel, "layerHealthFoot").text() == (
        "After step 10 · vitals: every 0.8\N{NO-BREAK SPACE}s, 0.9\N{NO-BREAK SPACE}% of the time"
    )
    row = digits.stack.table.visualRect(digits.stack.rows.index(digits.stack.rows.row_of("relu1"), EXTRA))
    edge = digits.stack.table.viewport().mapTo(digits, row.topRight())
    assert shown.geometry().left() > edge.x()
    assert shown.geometry().top() < edge.y() < shown.geometry().bottom()
    assert digits.rect().contains(shown.geometry())
    click(digits, "linear1", qtbot)
    assert shown.accessibleName() == "linear1 · Linear: Healthy"
    assert ("Update ÷ weights", "1.2e-3", "about 1e-3") in texts(digits)
    assert ("Effective rank", "9.4 of 31", "near the number of classes") in texts(digits)
    assert "Nothing stands out" in shown.findChild(QLabel, "layerHealthWhy").text()
    assert remedies(digits) == {}


def test_by_keys_alone(digits: MainWindow, qtbot: QtBot) -> None:
    table = digits.stack.table
    digits.workspace.select("linear1")
    with qtbot.waitActive(digits):
        digits.activateWindow()
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    shown = card(digits)
    assert shown.isVisible()
    assert shown.hasFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert digits.workspace.selection == "relu1"
    assert shown.accessibleName() == "relu1 · ReLU: Broken"
    reached = set()
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert set(remedies(digits).values()) <= reached
    remedies(digits)["Use LeakyReLU"].setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not shown.isVisible()
    assert table.hasFocus()
    assert digits.workspace.stack.layer("relu1").type == "ReLU"


def test_it_goes_with_a_click_elsewhere_its_button_or_its_row(digits: MainWindow, qtbot: QtBot) -> None:
    click(digits, "relu1", qtbot)
    shown = card(digits)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert shown.isVisible()
    qtbot.mouseClick(digits.status, Qt.MouseButton.LeftButton)
    assert not shown.isVisible()
    click(digits, "relu1", qtbot)
    qtbot.mouseClick(shown.findChild(QToolButton, "layerHealthClose"), Qt.MouseButton.LeftButton)
    assert not shown.isVisible()
    click(digits, "relu1", qtbot)
    digits.show_stage("design")
    assert not shown.isVisible()
    click(digits, "relu1", qtbot)
    assert not shown.isVisible()  # that column shows something else there
    digits.show_stage("train")
    click(digits, "relu1", qtbot)
    digits.workspace.stack.remove()
    assert not shown.isVisible()


def test_it_follows_the_figures(digits: MainWindow, qtbot: QtBot) -> None:
    click(digits, "relu1", qtbot)
    layers = {
        **digits.training.vitals.layers,
        "relu1": seen(dead=0.05, weight=NAN, gradient_counts=np.array([])),
    }
    digits.training.vitals = Vitals(20, layers, 0.009, 0.8)
    digits.training.findings = ()
    digits.training.vitals_changed.emit()
    qtbot.waitUntil(lambda: card(digits).accessibleName().endswith("Healthy"))
    assert card(digits).findChild(QLabel, "layerHealthNone_gradients").text() == "none reach it"
    assert not card(digits).findChild(HealthPlot, "layerHealth_gradients").isVisible()


def test_remedies_act_with_one_click_and_are_undone(digits: MainWindow, qtbot: QtBot) -> None:
    workspace, notices = digits.workspace, []
    workspace.notified.connect(notices.append)
    before = workspace.project
    click(digits, "relu1", qtbot)
    for text, changed in (
        ("Use LeakyReLU", lambda: workspace.stack.layer("relu1").type == "LeakyReLU"),
        ("Lower the learning rate to 0.0001", lambda: workspace.project.training.optimizer.lr == 0.0001),
        ("Start from kaiming_normal weights", lambda: workspace.project.training.init == "kaiming_normal"),
        (
            "Add LayerNorm before relu1",
            lambda: [node.type for node in workspace.graph][2:5] == ["Linear", "LayerNorm", "ReLU"],
        ),
    ):
        qtbot.mouseClick(remedies(digits)[text], Qt.MouseButton.LeftButton)
        assert changed(), text
        assert not remedies(digits)[text].isEnabled()
        assert isinstance(notices[-1], Notice)
        assert notices[-1].actions[0][0] == "Undo"
        workspace.undo()
        assert workspace.project == before
        assert remedies(digits)[text].isEnabled()


def test_norms_are_put_into_all_copies_of_a_block_once(digits: MainWindow, qtbot: QtBot) -> None:
    workspace = digits.workspace
    workspace.select("linear1")
    workspace.stack.choose(["linear1", "relu1", "dropout1"])
    workspace.stack.blocks.group("Part")
    workspace.stack.choose(["linear1", "relu1", "dropout1"])
    workspace.stack.blocks.repeat(workspace.graph.blocks[0].id, 3)
    acting = [node.id for node in workspace.graph if node.type == "ReLU" and node.block]
    assert len(acting) == 3
    both = Remedy("Add LayerNorm", insert=tuple((name, "LayerNorm") for name in acting))
    for remedy in (replace(NORM, insert=both.insert[:1]), both):
        digits.health._remedies.apply(DEAD, remedy)
        types = [node.type for node in workspace.graph]
        assert types.count("LayerNorm") == 3
        assert all(types[n - 1] == "LayerNorm" for n, kind in enumerate(types[:-3]) if kind == "ReLU")
        assert digits.health._remedies.is_done(DEAD, both)
        workspace.undo()
    assert not digits.health._remedies.is_done(DEAD, both)


def test_the_rate_changes_live(digits: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(digits.training, "change", lambda name, value: asked.append((name, value)))
    monkeypatch.setattr(digits.training, "state", "running")
    click(digits, "relu1", qtbot)
    qtbot.mouseClick(remedies(digits)[SLOWER.text], Qt.MouseButton.LeftButton)
    assert asked == [("optimizer.lr", 0.0001)]


def test_in_inspect_it_tells_of_the_sample(digits: MainWindow, qtbot: QtBot) -> None:
    digits.show_stage("inspect")
    panel = digits.stages.panel("inspect")
    qtbot.waitUntil(
        lambda: panel.inspection is not None and digits.stack.rows.shows_vitals, timeout=PATIENCE_MS
    )
    click(digits, "relu1", qtbot)
    assert digits.workspace.selection == "relu1"
    zeros = 100 * float((panel.inspection.activations["relu1"] == 0).mean())
    assert ("Zeros", f"{zeros:.0f} %", "") in texts(digits)
    assert card(digits).findChild(QLabel, "layerHealthFoot").text() == "Of this sample, in evaluation mode."
    counts = card(digits).findChild(HealthPlot, "layerHealth_activations").series()["value"][1]
    assert counts.sum() == panel.inspection.activations["relu1"].size


def test_what_a_training_tells_of_a_layer() -> None:
    told = trained("linear1", seen(gradient=0.0, update=0.0), (), "problem")
    assert "No gradient reaches it" in told.why
    tones = {figure.name: figure.tone for figure in told.figures}
    assert (tones["Gradient norm"], tones["Update ÷ weights"]) == ("problem", "warning")
    stuck = trained("tanh1", seen(saturated=0.75, weight=NAN, update=NAN), (DEAD,), "warning")
    assert next(f for f in stuck.figures if f.name == "Saturated values").tone == "warning"
    assert stuck.why == ""


@pytest.mark.parametrize("values", [np.zeros(7), np.array([np.nan, np.inf]), np.array(3), np.arange(5)])
def test_a_sample_of_any_values(values: np.ndarray, qtbot: QtBot) -> None:
    told = sampled("linear1", values, values.astype(np.float64), "good", "")
    assert any(f.name == "Not finite" for f in told.figures) == (not np.isfinite(values).all())
    plot = HealthPlot("plot")
    qtbot.addWidget(plot)
    for shown in (told.activations, told.gradients):
        if shown is not None:
            plot.display(shown, "good")
    if told.gradients is not None and np.isfinite(values).all():
        assert told.gradients.counts.sum() == np.count_nonzero(values)


def test_how_often_is_said_in_words() -> None:
    assert spent(Vitals(1, {}, 0.0123, 12.3)).replace("\N{NO-BREAK SPACE}", " ") == (
        "vitals: every 12 s, 1.2 % of the time"
    )
    assert spent(Vitals(1, {}, 0.01)).replace("\N{NO-BREAK SPACE}", " ") == "vitals: 1.0 % of the time"


def test_it_stays_while_a_training_runs(
    open_sample: Callable[[str], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.train.vitals.SHARE", 0.5)  # look often, however busy this machine is
    window = open_sample("digits-mlp")
    window.workspace.edit("longer", override(window.workspace.project, ["epochs=400"]))
    window.train()
    qtbot.waitUntil(lambda: window.stack.rows.shows_vitals, timeout=PATIENCE_MS)
    click(window, "linear2", qtbot)
    shown = card(window)
    first = shown.findChild(QLabel, "layerHealthFoot").text()
    qtbot.waitUntil(lambda: shown.findChild(QLabel, "layerHealthFoot").text() != first, timeout=PATIENCE_MS)
    assert shown.isVisible()
    assert "of the time" in window.findChild(QLabel, "trainingFacts").text()
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.active, timeout=PATIENCE_MS)
    assert shown.isVisible()
