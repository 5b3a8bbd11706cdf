"""What can be changed while the network learns: learning rate, weight decay and batch size."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workbench.graph.training import TrainingSection
from workbench.train.schedules import preview
from workbench.ui.cards import Card, label
from workbench.ui.curve import Curve
from workbench.ui.param_editor import mark
from workbench.ui.rate_plot import Plan, RatePlot, scaled, written
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

RATE, DECAY, BATCH = "optimizer.lr", "optimizer.weight_decay", "batch_size"


class RateCard(Card):
    """The schedule of the run under way, or of the next; drag or type to change it from the next step on."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__("Learning rate", "drag to change", parent=parent)
        self.setObjectName("rateCard")
        self.title.setText(self.tr("Learning rate"))
        self._workspace, self._training = workspace, training
        self._planned: tuple[object, ...] = ()
        self._plan: Plan = (np.empty(0), np.empty(0))
        self.plot = RatePlot("ratePlot")
        self.plot.setAccessibleName(self.tr("Learning rate over the run"))
        self.plot.failed = workspace.tell_error
        self._fields: dict[str, QLineEdit] = {}
        self.body.addWidget(self.plot)
        self.body.addLayout(self._make_fields())
        self.plot.dragged.connect(lambda rate: self._fields[RATE].setText(written(rate)))
        self.plot.dropped.connect(lambda rate: training.change(RATE, rate))
        training.state_changed.connect(self.refresh)
        training.changed.connect(lambda _: self.refresh())
        workspace.changed.connect(self.refresh)
        workspace.data_changed.connect(self.refresh)
        self.refresh()

    def _make_fields(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for path, text, whole, width in (
            (RATE, self.tr("Rate"), self.tr("Learning rate"), 78),
            (DECAY, self.tr("Decay"), self.tr("Weight decay"), 62),
            (BATCH, self.tr("Batch"), self.tr("Batch size"), 54),
        ):
            field = QLineEdit()
            field.setObjectName(f"live_{path}")
            field.setProperty("role", "param")
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(width)
            field.setAccessibleName(whole)
            field.setAccessibleDescription(self.tr("{}, from the next step on").format(whole))
            field.textEdited.connect(lambda _=None, path=path: self._read(path))
            field.returnPressed.connect(lambda path=path: self._send(path))
            field.editingFinished.connect(lambda path=path: self._settle(path))
            name = label(text, "small")
            name.setToolTip(whole)
            name.setBuddy(field)
            row.addWidget(name)
            row.addWidget(field)
            row.addStretch(1)
            self._fields[path] = field
        row.takeAt(row.count() - 1)  # the last field stands at the right edge
        return row

    # What is so

    @property
    def _section(self) -> TrainingSection:
        project = self._training.project if self._training.active else None
        return (project or self._workspace.project).training

    def _value(self, path: str) -> float | None:
        """A setting as it is now; None where there is no such setting."""
        for change in reversed(self._training.changes if self._training.active else ()):
            if change.name == path and path != RATE:
                return change.value
        if path == RATE and self._training.active and self._training.lr:
            return self._training.lr
        holder: object = self._section
        for part in path.split("."):
            holder = getattr(holder, part, None)
        return float(holder) if isinstance(holder, int | float) else None

    def _now(self) -> float | None:
        """Where training is, in epochs."""
        return self._training.place or None

    @property
    def _done(self) -> Curve:
        """The rates so far, of the run under way or of the last."""
        return self._training.curves.get("lr") or Curve()

    def refresh(self) -> None:
        """Show the schedule and the settings as they are now."""
        training = self._training
        live = training.state in ("running", "paused")
        self.plot.draggable = live
        self.set_hint(
            self.tr("drag to change, applied at the next step")
            if live
            else ""
            if training.active
            else self.tr("solid: the last run, dashed: the next")
            if training.started is not None and len(self._done) > 1
            else self.tr("the plan of the next run")
        )
        for path, field in self._fields.items():
            value = self._value(path)
            field.setEnabled(live and value is not None)
            self._explain(field, path, live=live, known=value is not None)
            if not field.isModified():
                text = "" if value is None else written(value)
                if field.text() != text:
                    field.setText(text)
                mark(field, "")
        if self.isVisible():
            self._draw()

    def _explain(self, field: QLineEdit, path: str, *, live: bool, known: bool) -> None:
        if not known:
            tip = self.tr("{} has no {}.").format(
                self._section.optimizer.name, path.rpartition(".")[2].replace("_", " ")
            )
        elif not live:
            tip = self.tr("Nothing is being trained. Set it for the next run under Settings.")
        else:
            tip = field.accessibleDescription()
        if field.toolTip() != tip and field.property("invalid") != "true":
            field.setToolTip(tip)

    def _draw(self) -> None:
        training, section = self._training, self._section
        per_epoch = training.started.steps_per_epoch if training.started and training.active else None
        if per_epoch is None:
            dataset = self._workspace.dataset
            samples = len(dataset.splits["train"]) if dataset else 100 * section.batch_size
            per_epoch = max(1, -(-samples // section.batch_size))
        key = (section.schedule, section.optimizer.lr, section.epochs, per_epoch)
        if key != self._planned:
            self._planned = key
            epochs, rates = preview(*key)
            self._plan = (epochs, rates)
        now = self._now() if training.started and training.project else None
        if now is None or not training.active:
            ended = training.started is not None and len(self._done) > 1
            self.plot.display(self._plan, self._done if ended else Curve(), None)
            return
        self.plot.display(scaled(self._plan, now, training.lr), self._done, now)

    # Changing it

    def _read(self, path: str) -> float | None:
        field = self._fields[path]
        try:
            value = float(field.text().replace(",", "."))
            fault = "" if math.isfinite(value) else self.tr("Type a number.")
        except ValueError:
            value, fault = 0.0, self.tr("Type a number.")
        if not fault and (value < 0 or (value == 0 and path != DECAY)):
            fault = self.tr("Type a number above zero.")
        if not fault and path == BATCH and value != int(value):
            fault = self.tr("Type a whole number.")
        mark(field, fault)
        return None if fault else value

    def _send(self, path: str) -> None:
        value = self._read(path)
        if value is not None:
            self._fields[path].setModified(False)
            self._training.change(path, value)

    def _settle(self, path: str) -> None:
        """On leaving a field, what was typed and not sent gives way to what is."""
        field = self._fields[path]
        if not field.hasFocus():
            field.setModified(False)
            mark(field, "")
            self.refresh()
