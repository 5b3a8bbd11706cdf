"""A run and the trainer that trains into it: new, gone on with, or branched off another."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import TypeVar

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.overrides import override
from workbench.runs.info import Parent
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.train.checkpoint import Checkpoint
from workbench.train.controls import Controls
from workbench.train.judging import out_of_patience
from workbench.train.resume import all_done, waited_enough
from workbench.train.trainer import Trainer

Made = tuple[Run, Trainer]
Said = TypeVar("Said")


def begun(
    store: RunStore,
    project: Project,
    dataset: Dataset,
    controls: Controls | None = None,
    device: str | None = None,
    seed: int | None = None,
) -> Made:
    """Return a new run of a project. Raises `UserError` where it can't be trained; no run is made then."""
    trainer = Trainer(
        project, dataset, device=device, seed=seed, folder=store.folder.parent, controls=controls
    )
    return store.create(project, dataset, device=device, seed=seed), trainer


def resumed(
    store: RunStore,
    run_id: str,
    dataset: Dataset,
    controls: Controls | None = None,
    device: str | None = None,
    seed: int | None = None,
    changes: tuple[str, ...] = (),
) -> Made:
    """Return a run to go on with, as it was set up but for ``changes`` (assignments as for `override`).

    One that ended before its first checkpoint begins again: the same seed gives the same steps. One that
    was killed after its last step only ends. Raises `UserError`.
    """
    run = store.open(run_id)
    project = override(run.project(), changes)
    checkpoint = Checkpoint.load(run.last) if run.last.exists() else None
    epochs = project.training.epochs
    if checkpoint and checkpoint.settings.progress.epoch >= epochs and run.info().state == "completed":
        raise all_done(epochs)
    if checkpoint and run.info().state == "completed":
        _refuse_impatient(checkpoint, project)
    if checkpoint is None and seed is None:
        seed = run.info().seed
    trainer = Trainer(
        project,
        dataset,
        device=device,
        seed=seed,
        resume=checkpoint,
        folder=store.folder.parent,
        controls=controls,
    )
    return run, trainer


def branched(
    store: RunStore,
    run_id: str,
    step: int,
    project: Project,
    dataset: Dataset,
    controls: Controls | None = None,
    device: str | None = None,
) -> Made:
    """Return a new run that goes on from a checkpoint, with a project's settings. Raises `UserError`."""
    parent = store.open(run_id)
    checkpoint = Checkpoint.load(parent.checkpoint_at(step).path)
    _refuse_impatient(checkpoint, project)
    trainer = Trainer(project, dataset, device=device, resume=checkpoint, controls=controls)
    run = store.create(
        project,
        dataset,
        device=device,
        seed=trainer.seed,
        parent=Parent(run=parent.id, step=step),
    )
    return run, trainer


def _refuse_impatient(checkpoint: Checkpoint, project: Project) -> None:
    """Raise `UserError` where training would stop early before its first step."""
    progress = checkpoint.settings.progress
    if progress.epoch < project.training.epochs and out_of_patience(project.training, progress):
        raise waited_enough(progress)


def announced(run: Run, said: Said) -> Generator[Said, None, None]:
    """Tell of a new run before it is trained. Where that is all that is heard of it, it is "stopped"."""
    try:
        yield said
    except GeneratorExit:
        with suppress(UserError):
            run.update(state="stopped")
        raise
