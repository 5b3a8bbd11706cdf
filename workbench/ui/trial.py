"""A trial before the run: begun, followed and cancelled in its place below what it was asked for with."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.ui.jobs import Job, Jobs
from workbench.ui.trial_row import TrialRow


class Trial(QWidget):
    """Hidden until it is asked for; a subclass shows what is tried, and what came of it."""

    failed = Signal(object)
    closed = Signal()
    """It is put away while it has the focus, which should go on from where it came."""
    busy_changed = Signal()

    def __init__(self, jobs: Jobs, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._jobs = jobs
        self._job: Job | None = None
        self._progress = TrialRow(name, text)
        self._progress.cancelled.connect(self.cancel)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether the trial is under way."""
        return self._job is not None

    def _start(self, work: Callable[[], Generator[Any, None, Any]]) -> None:
        """Let work run, whose events and end the subclass shows."""
        self._progress.begin()
        self.show()
        job = self._job = self._jobs.run(work)
        job.events.connect(self._take)
        job.done.connect(self._show)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        job.start()
        self.busy_changed.emit()

    def cancel(self) -> None:
        """End the trial and put it away."""
        if self._job is not None:
            self._job.stop()
        self.hide()

    def focus(self) -> None:
        """Take the keyboard, while the trial is under way."""
        self._progress.focus()

    def _take(self, events: list[Any]) -> None:
        """Show what was tried since the last call."""
        raise NotImplementedError

    def _show(self, found: Any) -> None:
        """Show what came of it."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        self.hide()
        self.failed.emit(error)

    def _end(self) -> None:
        self._job = None
        self._progress.hide()
        self.busy_changed.emit()
