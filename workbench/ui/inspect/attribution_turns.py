"""Jobs that wait for their turn: few at a time, in the order in which they were asked for."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from workbench.interpret.subject import Progress
from workbench.ui.inspect.method_job import MethodJob, Work

MOST = 2
"""At once: a quick method needn't wait for a slow one, and the window stays smooth."""


class Turns(QObject):
    """Starts waiting jobs as others end."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[MethodJob, Work] = {}
        self._running: set[MethodJob] = set()
        self._known: set[MethodJob] = set()
        # what was cancelled goes on until it next reports progress: it counts until then
        self._places = threading.BoundedSemaphore(MOST)

    def ask(self, job: MethodJob, work: Work) -> None:
        """Let a job do work when its turn comes, in place of what it does or waits for."""
        if job not in self._known:
            self._known.add(job)
            job.busy_changed.connect(partial(self._on_busy, job))
        self.leave(job)
        self._waiting[job] = work
        self._next()

    def leave(self, job: MethodJob) -> None:
        """End what a job does or waits for."""
        self._waiting.pop(job, None)
        job.cancel()

    def clear(self) -> None:
        """End what all jobs do and wait for."""
        self._waiting.clear()
        for job in list(self._running):
            job.cancel()

    def is_waiting(self, job: MethodJob) -> bool:
        """Whether a job's turn hasn't come yet."""
        return job in self._waiting

    def _next(self) -> None:
        while self._waiting and len(self._running) < MOST:
            job = next(iter(self._waiting))
            work = self._waiting.pop(job)
            self._running.add(job)
            job.ask(partial(self._do, work))

    def _on_busy(self, job: MethodJob, busy: bool) -> None:
        if not busy and job in self._running:
            self._running.discard(job)
            self._next()

    def _do(self, work: Work, progress: Progress) -> Any:
        with self._places:
            progress(0, 0)  # cancelled while it waited: it ends here
            return work(progress)
