"""Where studies are kept: SQLite in the project's folder, or any database that Optuna takes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UserError

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

HEARTBEAT = 30
"""Seconds between signs of life of a trial."""
GRACE = 180
"""Seconds without one after which a trial of another machine counts as dead."""
RETRIES = 2
"""Times that a trial is tried again whose process died: it may be what kills them."""


def database(folder: Path) -> Path:
    """Return the file of a project's own studies; it may not exist."""
    return folder.absolute() / "runs" / "search.sqlite"


def url_of(folder: Path) -> str:
    """Return the storage URL of a project's own studies."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(database(folder))).render_as_string(hide_password=False)


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[RDBStorage]:
    """Open the storage at an SQLAlchemy URL, or the project's own, which is made where there is none.

    Raises `UserError` where it can't be opened, or fails while it is open; passwords aren't shown.
    """
    import optuna
    from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    place = shown(url) if url else str(database(folder))
    try:
        if not url:
            database(folder).parent.mkdir(parents=True, exist_ok=True)
        with quiet():
            storage = RDBStorage(
                url or url_of(folder),
                engine_kwargs={"connect_args": {"timeout": 30}}
                if _is_sqlite(url)
                else {"pool_pre_ping": True},
                heartbeat_interval=HEARTBEAT,
                grace_period=GRACE,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
            )
        if not url:
            _hasten(storage)
        try:
            yield storage
        finally:
            storage.remove_session()
            storage.engine.dispose()
    except ImportError as error:
        kind = url.partition(":")[0]
        raise UserError(
            f"no driver for {kind} is installed.",
            place=place,
            remedy="Install one with pip, such as psycopg2-binary for postgresql.",
        ) from error
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError, OSError) as error:
        raise UserError(
            f"the studies can't be read or written ({_first_line(error)}).",
            place=place,
            remedy="Check the address, that the database runs, and that there is space and permission.",
        ) from error


def shown(url: str) -> str:
    """Return a URL without its password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.rpartition("@")[2]


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out Optuna's remarks that a function may change, or is meant for its own loop; no others."""
    from optuna.exceptions import ExperimentalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        warnings.filterwarnings("ignore", "Heartbeat of storage is supposed to be used", UserWarning)
        yield


def _hasten(storage: RDBStorage) -> None:
    """Have commits to our own file not wait for the disk, nor readers for the writer, as with curves."""
    from sqlalchemy import event

    def set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(storage.engine, "connect", set_up)
    storage.remove_session()
    storage.engine.dispose()  # connections are made anew


def _is_sqlite(url: str) -> bool:
    return not url or url.startswith("sqlite")


def _first_line(error: Exception) -> str:
    cause = error.__cause__ if error.__cause__ is not None and "storage" in str(error).lower() else error
    return str(getattr(cause, "orig", None) or cause).strip().partition("\n")[0].rstrip(".")
