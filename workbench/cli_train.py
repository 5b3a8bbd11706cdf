"""Training from the command line: into a run, shown as it goes, stopped by Ctrl+C."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from workbench.cli_failing import UnfinishedError
from workbench.cli_options import Device, Folder, Json, setting
from workbench.cli_output import TrainingProgress, counted, emit, figures, say, tell
from workbench.cli_processes import (
    Backend,
    Master,
    Nnodes,
    NodeRank,
    Nproc,
    Shard,
    layout_of,
    trained_together,
)
from workbench.cli_project import data_of, home_of, to_train
from workbench.cli_run_outcome import naming, summary
from workbench.cli_stopping import stopping
from workbench.graph.project import Project
from workbench.runs.match import refuse_other_data
from workbench.train.launch import ALONE, Layout
from workbench.train.launch import Backend as BackendName

if TYPE_CHECKING:
    from workbench.runs.run import Run


def train(
    folder: Folder,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Passes over the training split.")
    ] = None,
    device: Device = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, metavar="N", help="Start of every random choice.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a run, as it was set up.")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="STEP",
            help="With --resume: go back to that run's checkpoint after so many steps, in a new run.",
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        setting("Change a value for this run: lr=0.01, conv1.bias=false."),
    ] = None,
    nproc: Nproc = None,
    nnodes: Nnodes = 1,
    node_rank: NodeRank = 0,
    master: Master = "",
    backend: Backend = "auto",
    shard: Shard = False,
    as_json: Json = False,
) -> None:
    """Train, into a new run. Ctrl+C stops it and keeps what it has learned."""
    wanted = [*(changes or []), *([] if epochs is None else [f"training.epochs={epochs}"])]
    if at is not None and resume is None:
        raise typer.BadParameter("--at goes with --resume.")
    wanted += [f"training.processes={nproc}"] if nproc else []
    wanted += ["training.shard=true"] if shard else []
    layout = Layout(nproc or 1, nnodes, node_rank, master, cast("BackendName", backend), shard)
    home = home_of(folder)
    project, earlier = to_train(home, wanted, resume if layout.leads else None)
    if layout.leads:
        layout = layout_of(project.training, layout, nproc)
    run: Run | None
    if layout == ALONE:
        run = trained(home, project, earlier, wanted, device, seed, at)
    else:
        run = trained_together(home, project, earlier, device, seed, at, layout)
    if run is None:
        said = f"machine {node_rank} of {nnodes} has done its part; machine 0 has the run."
        emit({"run": None, "message": said}) if as_json else say(said)
        return
    info = run.info()
    if not as_json:
        best = f" (best: epoch {info.best_epoch})" if info.best_epoch else ""
        say(f"run {run.id} {info.state}: {counted(info.epochs, 'epoch')}{best} · {figures(info.last)}")
    if info.state == "completed":
        if as_json:
            emit(summary(info))
        return
    if info.state == "stopped":
        where = shlex.quote(str(folder))
        go_on = f"'workbench train {where} --resume {run.id}' goes on with it." if info.step else ""
        said = f"stopped after {counted(info.step, 'step')}."
        raise UnfinishedError(said, summary(info), place=f"run {run.id}", remedy=go_on)
    said = info.message or f"it ended {info.state}."
    raise UnfinishedError(said, summary(info), place=f"run {run.id}")


def trained(
    path: Path,
    project: Project,
    earlier: Run | None,
    changes: Sequence[str],
    device: str | None,
    seed: int | None,
    at: int | None,
) -> Run:
    """Train a project into a new run of the folder, or go on with an earlier run; return the run.

    ``changes`` are the assignments that made the project differ from the earlier run's. With ``at`` a new run
    goes on from that run's checkpoint after so many steps. Whether it was completed, the run's state tells.
    Raises `UserError` where nothing could be trained.
    """
    from workbench.runs.opening import begun, branched, resumed
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore

    store = RunStore(path)
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
    with stopping(trainer.stop), naming(run), TrainingProgress(run.id) as progress:
        for event in record(run, trainer):
            progress.show(event)
    return run
