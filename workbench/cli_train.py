"""Training from the command line: into a run, shown as it goes, stopped by Ctrl+C."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli_output import TrainingProgress, tell
from workbench.cli_project import data_of
from workbench.cli_stopping import stopping
from workbench.graph.file import load
from workbench.graph.overrides import override
from workbench.runs.match import refuse_other_data

if TYPE_CHECKING:
    from workbench.runs.info import RunInfo
    from workbench.runs.run import Run


def trained(
    path: Path,
    changes: Sequence[str],
    device: str | None,
    seed: int | None,
    resume: str | None,
    at: int | None = None,
) -> Run:
    """Train the project in a folder, or go on with a run as that was set up; return the run.

    ``changes`` are assignments as for `override`. With ``at`` a new run goes on from that run's checkpoint
    after so many steps. Whether it was completed, the run's state tells. Raises `UserError` where nothing
    could be trained.
    """
    from workbench.runs.opening import begun, branched, resumed
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore

    store = RunStore(path)
    earlier = store.open(resume) if resume else None
    project = override(earlier.project() if earlier else load(path), changes)
    dataset = data_of(project, path)
    if earlier:
        refuse_other_data(earlier, dataset)
    for note in dataset.notes:
        tell(note)
    if earlier and at is not None:
        run, trainer = branched(store, earlier.id, at, project, dataset, device=device)
    elif earlier:
        run, trainer = resumed(store, earlier.id, dataset, None, device, seed, tuple(changes))
    else:
        run, trainer = begun(store, project, dataset, None, device, seed)
    for note in (trainer.start.note, trainer.note):
        if note:
            tell(note)
    with stopping(trainer.stop), TrainingProgress(run.id) as progress:
        for event in record(run, trainer):
            progress.show(event)
    return run


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
