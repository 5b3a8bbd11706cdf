"""The card of the live curves: which of them, on which scale, and what part is seen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from workbench.train.events import Changed, CheckpointSaved
from workbench.ui.cards import Card, Segments, button, label
from workbench.ui.jobs import Latest
from workbench.ui.live_plot import LivePlot
from workbench.ui.past_curve import PastCurve, past_curve
from workbench.ui.plot_legend import PlotLegend
from workbench.ui.plot_marks import Mark
from workbench.ui.training import Training
from workbench.ui.wording import figure, grouped, spelled
from workbench.ui.workspace import Workspace


class CurvesCard(Card):
    """Loss or metric of the run under way, over a past run's."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__("Loss", parent=parent)
        self.set_hint(self.tr("by epoch"))
        self._workspace, self._training = workspace, training
        self._past_run, self._shown = "", "loss"
        self._marks: list[Mark] = []
        self.plot = LivePlot("lossPlot")
        self.plot.setAccessibleName(self.tr("Curves"))
        self.plot.failed = workspace.tell_error
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.plot.setMinimumHeight(100)
        self.legend = PlotLegend("plotLegend")
        self._no_curves = label("", "muted")
        self._no_curves.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._past = Latest(workspace.jobs)
        self._past.answered.connect(self._show_past)
        self._past.failed.connect(workspace.tell_error)
        self.plot.looked.connect(self._look)
        training.changed.connect(self._note_change)
        training.saved.connect(self._note_saved)
        training.run_opened.connect(self._begin)
        training.epoch_ended.connect(self._offer_metric)

    def _lay_out(self) -> None:
        self._log = self._toggle(self.tr("Log scale"), "logScale", self.plot.set_log)
        self._follow = self._toggle(self.tr("Follow"), "followNewest", self.plot.set_follows)
        self._follow.setToolTip(self.tr("Keep the zoom and move along with the newest step"))
        self._all = button(self.tr("Show all"), "segment", name="showAll")
        self._all.setToolTip(self.tr("See the curves whole; the wheel zooms, dragging moves"))
        self._all.clicked.connect(self.plot.show_all)
        self._which = Segments([("loss", self.tr("Loss")), ("metric", self.tr("Metric"))], "curveChoice")
        self._which.group.buttonClicked.connect(lambda: self._choose())
        for part in (self._all, self._follow, self._log, self._which):
            self.head.addWidget(part)
        grid = QGridLayout()
        grid.addWidget(self.plot, 0, 0)
        grid.addWidget(self._no_curves, 0, 0)
        self.body.setSpacing(4)
        self.body.addWidget(self.legend)
        self.body.addLayout(grid, 1)

    def _toggle(self, text: str, name: str, act: object) -> QPushButton:
        made = button(text, "segment", name=name)
        made.setCheckable(True)
        made.clicked.connect(act)
        return made

    def clear(self) -> None:
        """Show nothing, as for another project."""
        self._past_run = ""
        self._begin()
        self._which.choose("loss")
        self._shown = "loss"
        self.refresh()

    def _begin(self) -> None:
        self._marks = []
        self.plot.clear_curves()
        self._offer_metric()
        self.choose_run(self._past_run)

    # What is drawn

    def _metric(self) -> str:
        epoch = self._training.last_epoch
        return next(iter(epoch.metrics), "") if epoch else ""

    def _offer_metric(self) -> None:
        self._which.set_text("metric", spelled(self._metric()) or self.tr("Metric"))

    def _choose(self) -> None:
        if self._which.value != self._shown:
            self._shown = self._which.value
            self.plot.clear_curves()
            self.choose_run(self._past_run)
            self.refresh()

    def refresh(self) -> None:
        """Draw the curves as they are now."""
        curves = self._training.curves
        if self._shown == "loss":
            self.title.setText(self.tr("Loss"))
            self.plot.show_curves(curves.get("train_loss"), curves.get("val_loss"))
        else:
            name = self._metric()
            self.title.setText(spelled(name) or self.tr("Metric"))
            self.plot.show_curves(None, curves.get(name))
        self.plot.set_marks([*self._marks, *self._best()])
        drawn = bool(self.plot.lines())
        self.plot.setVisible(drawn)
        self._no_curves.setVisible(not drawn)
        self._no_curves.setText(self._why_none())
        self._follow.setVisible(drawn)
        self._log.setVisible(drawn)
        self._all.setVisible(drawn and not self.plot.sees_all)

    def _why_none(self) -> str:
        if self._training.active:
            return self.tr("The curves begin with the first steps.")
        if self._training.failure is not None:
            return self.tr("Training broke off before there was anything to draw.")
        return self.tr("Press Train: the curves are drawn here while the network learns.")

    def _best(self) -> list[Mark]:
        best = self._training.best_epoch
        if best is None:
            return []
        name = self._metric()
        value = best.val_loss if self._shown == "loss" else best.metrics.get(name)
        words = self.tr("Best epoch: {}").format(best.epoch)
        if name in best.metrics:
            words += f" · {spelled(name)} {figure(name, best.metrics[name])}"
        return [Mark(float(best.epoch), "best", words, value)]

    # What happened

    def _place(self, step: int) -> float:
        """Where a step is, in epochs."""
        losses, started = self._training.curves.get("train_loss"), self._training.started
        if losses is None or started is None or not len(losses):
            return started.first_epoch - 1.0 if started else 0.0
        before = self._training.step - len(losses)  # steps of a run that this one branched off
        return losses.point(min(max(step - before - 1, 0), len(losses) - 1))[0]

    def _note_change(self, event: Changed) -> None:
        name = event.name.rpartition(".")[2].replace("_", " ").replace("lr", "learning rate")
        words = f"{name}: {event.before:.4g} → {event.value:.4g}".capitalize()
        self._marks.append(Mark(self._place(event.step), "change", words))

    def _note_saved(self, event: CheckpointSaved) -> None:
        if event.which == "kept":
            words = self.tr("Checkpoint at step {}").format(grouped(event.step))
            self._marks.append(Mark(self._place(event.step), "kept", words))

    # Past runs

    def choose_run(self, run_id: str) -> None:
        """Draw a past run's curve under the live ones; "" for the best of them, once there is a live one."""
        self._past_run = run_id
        folder, live = self._workspace.folder, self._training.run_id
        if folder is None or not (run_id or live):
            self.plot.show_past("", None)
        else:
            self._past.ask(partial(past_curve, folder, run_id, self._shown, live))

    def _show_past(self, found: PastCurve) -> None:
        if found.shown == self._shown and self._past_run in ("", found.run):
            self.plot.show_past(found.name, found.curve, noisy=found.noisy)
            self.refresh()

    # The cursor

    def _look(self) -> None:
        self._follow.setChecked(self.plot.follows)
        self._all.setVisible(bool(self.plot.lines()) and not self.plot.sees_all)
        place = ""
        if self.plot.place is not None:
            place = self.tr("epoch {}").format(f"{max(self.plot.place, 0):.2f}")
        self.legend.display(self.plot.lines(), place)
