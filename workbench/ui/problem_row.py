"""A problem in the user's words, and a button for each of its fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from workbench.ui import cards
from workbench.ui.cards import label
from workbench.ui.flow_layout import FlowLayout
from workbench.ui.icons import IconLabel
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.build.check import Problem

KEYS = "Alt+Enter"
"""Applies the first fix that there is."""


class FixButton(QPushButton):
    """A button that cuts its text short where there is no room for it."""

    def __init__(self, text: str, role: str) -> None:
        super().__init__(text)
        self.setObjectName("fix")
        self.setProperty("role", role)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._full = text
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        shorter = self.fontMetrics().horizontalAdvance(self._full) - self.fontMetrics().horizontalAdvance(
            self.text()
        )
        return super().sizeHint() + QSize(shorter, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        short = self.sizeHint().width() - self.width()
        room = self.fontMetrics().horizontalAdvance(self._full) - short
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if short <= 0:
            shown = self._full
        if shown != self.text():
            self.setText(shown)


class ProblemRow(QWidget):
    """What is wrong at a layer, its fixes, and the way there."""

    def __init__(self, problem: Problem, workspace: Workspace) -> None:
        super().__init__()
        self.problem = problem
        self._keys: QLabel | None = None
        self.setObjectName(f"problem_{problem.severity}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        error = problem.severity == "error"
        tone, glyph = ("problem", "warning-circle") if error else ("warning", "warning")
        sign = IconLabel(glyph, tone, 17)
        sign.setToolTip(
            self.tr("Error: training can't begin") if error else self.tr("Warning: training can begin")
        )
        grid.addWidget(sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        text = label(f"{problem.layer}: {problem.message}" if problem.layer else problem.message, wrap=True)
        cards.set_role(text, "problem" if error else "plain")
        grid.addWidget(text, 0, 1)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=4)
        for number, fix in enumerate(problem.fixes):
            made = FixButton(fix.label, "fix" if number == 0 else "link")
            made.clicked.connect(lambda _=False, fix=fix: workspace.stack.mend(problem.layer, fix))
            flow.addWidget(made)
            if number == 0:
                self._keys = label(KEYS, "keys", name="fixKeys")
                self._keys.hide()
                flow.addWidget(self._keys)
        if problem.layer:
            show = cards.button(self.tr("Show"), "quiet", name="showProblem")
            show.clicked.connect(lambda: workspace.select(problem.layer))
            flow.addWidget(show)
        grid.addWidget(buttons, 1, 1)

    def show_keys(self, shown: bool) -> None:
        """Show that the keys apply this problem's first fix, or not."""
        if self._keys is not None:
            self._keys.setVisible(shown)
