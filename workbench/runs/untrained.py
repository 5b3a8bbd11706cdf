"""A run of weights that nobody trained here: they can be inspected, evaluated and exported at once."""

from __future__ import annotations

from pathlib import Path

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.runs.weights import save_best


def keep_untrained(folder: Path, project: Project, dataset: Dataset) -> Run:
    """Make a run of the weights that the project in ``folder`` starts from; return it.

    It is completed after no epoch, and its best and last weights are these. Raises `UserError` where the
    stack, the data and the weights don't go together, or nothing can be written.
    """
    from workbench.train.trainer import Trainer

    trainer = Trainer(project, dataset, device="cpu", folder=folder)
    start = trainer.snapshot()
    run = RunStore(folder).create(project, dataset, device="cpu")
    save_best(run, start.weights, 0)
    start.save(run.last)
    run.update(state="completed", message=trainer.start.note, best_epoch=0)
    return run
