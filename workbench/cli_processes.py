"""Training in several processes from the command line, through torchrun."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli_options import one_of
from workbench.cli_output import TrainingProgress, counted, tell
from workbench.cli_run_outcome import naming
from workbench.cli_stopping import stopping
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.graph.training import TrainingSection
from workbench.train.launch import BACKENDS, Layout

if TYPE_CHECKING:
    from workbench.runs.run import Run

Nproc = Annotated[
    int | None,
    typer.Option(
        "--nproc", min=1, metavar="N", help="Processes here that share each batch; else as the project says."
    ),
]
Nnodes = Annotated[
    int,
    typer.Option("--nnodes", min=1, metavar="N", help="Machines; the same command is run on each of them."),
]
NodeRank = Annotated[
    int, typer.Option("--node-rank", min=0, metavar="I", help="Number of this machine; 0 keeps the run.")
]
Master = Annotated[
    str, typer.Option("--master", metavar="HOST:PORT", help="Where machines meet: an address of machine 0.")
]
Backend = Annotated[
    str,
    typer.Option(
        "--backend",
        metavar="|".join(BACKENDS),
        help="How gradients travel; auto is NCCL for CUDA, else gloo.",
        callback=one_of(BACKENDS),
    ),
]
Shard = Annotated[
    bool,
    typer.Option("--shard", help="Share the weights out too (FSDP2): for models that don't fit one device."),
]


def layout_of(training: TrainingSection, layout: Layout, nproc: int | None) -> Layout:
    """Return a layout with as many processes as asked for, or else as the project's settings say."""
    processes = nproc or training.processes
    shard = layout.shard or (training.shard and processes > 1)
    return replace(layout, nproc=processes, shard=shard)


def trained_together(
    path: Path,
    project: Project,
    earlier: Run | None,
    device: str | None,
    seed: int | None,
    at: int | None,
    layout: Layout,
) -> Run | None:
    """Train as `workbench.cli_train.trained` does, in several processes; return the run.

    None on all machines but the first, which has it. Raises `UserError`.
    """
    from workbench.runs.store import RunStore
    from workbench.runs.watch import Opened, WatchedTraining

    layout.check()
    run_id = earlier.id if earlier else ""
    training = WatchedTraining(project, path, layout, device=device, seed=seed, resume=run_id, at=at)
    if layout.nnodes > 1:
        tell(f"{counted(layout.nnodes, 'machine')} meet at {layout.master}: waiting for all of them.")
    with stopping(training.stop):
        events = training.events()
        opened = next(events, None)
        if not isinstance(opened, Opened):
            if layout.leads:
                raise UserError("stopped before anything was trained.", place=str(path))
            return None
        for note in (*opened.notes, opened.start):
            if note:
                tell(note)
        run = RunStore(path).open(opened.run_id)
        with naming(run), TrainingProgress(run.id) as progress:
            for event in events:
                if not isinstance(event, Opened):
                    progress.show(event)
    return run
