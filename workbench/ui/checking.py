"""What checking finds of the open project: within a frame where it can be, else in the background."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.graph import Project
from workbench.graph.facts import Facts
from workbench.ui.jobs import Jobs, Latest

if TYPE_CHECKING:
    from workbench.build.check import Report

AT_ONCE = 2000
"""Layers up to which an edit is checked before the next frame, if it changes little."""
AT_ONCE_SECONDS = 0.005


class Checking(QObject):
    """Checks a project, with what was found before of use for what is found next."""

    checked = Signal()
    """`report` is new."""
    failed = Signal(object)
    """The exception that ended a check."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.report: Report | None = None
        """What was found last."""
        self._project: Project | None = None  # asked about last
        self._later = Latest(jobs)
        self._later.answered.connect(self._take)
        self._later.failed.connect(self.failed)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._later.busy

    def forget(self) -> None:
        """Drop what was found: another project is open."""
        self.report, self._project = None, None

    def ask(self, project: Project, facts: Facts | None) -> None:
        """Check a project against what is known of its data."""
        self._project = project
        if self.report is not None and not self.busy and len(project.model) <= AT_ONCE:
            # What most edits change is worked out within a frame; a thread would only make people wait.
            try:
                found = _check(project, facts, self.report, AT_ONCE_SECONDS)
            except TimeoutError:
                pass
            else:
                self._take(found)
                return
        self._later.ask(partial(_check, project, facts, self.report))

    def _take(self, found: tuple[Project, Report]) -> None:
        project, report = found
        now = self._project
        if now is not None and project.model is now.model and project.training is now.training:
            self.report = report
            self.checked.emit()


def _check(
    project: Project, facts: Facts | None, before: Report | None, within: float = math.inf
) -> tuple[Project, Report]:
    from workbench.build.check import check

    return project, check(project.model, facts, project.training, before, within)
