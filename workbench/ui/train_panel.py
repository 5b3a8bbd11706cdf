"""Train: the figures of the moment, the live curves, the settings and the runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.graph import TrainingSection
from workbench.ui import theme
from workbench.ui.cards import Card, Page, Segments, Tile, button, label, scrolling
from workbench.ui.form import ModelForm
from workbench.ui.jobs import Latest
from workbench.ui.live_plot import LivePlot
from workbench.ui.runs_table import RunsTable
from workbench.ui.training import Training
from workbench.ui.wording import duration, figure, grouped, spelled
from workbench.ui.workspace import Workspace

BASIC = ("epochs", "batch_size", "optimizer", "schedule", "loss", "patience", "clip_norm", "seed")


class TrainPanel(Page):
    """The stage in which the network learns."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainPanel")
        self._workspace, self._training = workspace, training
        self.runs = RunsTable(workspace, training)
        self.column.addLayout(self._tiles())
        self.column.addWidget(self._plot_card(), 5)
        below = QHBoxLayout()
        below.setSpacing(theme.M)
        below.addWidget(self._settings_card(), 4)
        below.addWidget(self._runs_card(), 5)
        self.column.addLayout(below, 3)
        # a few pictures a second follow the curve as well as thirty, and leave the time to training
        self._draw_soon = QTimer(self, singleShot=True, interval=90)
        self._draw_soon.timeout.connect(self._redraw)
        self._past = Latest(workspace.jobs)
        self._past.answered.connect(self._show_past)
        self._past.failed.connect(workspace.tell_error)
        training.progressed.connect(self._update)
        training.state_changed.connect(self._update)
        training.epoch_ended.connect(self._offer_metrics)
        training.ended.connect(self.runs.refresh)
        training.run_opened.connect(self.runs.refresh)
        training.epoch_ended.connect(self.runs.show_live)
        training.state_changed.connect(self.runs.show_live)
        self.runs.chosen.connect(self._choose_run)
        self.runs.listed.connect(lambda: self._show_runs())
        workspace.changed.connect(self._show_settings)
        workspace.opened.connect(self._reset)
        self._show_settings()
        self._update()
        self.runs.refresh()

    def _tiles(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.M)
        self._metric = Tile(self.tr("Validation metric"), "metricTile")
        self._loss = Tile(self.tr("Training loss"), "lossTile")
        self._speed = Tile(self.tr("Samples a second"), "speedTile")
        self._time = Tile(self.tr("Status"), "timeTile")
        for tile in (self._metric, self._loss, self._speed, self._time):
            row.addWidget(tile, 1)
        return row

    def _plot_card(self) -> Card:
        card = Card(self.tr("Loss"))
        self._plot_title = card.title
        self._shown = "loss"
        self.plot = LivePlot("lossPlot")
        self._which = Segments([("loss", self.tr("Loss")), ("metric", self.tr("Metric"))], "curveChoice")
        self._which.group.buttonClicked.connect(lambda: self._redraw())
        self._log = button(self.tr("Log scale"), "segment", name="logScale")
        self._log.setCheckable(True)
        self._log.toggled.connect(lambda on: self.plot.set_log(on))
        card.head.addWidget(self._log)
        card.head.addWidget(self._which)
        self.plot.failed = self._workspace.tell_error
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.plot.setMinimumHeight(130)
        self._no_curves = label(self.tr("The curves are drawn here while the network learns."), "muted")
        self._no_curves.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid = QGridLayout()
        grid.addWidget(self.plot, 0, 0)
        grid.addWidget(self._no_curves, 0, 0)
        card.body.addLayout(grid, 1)
        return card

    def _settings_card(self) -> Card:
        card = Card(self.tr("Settings"), self.tr("for the next run"))
        self._form = ModelForm()
        self._form.setObjectName("trainingForm")
        self._form.edited.connect(self._edit)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self._form)
        column.addStretch(1)
        area = scrolling(content)
        area.setMinimumHeight(140)
        card.body.addWidget(area, 1)
        return card

    def _runs_card(self) -> Card:
        card = Card(self.tr("Runs"), self.tr("select one to compare its curves"))
        grid = QGridLayout()
        self._no_runs = label(
            self.tr(
                "No runs yet. Press Train: a run is kept in the project's folder, with curves and weights."
            ),
            "muted",
            wrap=True,
        )
        self._no_runs.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.runs, 0, 0)
        grid.addWidget(self._no_runs, 0, 0)
        card.body.addLayout(grid, 1)
        return card

    def _reset(self) -> None:
        self.plot.clear_curves()
        self._update()
        self._offer_metrics()

    def _show_settings(self) -> None:
        self._form.show_model(self._workspace.project.training, BASIC)

    def _edit(self, name: str, section: BaseModel) -> None:
        if isinstance(section, TrainingSection):
            project = self._workspace.project.model_copy(update={"training": section})
            text = self.tr("Set {}").format(name.replace(".", " "))
            self._workspace.edit(text, project, f"training.{name}")

    def _show_runs(self) -> None:
        self.runs.setVisible(bool(self.runs.runs))
        self._no_runs.setVisible(not self.runs.runs)
        if not self._training.active and not self._training.run_id and self.runs.runs:
            self.runs.selectRow(0)

    # Numbers of the moment

    def _update(self) -> None:
        training = self._training
        if training.state == "running":
            if not self._draw_soon.isActive():
                self._draw_soon.start()
        else:
            self._redraw()
        started, epoch = training.started, training.last_epoch
        if started is None:
            waiting = training.state == "starting"
            for tile in (self._metric, self._loss, self._speed, self._time):
                tile.display("…" if waiting else "–")
            self._time.display(self.tr("Preparing…") if waiting else self.tr("Ready"))
            return
        losses = training.curves["train_loss"].y
        recent = float(np.mean(losses[-started.steps_per_epoch :])) if len(losses) else float("nan")
        validation = "" if epoch is None or epoch.val_loss is None else f"validation {epoch.val_loss:.4g}"
        self._loss.display(f"{recent:.4g}" if len(losses) else "…", validation)
        speed = training.samples_per_second
        self._speed.display(
            grouped(round(speed)) if speed else "…",
            self.tr("learning rate {:.2g}").format(training.lr),
        )
        self._show_metric()
        number = min(started.epochs, training.step // max(started.steps_per_epoch, 1) + 1)
        left = training.seconds_left
        words = {"paused": self.tr("Paused"), "stopping": self.tr("Stopping…")}
        if not training.active:
            done = epoch.epoch if epoch else 0
            self._time.display(self.tr("Done"), self.tr("{} of {} epochs").format(done, started.epochs))
        else:
            clock = words.get(training.state) or (
                self.tr("{} left").format(duration(left)) if left is not None else "…"
            )
            self._time.display(clock, self.tr("epoch {} of {}").format(number, started.epochs))

    def _show_metric(self) -> None:
        epoch, best = self._training.last_epoch, self._training.best_epoch
        if epoch is None or not epoch.metrics:
            self._metric.display("…", title=self.tr("Validation metric"))
            return
        name = next(iter(epoch.metrics))
        detail = ""
        if best is not None and name in best.metrics:
            detail = self.tr("best epoch {}: {}").format(best.epoch, figure(name, best.metrics[name]))
        title = self.tr("Validation · {}").format(spelled(name))
        self._metric.display(figure(name, epoch.metrics[name]), detail, title)

    def _offer_metrics(self) -> None:
        epoch = self._training.last_epoch
        name = next(iter(epoch.metrics), "metric") if epoch else "metric"
        self._which.group.buttons()[1].setText(spelled(name))

    def _redraw(self) -> None:
        if self._which.value != self._shown:
            self._shown = self._which.value
            self.plot.clear_curves()
            self._choose_run(self.runs.runs[self.runs.currentRow()].id if self.runs.selectedItems() else "")
        curves = self._training.curves
        if self._shown == "loss":
            self._plot_title.setText(self.tr("Loss"))
            self.plot.show_curves(curves.get("train_loss"), curves.get("val_loss"))
        else:
            epoch = self._training.last_epoch
            name = next(iter(epoch.metrics), "") if epoch else ""
            self._plot_title.setText(spelled(name) or self.tr("Metric"))
            self.plot.show_curves(None, curves.get(name))
        drawn = bool(self.plot.series())
        self.plot.setVisible(drawn)
        self._no_curves.setVisible(not drawn)

    # Past runs

    def _choose_run(self, run_id: str) -> None:
        folder = self._workspace.folder
        if not run_id or folder is None or run_id == self._training.run_id:
            self.plot.show_past("", {})
            return
        self._past.ask(partial(_past_curves, folder, run_id, self._shown))

    def _show_past(self, found: tuple[str, dict[str, Any]]) -> None:
        self.plot.show_past(*found)
        self._redraw()


def _past_curves(folder: Path, run_id: str, shown: str) -> tuple[str, dict[str, Any]]:
    """A past run's curves over epochs: the losses, or its first metric."""
    from workbench.runs.scalars import curves
    from workbench.runs.store import RunStore

    run = RunStore(folder).open(run_id)
    found = curves(run)
    epochs = max((len(y) for name, (_, y) in found.items() if name != "train_loss"), default=1)
    last = max((float(x[-1]) for x, _ in found.values() if len(x)), default=1.0)
    per_epoch = last / max(epochs, 1) or 1.0
    losses = ("train_loss", "val_loss")
    metric = next((n for n in found if n not in (*losses, "lr", "learning_rate")), None)
    wanted = losses if shown == "loss" else ((metric,) if metric else ())
    return run_id, {n: (found[n][0] / per_epoch, found[n][1]) for n in wanted if n in found}
