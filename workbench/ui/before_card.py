"""What there is to know before training: each problem with its fixes, and totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import cards
from workbench.ui.cards import Card, label
from workbench.ui.icons import IconLabel
from workbench.ui.problem_row import ProblemRow
from workbench.ui.wording import count
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Problem, Report

MOST = 40
"""Problems that are listed; the rest is counted."""


class BeforeCard(Card):
    """Problems first, errors before warnings; then totals."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Before you train")
        self.setObjectName("beforeCard")
        self._workspace = workspace
        self._shown: tuple[object, ...] | None = None
        self._rows: list[ProblemRow] = []
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 4, 0)
        outer.setSpacing(10)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(8)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        outer.addLayout(self._problems)
        outer.addLayout(self._facts)
        outer.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)
        workspace.checked.connect(self._show)
        workspace.opened.connect(self._show)
        workspace.selected.connect(self._show_keys)
        self._show()

    def _show(self) -> None:
        report = self._workspace.report
        if report is None:
            self._shown, self._rows = None, []
            cards.clear(self._problems)
            cards.clear(self._facts)
            self.set_hint("")
            self._facts.addWidget(label(self.tr("Working out shapes…"), "muted"))
            return
        facts = tuple(self._totals(report))
        shown = (report.problems, facts)
        if shown == self._shown:
            return  # most edits change neither
        before, self._shown = self._shown, shown
        if before is None or before[0] != report.problems:
            self._list(sorted(report.problems, key=lambda problem: problem.severity != "error"))
        cards.clear(self._facts)
        for row, (name, value) in enumerate(facts):
            self._facts.addWidget(label(name, "muted"), row, 0)
            self._facts.addWidget(label(value, "mono"), row, 1)

    def _totals(self, report: Report) -> list[tuple[str, str]]:
        whole = all(row.output is not None for row in report.rows)
        so_far = "" if whole else self.tr(" so far")
        params = report.params
        facts = [
            (self.tr("Parameters"), count(params) + so_far),
            (self.tr("FLOPs a sample"), count(report.flops) + so_far),
        ]
        heavy = max(report.rows, key=lambda row: row.params, default=None)
        if heavy and params and heavy.params > params / 2:
            share = round(100 * heavy.params / params)
            facts.append((self.tr("Largest layer"), self.tr("{}: {} % of them").format(heavy.id, share)))
        return facts

    def _list(self, problems: list[Problem]) -> None:
        cards.clear(self._problems)
        self.set_hint(self._counts(problems))
        if self._workspace.facts is None and not any(p.severity == "error" for p in problems):
            text = self.tr("The layers fit together. Load data in the Data stage to train them.")
            self._problems.addLayout(_good(text))
        elif not problems:
            self._problems.addLayout(_good(self.tr("No problems: the stack is ready to train.")))
        elif problems[0].severity != "error":
            self._problems.addLayout(_good(self.tr("The stack can be trained.")))
        self._rows = [ProblemRow(problem, self._workspace) for problem in problems[:MOST]]
        for row in self._rows:
            self._problems.addWidget(row)
        if len(problems) > MOST:
            more = self.tr("and {} more").format(len(problems) - MOST)
            self._problems.addWidget(label(more, "muted"))
        self._show_keys()

    def _show_keys(self) -> None:
        """Say at which fix the keys are: the selected layer's first, else the first of all."""
        report = self._workspace.report
        mendable = [p for p in (report.problems if report else ()) if p.fixes]
        mine = [p for p in mendable if p.layer == self._workspace.selection]
        keyed = next(iter(mine or mendable), None)
        for row in self._rows:
            row.show_keys(row.problem == keyed)

    def _counts(self, problems: list[Problem]) -> str:
        """'2 errors, 1 warning'."""
        errors = sum(problem.severity == "error" for problem in problems)
        said = []
        for many, one, several in (
            (errors, self.tr("1 error"), self.tr("{} errors")),
            (len(problems) - errors, self.tr("1 warning"), self.tr("{} warnings")),
        ):
            if many:
                said.append(one if many == 1 else several.format(many))
        return ", ".join(said)


def _good(text: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(IconLabel("check-circle", "good", 16), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text, "good", wrap=True), 1)
    return row
