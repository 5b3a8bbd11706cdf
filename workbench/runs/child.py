"""A process of ours and all that it starts, until none of them is left."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import psutil

from workbench.runs import pipe

_LAST_LINES = 200
_SECONDS_TO_LEAVE = 30.0
"""Time that processes have to leave once their messages have ended."""


class Child:
    """A command that is sent messages on its standard input and gives some on its standard output.

    Leaving ``with`` ends it and every process that it started, if any of them still runs. Ctrl+C doesn't
    reach them: it is for this process to tell them.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._lock = threading.Lock()
        self._messages: queue.Queue[Any] = queue.Queue()
        self._said: deque[str] = deque(maxlen=_LAST_LINES)
        self._descendants: set[psutil.Process] = set()
        self._listeners = [
            threading.Thread(target=target, daemon=True) for target in (self._listen, self._overhear)
        ]

    def __enter__(self) -> Self:
        for listener in self._listeners:
            listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for listener in self._listeners:
            listener.join(_SECONDS_TO_LEAVE)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream
            with suppress(OSError):
                stream.close()

    @property
    def last_words(self) -> str:
        """The last lines that were printed and are no messages."""
        return "\n".join(self._said)

    def tell(self, message: Any) -> None:
        """Send a message; nothing happens where nobody listens any more."""
        assert self._process.stdin
        left = pipe.line(message)
        with self._lock, suppress(OSError, ValueError):
            self._process.stdin.write(left)
            self._process.stdin.flush()

    def next(self, seconds: float | None = None) -> Any:
        """Wait for the next message; None at the end. Raises `TimeoutError` after so many seconds."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            if self._process.poll() is not None:
                self.kill()  # it was ended from outside, and what it started may not know
            raise TimeoutError from None

    def wait(self) -> int:
        """Wait for the end after the last message; return the status."""
        try:
            return self._process.wait(_SECONDS_TO_LEAVE)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def kill(self) -> None:
        """End it and all that it started, at once."""
        self._look()
        descendants = [*self._descendants]
        for process in descendants:
            with suppress(psutil.Error):
                process.kill()
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        # They are others' children, so nothing tells when they are gone: a signal takes its time.
        until = monotonic() + _SECONDS_TO_LEAVE
        while any(map(_runs, descendants)) and monotonic() < until:
            sleep(0.01)

    def _look(self) -> None:
        """Note what it started: what outlives it is found no more."""
        with suppress(psutil.Error):
            self._descendants.update(psutil.Process(self._process.pid).children(recursive=True))

    def _listen(self) -> None:
        assert self._process.stdout
        for text in pipe.lines(self._process.stdout.fileno()):
            found = pipe.message(text)
            if isinstance(found, dict):
                if not self._descendants:
                    self._look()  # who speaks has started, and the others with it
                self._messages.put(found)
            else:
                self._said.append(text.decode(errors="replace"))
        self._messages.put(None)

    def _overhear(self) -> None:
        assert self._process.stderr
        for text in pipe.lines(self._process.stderr.fileno()):
            self._said.append(text.decode(errors="replace"))


def _runs(process: psutil.Process) -> bool:
    """Whether a process is more than an entry that nobody has asked for its status."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
