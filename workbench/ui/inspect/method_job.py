"""A method at work in the background: progress, cancel, and only the newest answer counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.interpret.subject import Progress
from workbench.ui.jobs import Job, Jobs

Work = Callable[[Progress], Any]


class MethodJob(QObject):
    """Runs what may take long. A new question ends the one under way."""

    answered = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int)
    """What is done, and all there is to do."""
    busy_changed = Signal(bool)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._job is not None

    def ask(self, work: Work) -> None:
        """Do ``work(progress)`` in the background; what it returns comes with ``answered``.

        It must report progress now and then: that is where it ends when it is cancelled.
        """
        before, self._job = self._job, None
        if before is not None:
            before.stop()
        job = self._jobs.watch(lambda tell: work(lambda done, total: tell((done, total))))
        self._job = job
        job.events.connect(partial(self._on_events, job))
        job.done.connect(partial(self._on_done, job))
        job.failed.connect(partial(self._on_failed, job))
        job.ended.connect(partial(self._on_ended, job))
        if before is None:
            self.busy_changed.emit(True)
        job.start()

    def cancel(self) -> None:
        """End what is under way, without an answer."""
        job, self._job = self._job, None
        if job is not None:
            job.stop()
            self.busy_changed.emit(False)

    def _on_events(self, job: Job, events: list[Any]) -> None:
        if job is self._job:
            self.progressed.emit(*events[-1])

    def _on_done(self, job: Job, result: Any) -> None:
        if job is self._job:
            self.answered.emit(result)

    def _on_failed(self, job: Job, error: Exception) -> None:
        if job is self._job:
            self.failed.emit(error)

    def _on_ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.busy_changed.emit(False)
