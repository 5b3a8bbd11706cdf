"""Evaluate: its figures are scikit-learn's, and a click on a cell or a row leads to the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox, QTableWidget
from pytestqt.qtbot import QtBot
from sklearn import metrics

from workbench.graph.training import TrainingSection
from workbench.runs.store import RunStore
from workbench.runs.weights import load_model
from workbench.ui import theme
from workbench.ui.confusion import READABLE, ConfusionMatrix, contrast, ink
from workbench.ui.evaluate_panel import EvaluatePanel
from workbench.ui.feature_table import FeatureTable
from workbench.ui.main_window import MainWindow
from workbench.ui.scatter import ScatterPlot
from workbench.ui.wording import figure, spelled

LEFT = Qt.MouseButton.LeftButton
Open = Callable[[str], MainWindow]


def evaluated(window: MainWindow, qtbot: QtBot) -> EvaluatePanel:
    """Train two epochs and show what they are worth."""
    project = window.workspace.project
    section = TrainingSection.model_validate({**project.training.model_dump(), "epochs": 2})
    window.workspace.edit("Set epochs", project.model_copy(update={"training": section}))
    window.train()
    qtbot.waitUntil(lambda: window.training.last_epoch is not None)
    qtbot.waitUntil(lambda: not window.training.active)
    window.show_stage("evaluate")
    panel: Any = window.stages.panel("evaluate")
    qtbot.waitUntil(lambda: panel.report is not None and not panel._evaluate.busy)
    return panel  # type: ignore[no-any-return]


def outputs(window: MainWindow) -> tuple[np.ndarray, np.ndarray]:
    """The truth and the outputs on the test part, computed with torch alone."""
    import torch

    dataset, folder = window.workspace.dataset, window.workspace.folder
    assert dataset is not None
    assert folder is not None
    indices = dataset.splits["test"]
    model = load_model(RunStore(folder).open(RunStore(folder).list()[-1].id)).eval()
    with torch.no_grad():
        return dataset.targets[indices], model(torch.from_numpy(dataset.batch(indices))).numpy()


def tiles(panel: EvaluatePanel) -> dict[str, str]:
    """What the visible tiles say: names and figures."""
    shown = [tile for tile in panel._tiles if tile.isVisible()]
    assert all(tile.toolTip() for tile in shown)
    return {
        tile._title.text(): tile.findChild(QLabel, f"evaluateTile{n}").text() for n, tile in enumerate(shown)
    }


def child(panel: EvaluatePanel, kind: type[Any], name: str) -> Any:
    found = panel.findChild(kind, name)
    assert found is not None
    return found


def click_row(qtbot: QtBot, table: QTableWidget, row: int) -> int:
    """Click a row and return the sample that it shows."""
    item = table.item(row, 0)
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualItemRect(item).center())
    return int(item.text())


def assert_inspects(window: MainWindow, qtbot: QtBot, sample: int) -> None:
    panel: Any = window.stages.panel("inspect")
    qtbot.waitUntil(
        lambda: panel.isVisible() and panel.inspection is not None and panel.inspection.index == sample
    )
    number = window.findChild(QSpinBox, "inspectSample")
    assert number is not None
    assert window.workspace.dataset.splits["test"][number.value() - 1] == sample


def test_a_cell_of_the_matrix_leads_to_its_samples(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("wine-softmax")
    panel = evaluated(window, qtbot)
    truth, found = outputs(window)
    labels = found.argmax(1)

    expected = metrics.precision_recall_fscore_support(truth, labels, average="macro", zero_division=0)
    shown = tiles(panel)
    assert shown["Accuracy"] == figure("accuracy", metrics.accuracy_score(truth, labels))
    for name, value in zip(("precision", "recall", "f1"), expected[:3], strict=True):
        assert shown[spelled(name)] == figure(name, float(value))
    assert "Loss" in shown

    table = child(panel, QTableWidget, "classTable")
    recall = metrics.recall_score(truth, labels, average=None, zero_division=0)
    assert [table.item(row, 2).text() for row in range(3)] == [f"{value:.3f}" for value in recall]
    right = table.visualItemRect(table.item(0, 4)).right()
    assert right <= table.viewport().width(), "all columns are in sight"

    matrix = child(panel, ConfusionMatrix, "confusionMatrix")
    counts = metrics.confusion_matrix(truth, labels, labels=range(3))
    true, predicted = (int(n) for n in np.unravel_index(counts.argmax(), counts.shape))
    qtbot.mouseClick(matrix, LEFT, pos=matrix.cell_rect(true, predicted).center().toPoint())
    samples = child(panel, QTableWidget, "sampleTable")
    assert samples.isVisible()
    in_cell = window.workspace.dataset.splits["test"][(truth == true) & (labels == predicted)]
    assert [int(samples.item(row, 0).text()) for row in range(samples.rowCount())] == in_cell.tolist()
    assert_inspects(window, qtbot, click_row(qtbot, samples, len(in_cell) - 1))


def test_a_large_error_and_a_point_lead_to_the_sample(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("diabetes-regression")
    panel = evaluated(window, qtbot)
    truth, found = outputs(window)
    predicted = found[:, 0]
    indices = window.workspace.dataset.splits["test"]

    squared = metrics.mean_squared_error(truth, predicted)
    assert tiles(panel) == {
        spelled("r2"): figure("r2", metrics.r2_score(truth, predicted)),
        spelled("mean_absolute_error"): figure("", metrics.mean_absolute_error(truth, predicted)),
        spelled("mean_squared_error"): figure("", squared),
        spelled("root_mean_squared_error"): figure("", squared**0.5),
    }, "the loss is the mean squared error, so it is not said twice"

    table = child(panel, QTableWidget, "sampleTable")
    order = np.argsort(-np.abs(predicted - truth), kind="stable")
    assert [int(table.item(row, 0).text()) for row in range(5)] == indices[order[:5]].tolist()
    assert float(table.item(0, 3).text()) == pytest.approx(predicted[order[0]] - truth[order[0]], rel=1e-3)
    assert_inspects(window, qtbot, click_row(qtbot, table, 2))

    window.show_stage("evaluate")
    table.setCurrentCell(0, 0)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert_inspects(window, qtbot, int(indices[order[0]]))

    window.show_stage("evaluate")
    scatter = child(panel, ScatterPlot, "predictionScatter")
    qtbot.waitUntil(scatter.isVisible)
    wide, high = scatter.getPlotItem().getViewBox().viewPixelSize()
    assert wide == pytest.approx(high, rel=1e-3), "the line is at 45°"
    highest = int(np.argmax(truth))  # no other point lies on it
    box = scatter.getPlotItem().getViewBox()

    def place() -> QPoint:
        return scatter.mapFromScene(box.mapViewToScene(scatter._points.points()[highest].pos()))

    def settled() -> bool:
        before = place()
        scatter.grab()  # a plot finds its scale when it is painted
        return place() == before

    qtbot.waitUntil(settled)
    qtbot.mouseClick(scatter.viewport(), LEFT, pos=place())
    assert_inspects(window, qtbot, int(indices[highest]))


def test_a_sample_is_found_in_the_preview_by_its_row(open_sample: Open, qtbot: QtBot) -> None:
    window = open_sample("diabetes-regression")
    window.show_stage("data")
    table = window.findChild(FeatureTable, "previewTable")
    assert table is not None
    qtbot.waitUntil(lambda: table.model().rowCount() > 0)
    model, dataset = table.model(), window.workspace.dataset
    index = int(model.index(3, 0).data())
    assert model.headerData(0, Qt.Orientation.Horizontal) == "ROW"
    assert model.index(3, 1).data() == dataset.answer(index)
    assert float(model.index(3, 2).data()) == pytest.approx(
        float(dataset.inputs[index].reshape(-1)[0]), rel=1e-4
    )


@pytest.mark.parametrize("name", ["dark", "light"])
def test_counts_are_readable_on_every_cell(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    before = theme.current()
    theme.apply(qapp, theme.THEMES[name])
    try:
        matrix = ConfusionMatrix()
        qtbot.addWidget(matrix)
        for count in range(1, 101):
            matrix.display(np.array([[count, 100 - count], [count, 100 - count]]), ("a", "b"))
            for cell in np.ndindex(2, 2):
                ground = matrix.cell_color(*cell)
                assert contrast(ink(ground), ground) >= READABLE
        matrix.display(np.array([[1000, 0], [1, 999]]), ("a", "b"))
        look = theme.current()
        assert matrix.cell_color(0, 1) == look.color("hover"), "nothing is said where no sample is"
        assert contrast(matrix.cell_color(1, 0), look.color("card")) > 1.3, "a single error stands out"
    finally:
        theme.apply(qapp, before)
