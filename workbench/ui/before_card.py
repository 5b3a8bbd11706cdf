"""What there is to know before training: totals, and each problem with its fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import cards
from workbench.ui.cards import Card, label
from workbench.ui.wording import count
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Problem


class BeforeCard(Card):
    """Totals, and each problem with its fixes."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Before you train")
        self.setObjectName("beforeCard")
        self._workspace = workspace
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 4, 0)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        outer.addLayout(self._facts)
        outer.addStretch(1)
        self.body.addWidget(cards.scrolling(content), 1)
        workspace.checked.connect(self._show)
        workspace.opened.connect(self._show)
        self._show()

    def _show(self) -> None:
        cards.clear(self._facts)
        report = self._workspace.report
        if report is None:
            self._facts.addWidget(label(self.tr("Working out shapes…"), "muted"))
            return
        whole = all(row.output is not None for row in report.rows)
        so_far = "" if whole else self.tr(" so far")
        self._fact(self.tr("Parameters"), count(report.params) + so_far)
        self._fact(self.tr("FLOPs a sample"), count(report.flops) + so_far)
        heavy = max(report.rows, key=lambda row: row.params, default=None)
        if heavy and report.params and heavy.params > report.params / 2:
            share = round(100 * heavy.params / report.params)
            self._fact(self.tr("Largest layer"), self.tr("{}: {} % of them").format(heavy.id, share))
        if not report.problems:
            self._facts.addWidget(label("●  " + self.tr("No problems: the stack is ready to train."), "good"))
        for problem in report.problems[:6]:
            self._facts.addWidget(_ProblemRow(problem, self._workspace))
        if len(report.problems) > 6:
            self._facts.addWidget(label(self.tr("and {} more").format(len(report.problems) - 6), "muted"))

    def _fact(self, name: str, value: str) -> None:
        row = QHBoxLayout()
        row.addWidget(label(name, "muted"))
        row.addWidget(label(value, "mono"))
        row.addStretch(1)
        self._facts.addLayout(row)


class _ProblemRow(QWidget):
    """A problem in words, and a button a fix."""

    def __init__(self, problem: Problem, workspace: Workspace) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(0)
        role = "problem" if problem.severity == "error" else "warning"
        text = f"●  {problem.layer}: {problem.message}" if problem.layer else f"●  {problem.message}"
        column.addWidget(label(text, role, wrap=True))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 0, 0)
        for fix in problem.fixes:
            made = cards.button(fix.label, "link", name="fix")
            made.clicked.connect(lambda _=False, fix=fix: workspace.mend(problem.layer, fix))
            buttons.addWidget(made)
        if problem.layer:
            show = cards.button(self.tr("Show"), "link")
            show.clicked.connect(lambda: workspace.select(problem.layer))
            buttons.addWidget(show)
        buttons.addStretch(1)
        column.addLayout(buttons)
