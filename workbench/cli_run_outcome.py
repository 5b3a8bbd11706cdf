"""How a run went, for what the command line prints of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from workbench.cli_failing import UnfinishedError
from workbench.errors import UserError

if TYPE_CHECKING:
    from workbench.runs.info import RunInfo
    from workbench.runs.run import Run


@contextmanager
def naming(run: Run) -> Iterator[None]:
    """Let an error that breaks a training off name its run, and ``--json`` say how far that came."""
    try:
        yield
    except UserError as error:
        found: dict[str, Any] = {"run": run.id}
        with suppress(UserError):  # the run's folder may be what is gone
            found = summary(run.info())
        place = ": ".join(part for part in (f"run {run.id}", error.place) if part)
        raise UnfinishedError(error.what, found, place=place, remedy=error.remedy) from error


def summary(info: RunInfo) -> dict[str, Any]:
    """Return how a run went, for ``train --json``: the last epoch's figures beside what is always there."""
    return {
        "run": info.id,
        "state": info.state,
        "message": info.message,
        "epochs": info.epochs,
        "train_loss": None,
        "val_loss": None,
        **info.last,
        "samples_per_second": info.samples_per_second,
        "seconds": info.seconds,
        "best_epoch": info.best_epoch,
        "best": info.best,
        "device": info.device,
        "seed": info.seed,
    }
