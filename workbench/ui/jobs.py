"""The thread boundary: the one file with a thread in it.

Work is a generator that runs in a QThread. What it yields is queued, and a timer on the GUI thread hands it
on a few times a second, so neither side waits for the other. Work gets frozen data and gives back numbers and
arrays, never live tensors or modules.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from workbench.ui.gate import Gate

FRAME_MS = 100
"""Between two looks at what work has yielded: each takes the interpreter from the work for a moment."""

Work = Generator[Any, None, Any]


class Stopped(Exception):  # noqa: N818 - no error
    """Raised inside work that reports its progress, once stopping was asked for."""


class _Thread(QThread):
    """Pulls a generator's events into a queue, with a gate for pausing and a flag for stopping."""

    def __init__(self, start_work: Callable[[], Work], parent: QObject) -> None:
        super().__init__(parent)
        self._start_work = start_work
        self.queue: deque[Any] = deque()
        self.stopping = threading.Event()
        self.gate = Gate()
        self.result: Any = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            work = self._start_work()
            try:
                while not self.stopping.is_set():
                    event = next(work)
                    self.gate.pass_by(event, self.queue.append)
            except StopIteration as end:
                self.result = end.value
            finally:
                work.close()
        except Stopped:
            pass
        except Exception as error:
            self.error = error


class Job(QObject):
    """A piece of work under way. Signals arrive on the GUI thread, events before the end."""

    events = Signal(list)
    """What the work yielded since the last frame."""
    done = Signal(object)
    """The work's return value; not sent when it was stopped."""
    failed = Signal(object)
    """The exception that ended it."""
    ended = Signal()
    """Sent last, however it ended."""
    over = Signal(object)
    """The job itself, after ``ended``: for its owner, to let it go."""

    def __init__(self, start_work: Callable[[], Work], parent: QObject) -> None:
        super().__init__(parent)
        self._thread = _Thread(start_work, self)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._drain)
        self._thread.finished.connect(self._finish)
        self.running = False
        self._heard = True

    def start(self) -> Job:
        """Begin."""
        self.running = True
        self._timer.start()
        self._thread.start()
        return self

    @property
    def paused(self) -> bool:
        """Whether the work waits at its last event."""
        return self._thread.gate.paused

    @property
    def waits(self) -> bool:
        """Whether paused work has come to its next event, and all that it yielded was handed on."""
        return self._thread.gate.waiting and not self._thread.queue

    def pause(self) -> None:
        """Let the work wait at its next event."""
        self._thread.gate.close()

    def resume(self) -> None:
        """Let paused work go on."""
        self._thread.gate.open()

    def step(self, until: Callable[[Any], bool]) -> None:
        """Let paused work go on up to the next event for which ``until`` holds, and wait again there."""
        self._thread.gate.let_through(until)

    @property
    def stopped(self) -> bool:
        """Whether stopping was asked for."""
        return self._thread.stopping.is_set()

    def stop(self) -> None:
        """Close the work at its next event."""
        self._thread.stopping.set()
        self._thread.gate.open()

    def leave(self) -> None:
        """Stop, and send no signal any more but ``over``."""
        self._heard = False
        self.stop()

    def tell(self, event: Any) -> None:
        """Queue an event from inside the work. Raises `Stopped` once stopping was asked for."""
        if self.stopped:
            raise Stopped
        self._thread.queue.append(event)

    def join(self) -> None:
        """Wait for the thread and settle at once; for closing the window only."""
        self._thread.wait()
        self._finish()

    def _drain(self) -> None:
        queue = self._thread.queue
        found = [queue.popleft() for _ in range(len(queue))]
        if found and self._heard:
            self.events.emit(found)

    def _finish(self) -> None:
        if not self.running:
            return  # joined already; this is the thread's own signal, late
        self._timer.stop()
        self._drain()
        self.running = False
        if self._heard and self._thread.error is not None:
            self.failed.emit(self._thread.error)
        elif not self.stopped:
            self.done.emit(self._thread.result)
        if self._heard:
            self.ended.emit()
        self.over.emit(self)


class Jobs(QObject):
    """All threads of one window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def run(self, start_work: Callable[[], Work]) -> Job:
        """Return a job for a generator; connect its signals, then start it."""
        job = Job(start_work, self)
        self._jobs.append(job)
        job.over.connect(self._forget)
        return job

    def call(self, function: Callable[[], Any]) -> Job:
        """Return a job for a plain function; its return value comes with ``done``."""
        return self.run(lambda: _once(function))

    def watch(self, function: Callable[[Callable[[Any], None]], Any]) -> Job:
        """Return a job for a function that is given a way to report progress, and ends early by it."""
        job: Job = self.run(lambda: _once(lambda: function(job.tell)))
        return job

    def close(self) -> None:
        """Stop everything and wait for it."""
        while self._jobs:  # a job that ends may start the next, as `Latest` does
            jobs = list(self._jobs)
            for job in jobs:
                job.stop()  # all of them first: one may wait for another
            for job in jobs:
                job.join()

    @property
    def running(self) -> int:
        """Number of jobs under way."""
        return len(self._jobs)

    def _forget(self, job: Job) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
        job.deleteLater()


class Latest(QObject):
    """Runs a function in the background for the newest request only.

    A request that comes while one is under way waits, and replaces one that waits already; the answer to
    a request that was overtaken is dropped.
    """

    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        self._busy = False
        self._waiting: Callable[[], Any] | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    def ask(self, function: Callable[[], Any]) -> None:
        """Ask for ``function()``; ``answered`` carries what it returns."""
        if self._busy:
            self._waiting = function
            return
        self._busy = True
        job = self._jobs.call(function)
        job.done.connect(self._answer)
        job.failed.connect(self._fail)
        job.ended.connect(self._next)
        job.start()

    def _answer(self, result: Any) -> None:
        if self._waiting is None:
            self.answered.emit(result)

    def _fail(self, error: Exception) -> None:
        if self._waiting is None:
            self.failed.emit(error)

    def _next(self) -> None:
        self._busy = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.ask(waiting)


def _once(function: Callable[[], Any]) -> Work:
    yield from ()
    return function()
