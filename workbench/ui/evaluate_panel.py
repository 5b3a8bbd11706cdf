"""Evaluate: how good a run is on a part of the data, and where it errs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.graph import Project
from workbench.ui import theme, wording
from workbench.ui.cards import Card, Page, Tile, label
from workbench.ui.confusion import ConfusionMatrix
from workbench.ui.evaluate_detail import EvaluateDetail, as_high_as_is_left
from workbench.ui.form import Choice
from workbench.ui.inspect.models import UNTRAINED
from workbench.ui.jobs import Latest
from workbench.ui.runs_choice import RunsChoice
from workbench.ui.scatter import ScatterPlot
from workbench.ui.train_first import TrainFirst
from workbench.ui.training import Training
from workbench.ui.wording import grouped
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset, SplitName
    from workbench.evaluate.report import Report

TILES = 6
MEANINGS = {
    "accuracy": "Share of samples predicted rightly",
    "precision": "Of those predicted to be a class, the share that are it",
    "recall": "Of those that are a class, the share found",
    "f1": "F1, the harmonic mean of precision and recall",
    "roc_auc": "Area under the ROC curve",
    "r2": "R², the coefficient of determination",
    "mean_absolute_error": "Mean absolute error",
    "mean_squared_error": "Mean squared error",
    "root_mean_squared_error": "Root mean squared error",
    "loss": "Loss, as in training",
}
"""Metrics' full names."""


class EvaluatePanel(Page):
    """The stage in which a trained network is judged."""

    sample_wanted = Signal(str, int)
    """The user wants to look into a sample: its split and index."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluatePanel")
        self._workspace, self._training = workspace, training
        self.report: Report | None = None
        self._pages = QStackedWidget()
        text = self.tr("Train the stack first: a run's best weights are judged here.")
        self._empty = TrainFirst("chart-line", self.tr("Nothing to evaluate yet"), text)
        self._blank = QWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._full(training))
        self._pages.addWidget(self._blank)
        self.column.addWidget(self._pages)
        self._evaluate = Latest(workspace.jobs)
        self._evaluate.answered.connect(self._show)
        self._evaluate.failed.connect(self._fail)
        self._run.chosen.connect(self.refresh)
        workspace.data_changed.connect(self.refresh)
        self.refresh()

    def _full(self, training: Training) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addLayout(self._controls(training))
        tiles = QHBoxLayout()
        tiles.setSpacing(theme.S)
        self._tiles = [Tile("", f"evaluateTile{n}", roomy=False) for n in range(TILES)]
        for tile in self._tiles:
            tile.layout().setContentsMargins(10, 10, 10, 10)  # type: ignore[union-attr]  # six in a row
            tiles.addWidget(tile, 1)
        column.addLayout(tiles)
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        row.addWidget(self._overview_card(), 1)
        self._detail = EvaluateDetail()
        self._detail.chosen.connect(self._want)
        row.addWidget(self._detail, 1)
        column.addLayout(row, 1)
        return page

    def _controls(self, training: Training) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        self._run = RunsChoice(self._workspace, training)
        self._part = Choice()
        self._part.setObjectName("evaluateSplit")
        self._part.setAccessibleName(self.tr("Part of the data"))
        for key, text in (("test", "Test"), ("validation", "Validation"), ("train", "Train")):
            self._part.addItem(text, key)
        self._part.activated.connect(self.refresh)
        self._busy = label("", "muted", name="evaluateState")
        for part in (
            label(self.tr("Weights of"), "muted"),
            self._run,
            label(self.tr("on"), "muted"),
            self._part,
        ):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._busy)
        return row

    def _overview_card(self) -> Card:
        card = Card(self.tr("Confusion matrix"))
        self._overview = card
        self._views = QStackedWidget()
        self._matrix = ConfusionMatrix()
        self._matrix.chosen.connect(self._show_cell)
        self._scatter = ScatterPlot("predictionScatter")
        self._scatter.failed = self._workspace.tell_error
        self._scatter.chosen.connect(self._want)
        self._views.addWidget(self._matrix)
        self._views.addWidget(self._scatter)
        as_high_as_is_left(self._views)
        card.body.addWidget(self._views, 1)
        return card

    # Asking

    def refresh(self) -> None:
        """Evaluate again what is chosen."""
        if not self._run.listed:
            self._pages.setCurrentWidget(self._blank)
            return
        workspace = self._workspace
        run = self._run.run
        ready = run != UNTRAINED and workspace.dataset is not None and workspace.folder is not None
        self._pages.setCurrentIndex(1 if ready else 0)
        if not ready or workspace.dataset is None or workspace.folder is None:
            return
        self._busy.setText(self.tr("Evaluating…"))
        part = self._part.currentData()
        work = partial(_evaluate, workspace.folder, workspace.project, workspace.dataset, run, part)
        self._evaluate.ask(work)

    def _fail(self, error: Exception) -> None:
        self._busy.setText("")
        self._workspace.tell_error(error)

    # Showing

    def _show(self, report: Report) -> None:
        self.report = report
        self._busy.setText(self.tr("{} samples").format(grouped(report.samples)))
        shown = _worth_a_tile(report.metrics)
        for tile, (name, value) in zip(self._tiles, shown, strict=False):
            tile.display(wording.figure(name, value), "", wording.spelled(name))
            tile.setToolTip(f"{MEANINGS.get(name, wording.spelled(name))}: {value:.6g}")
        for number, tile in enumerate(self._tiles):
            tile.setVisible(number < len(shown))
        if report.confusion is not None:
            self._views.setCurrentIndex(0)
            self._overview.title.setText(self.tr("Confusion matrix"))
            self._overview.set_hint(self.tr("click a cell to see its samples"))
            self._matrix.display(report.confusion, tuple(item.name for item in report.classes))
            self._detail.show_classes(report)
        else:
            self._views.setCurrentIndex(1)
            self._overview.title.setText(self.tr("Predicted against true"))
            self._overview.set_hint(self.tr("on the line is right"))
            self._scatter.show_points(report.truth, np.ravel(report.predictions.labels), report.indices)
            self._detail.show_errors(report)

    def _show_cell(self, true: int, predicted: int) -> None:
        if self.report is not None and self._workspace.dataset is not None:
            self._detail.show_cell(self.report, self._workspace.dataset, true, predicted)

    def _want(self, index: int) -> None:
        if self.report is not None:
            self.sample_wanted.emit(self.report.split, index)


def _worth_a_tile(metrics: Mapping[str, float]) -> list[tuple[str, float]]:
    """Metrics, and the loss unless it is one of them."""
    shown = [(name, value) for name, value in metrics.items() if name != "loss"][: TILES - 1]
    loss = metrics["loss"]
    if not math.isclose(loss, metrics.get("mean_squared_error", math.nan), rel_tol=1e-5):
        shown.append(("loss", loss))
    return shown


def _evaluate(folder: Path, project: Project, dataset: Dataset, run_id: str, split: SplitName) -> Report:
    from workbench.evaluate.report import evaluate
    from workbench.runs.match import refuse_other_data, require_same_data
    from workbench.runs.store import RunStore
    from workbench.runs.weights import load_model

    run = RunStore(folder).open(run_id)
    require_same_data(run, project.data)
    refuse_other_data(run, dataset)
    training = run.project().training
    return evaluate(load_model(run), dataset, split, loss=training.loss, loss_batch=training.batch_size)
