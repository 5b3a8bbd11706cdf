"""Compare, through its widgets: two runs of a sample, and what can be clicked on their differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ready
from workbench.graph.overrides import override
from workbench.interpret.registry import METHODS
from workbench.runs.opening import begun
from workbench.runs.recorder import record
from workbench.runs.store import RunStore
from workbench.ui.inspect import compare_answers, compare_layer, compare_layers
from workbench.ui.inspect.compare_groups import GroupButton
from workbench.ui.inspect.compare_page import ComparePage
from workbench.ui.inspect.inspected import OwnSample
from workbench.ui.inspect.view import View
from workbench.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
Show = Callable[..., ComparePage]


@pytest.fixture
def show(open_sample: Callable[[str], MainWindow], qtbot: QtBot) -> Show:
    """Return a function that trains runs of a sample, each with its own changes, and compares them."""

    def show(sample: str, *runs: tuple[str, ...]) -> ComparePage:
        window = open_sample(sample)
        window.resize(1440, 900)
        for changes in runs:
            train(window, qtbot, *changes)
        window.show_stage("inspect")
        panel = window.stages.panel("inspect")
        panel.bar.run.refresh()
        newest = f"{len(runs):04}" if runs else ""
        qtbot.waitUntil(lambda: panel.inspected.run == newest)
        click(panel.findChild(QPushButton, "inspectPages_compare"))
        qtbot.waitUntil(lambda: isinstance(panel.page, ComparePage))
        page = panel.page
        qtbot.waitUntil(lambda: page._listed_for == newest)
        return page

    return show


def train(window: MainWindow, qtbot: QtBot, *changes: str) -> None:
    workspace = window.workspace
    project = override(workspace.project, ("epochs=1", "keep=0", "probes.samples=0", *changes))
    workspace.edit("Be quick", project)
    ready(window, qtbot)
    for _ in record(*begun(RunStore(workspace.folder), project, workspace.dataset)):
        pass


def rest(page: ComparePage, qtbot: QtBot) -> None:
    """Wait until both models are compared, and one sample at a layer."""

    def done() -> bool:
        waiting = page._soon.isActive() or page._rest.isActive()
        return page._is_answered() and not (page.job.busy or page.layer.job.busy or waiting)

    qtbot.waitUntil(done)
    QApplication.processEvents()


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=at or QPoint(widget.width() // 2, widget.height() // 2))


def text(page: ComparePage, name: str) -> str:
    return page.findChild(QLabel, name).text()


def listed(page: ComparePage) -> list[tuple[str, ...]]:
    model = page.answers.table.model()
    rows = range(model.rowCount())
    return [tuple(model.index(r, c).data() for c in range(model.columnCount())) for r in rows]


def saved(page: ComparePage, module: object, card: str, monkeypatch: pytest.MonkeyPatch) -> View:
    views: list[View] = []
    monkeypatch.setattr(module, "offer", lambda _parent, _workspace, view: views.append(view))
    click(page.findChild(QPushButton, f"{card}Save"))
    return views[0]


SMALL = ("conv1.out_channels=4", "linear1.out_features=8", "batch_size=128")


def test_two_runs_of_digits(show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show(
        "digits-cnn",
        (*SMALL, "conv2.out_channels=6", "seed=1"),
        (*SMALL, "conv2.out_channels=8", "seed=2", "epochs=3"),
    )
    inspected, workspace = page.inspected, page.workspace
    rest(page, qtbot)
    assert page.other.words == "Run 0001 · epoch 1"
    arrays = page.comparison.arrays
    # in place of the input, which is selected but the same for both
    assert workspace.selection in ("", "input1")
    assert page.layer.title.text() == page.comparison.first != "input1"

    # the sentence and the groups are what the answers say
    right, other = (arrays[name] == arrays["target"] for name in ("predicted", "predicted_other"))
    agree = np.mean(arrays["predicted"] == arrays["predicted_other"])
    assert f"agree on {100 * agree:.1f}\N{NO-BREAK SPACE}% of 270 samples" in text(page, "compareWords")
    assert f"Run 0002 is right on {100 * right.mean():.1f}" in text(page, "compareWords")
    distance = arrays["distance"]
    assert [row[0] for row in listed(page)][:3] == [
        str(arrays["samples"][n]) for n in np.argsort(-distance, kind="stable")[:3]
    ]

    # a group lists only its samples; again, all
    button = page.findChild(GroupButton, "compareGroup_this")
    click(button)
    rows = listed(page)
    assert len(rows) == int((right & ~other).sum()) > 1
    assert all(row[1] == row[2] != row[3] for row in rows)

    # a click on one, or an arrow key, inspects it
    table = page.answers.table
    click(table.viewport(), table.visualRect(table.model().index(0, 1)).center())
    assert inspected.sample == int(rows[0][0])
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert inspected.sample == int(rows[1][0])
    click(button)
    assert len(listed(page)) == len(arrays["samples"])
    assert table.samples.number(table.currentIndex().row()) == int(rows[1][0])
    page.findChild(GroupButton, "compareGroup_this").setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert len(listed(page)) == len(rows)

    # a click on a layer selects it and shows it for the sample, on both models
    plot = page.layers.plot
    names = list(page.comparison.layers)
    click(plot, plot.row_rect(names.index("relu1")).center().toPoint())
    assert workspace.selection == "relu1"
    rest(page, qtbot)
    assert page.layer.title.text() == "relu1"
    view = saved(page, compare_layer, "compareLayer", monkeypatch)
    make, their = inspected.subject(), page.comparison.other
    here = METHODS["activations"].run(make(None)).arrays["relu1"]
    subject = make(None)
    there = METHODS["activations"].run(type(subject)(their.load(), subject.dataset, sample=subject.sample))
    np.testing.assert_allclose(view.arrays["this"], here, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(view.arrays["other"], there.arrays["relu1"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(view.arrays["difference"], here - there.arrays["relu1"], atol=1e-5)
    assert text(page, "compareThisHeading").startswith(f"Run 0002: {rows[1][2]} (")
    assert text(page, "compareThatHeading").startswith(f"Run 0001 · epoch 1: {rows[1][3]} (")

    # arrow keys walk through the layers; of other shapes there is no difference
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Down)
    rest(page, qtbot)
    assert workspace.selection == "conv2"
    assert text(page, "compareDifferenceWhy").startswith("8×8×8 here and 6×8×8 there")
    place = names.index("conv2")
    assert np.isnan(arrays["difference"][place])
    QTest.mouseMove(plot, plot.row_rect(0).center().toPoint())
    assert text(page, "compareLayersReadout").startswith("input1: CKA 1.0000, relative difference 0.0000")

    # gradients and attributions, of the same question to both
    click(page.findChild(QPushButton, "compareKind_gradient"))
    rest(page, qtbot)
    assert "of the loss against class" in text(page, "compareLayerSaid")
    click(page.findChild(QPushButton, "compareKind_attribution"))
    rest(page, qtbot)
    box = page.layer.method
    box.setCurrentIndex(box.findData("input_x_gradient"))
    box.activated.emit(box.currentIndex())
    rest(page, qtbot)
    view = saved(page, compare_layer, "compareLayer", monkeypatch)
    assert view.title.startswith("Input × gradient in Run 0002 and Run 0001")
    method, subject = METHODS["input_x_gradient"], make(None)
    ours = method.run(subject)
    theirs = method.run(
        type(subject)(their.load(), subject.dataset, sample=subject.sample, target=ours.target)
    )
    expected = (ours.arrays["attribution"] - theirs.arrays["attribution"])[0]
    np.testing.assert_allclose(view.arrays["difference"], expected, atol=1e-6)

    # what was worked out is there at once
    click(page.findChild(QPushButton, "compareKind_gradient"))
    assert not page.layer.job.busy
    QApplication.sendEvent(page, QEvent(QEvent.Type.PaletteChange))
    assert page.layer.columns.isVisible()
    first = page.comparison
    page.other.choose_untrained()
    rest(page, qtbot)
    assert "Untrained on" in text(page, "compareWords")
    page.other.setCurrentIndex(0)
    page.other.activated.emit(0)
    assert page.comparison.result is first.result
    rest(page, qtbot)

    answers = saved(page, compare_answers, "compareAnswers", monkeypatch).arrays
    assert {name: len(values) for name, values in answers.items()} == dict.fromkeys(
        ("samples", "target", "predicted", "predicted_other", "distance"), 270
    )
    layers = saved(page, compare_layers, "compareLayers", monkeypatch).arrays
    assert list(layers) == ["layers", "cka", "difference"]
    np.testing.assert_array_equal(layers["cka"], first.arrays["cka"])


def test_values_and_own_settings(show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show("diabetes-regression", ("seed=1",), ("seed=2", "epochs=2"))
    rest(page, qtbot)
    arrays = page.comparison.arrays
    apart = np.abs(arrays["predicted"] - arrays["predicted_other"])
    assert f"{apart.mean():.4g} apart on average" in text(page, "compareWords")
    assert page.answers.scatter.isVisible()
    assert not page.answers.groups.isVisible()
    assert float(listed(page)[0][4]) == pytest.approx(apart.max(), rel=1e-3)
    points = page.answers.scatter.series()["samples"]
    np.testing.assert_allclose(points, [arrays["predicted_other"], arrays["predicted"]])

    # where a row enters, bars have the features' names
    for place in (-1, 0):
        page.workspace.select(page.workspace.graph.layers[place].id)
        rest(page, qtbot)
    units = page.layer.columns.this._values.units
    names = page.inspected.dataset.features
    assert tuple(units.called(place) for place in range(len(names))) == names
    page.workspace.select(page.workspace.graph.layers[-1].id)
    rest(page, qtbot)

    # of a sample whose truth nobody knows, gradients are of the output
    number = page.inspected.sample
    values = page.inspected.dataset.batch(np.array([number]))[0]
    page.inspected.choose_sample(OwnSample(values, "typed"))
    click(page.findChild(QPushButton, "compareKind_gradient"))
    rest(page, qtbot)
    assert text(page, "compareLayerSaid").endswith("of the output")
    page.inspected.choose_sample(number)

    # bars of both models stand in one order
    click(page.findChild(QPushButton, "compareKind_attribution"))
    rest(page, qtbot)
    bars = [column._bars for column in (page.layer.columns.this, page.layer.columns.that)]
    np.testing.assert_array_equal(bars[0]._order, bars[1]._order)
    assert saved(page, compare_layer, "compareLayer", monkeypatch).arrays["this"].shape == (10,)

    # another threshold is another answer
    page.settings.edited.emit(type(page._method)(alike=0.0))
    rest(page, qtbot)
    assert text(page, "compareLayersWords") == "All layers see the samples alike (CKA at least 0)."


def test_nothing_to_compare_with(show: Show, qtbot: QtBot) -> None:
    page = show("wine-softmax", ("seed=1",))
    empty = page.findChild(QWidget, "compareEmpty")
    qtbot.waitUntil(empty.isVisible)
    assert page.other.other() is None
    click(page.findChild(QPushButton, "compareUntrained"))
    rest(page, qtbot)
    assert not empty.isVisible()
    assert page.other.words == "Untrained"


def test_untrained_weights_alone(show: Show, qtbot: QtBot) -> None:
    page = show("wine-softmax")
    empty = page.findChild(QWidget, "compareEmpty")
    qtbot.waitUntil(empty.isVisible)
    assert not page.findChild(QPushButton, "compareUntrained").isVisible()


def test_cancelled_and_of_other_data(show: Show, qtbot: QtBot) -> None:
    page = show("wine-softmax", ("seed=1",), ("data.split.seed=9",))
    qtbot.waitUntil(lambda: page._asked is not None and not page.job.busy)
    shown = [label.text() for label in page.findChild(QWidget, "compareEmpty").findChildren(QLabel)]
    assert any("run 0001 was trained on other data" in said for said in shown)

    page.other.choose_untrained()
    page.job.cancel()
    again = page.findChild(QPushButton, "compareAgain")
    assert again.isVisible()
    click(again)
    rest(page, qtbot)
    assert page.other.words == "Untrained"
