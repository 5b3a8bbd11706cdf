"""Signs of life of a trial, so that other machines don't take it for dead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.storages import RDBStorage


@contextmanager
def beating(storage: RDBStorage, trial: Trial) -> Iterator[None]:
    """Record a sign of life now and every so often, in a thread: also while the search is paused."""
    over = threading.Event()
    interval = storage.get_heartbeat_interval() or 30

    def beat() -> None:
        while not over.is_set():
            with suppress(Exception):  # one that is missed does no harm, and what is wrong is told elsewhere
                storage.record_heartbeat(trial._trial_id)
            over.wait(interval)
        storage.remove_session()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
