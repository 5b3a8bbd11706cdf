"""The line at the bottom: the stack's size, training's progress, problems."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from workbench.ui import cards
from workbench.ui.cards import label
from workbench.ui.training import Training
from workbench.ui.training_status import TrainingStatus
from workbench.ui.wording import count, grouped
from workbench.ui.workspace import Workspace


class StatusBar(QFrame):
    """What there is to know at a glance."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "foot")
        self.setFixedHeight(30)
        self._workspace = workspace
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(14)
        self._size = label("", "muted", name="stackSize")
        self._training_status = TrainingStatus(training)
        self._busy = label("", "muted", name="busy")
        self._problems = cards.button("", "link", name="problems")
        self._problems.clicked.connect(self._show_problem)
        for part in (self._size, self._training_status):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._busy)
        row.addWidget(self._training_status.device)
        row.addWidget(self._problems)
        for signal in (workspace.changed, workspace.checked, workspace.opened, workspace.data_changed):
            signal.connect(self._update)
        self._update()

    def _update(self) -> None:
        workspace = self._workspace
        report = workspace.report
        many = len(workspace.graph)
        layers = self.tr("1 layer") if many == 1 else self.tr("{} layers").format(grouped(many))
        whole = report is not None and all(row.output is not None for row in report.rows)
        params = self.tr(" · {} parameters").format(count(report.params)) if report and whole else ""
        self._size.setText(layers + params if workspace.is_open else "")
        self._problems.setVisible(workspace.is_open and report is not None)
        if workspace.is_open and report is None:
            self._busy.setText(self.tr("Working out shapes…"))
        else:
            self._busy.setText(self.tr("Reading data…") if workspace.loading else "")
        if report is None:
            return
        number = len(report.problems)
        self._problems.setText(
            self.tr("No problems")
            if not number
            else self.tr("{} problem{}").format(number, "s" * (number > 1))
        )
        self._problems.setEnabled(bool(number))
        tone = "problem" if report.errors else "warning" if number else ""
        if self._problems.property("tone") != tone:
            self._problems.setProperty("tone", tone)
            self._problems.style().unpolish(self._problems)
            self._problems.style().polish(self._problems)

    def _show_problem(self) -> None:
        report = self._workspace.report
        if report and report.problems:
            first = report.problems[0]
            self._workspace.select(first.layer)
            self._problems.setToolTip(first.message)
