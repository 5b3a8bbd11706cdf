"""Where several processes begin: the first looks into the run's folder, which others may not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.runs.info import Parent
from workbench.runs.match import refuse_other_data
from workbench.runs.run import Run
from workbench.runs.store import RunStore
from workbench.train.checkpoint import Checkpoint
from workbench.train.resume import all_done
from workbench.train.words import bytes_to_all, to_all


@dataclass(frozen=True)
class Origin:
    """The run that goes on (None for a new one, and in all but the first process), and from where.

    ``parent``: what a new run is a branch of.
    """

    run: Run | None = None
    seed: int | None = None
    checkpoint: Checkpoint | None = None
    parent: Parent | None = None

    @classmethod
    def of(
        cls, store: RunStore, wanted: Mapping[str, Any], project: Project, dataset: Dataset, *, first: bool
    ) -> Origin:
        """Return it in all processes, which call it together. It means what `workbench.runs.opening` says.

        Of what is ``wanted``, ``resume`` is the run, "" for a new one; ``at`` the steps after which a branch
        begins, or None; ``seed`` that of a new run, or None. Raises `UserError`.
        """
        run_id, at, seed = wanted["resume"], wanted["at"], wanted["seed"]
        if not run_id:
            return cls(seed=seed)
        run, path, parent = None, None, None
        if first:
            run = store.open(run_id)
            refuse_other_data(run, dataset)
            if at is not None:
                path, parent, run = run.checkpoint_at(at).path, Parent(run=run.id, step=at), None
            elif run.last.exists():
                path = run.last
            elif seed is None:
                seed = run.info().seed
        seed = to_all(seed)
        checkpoint = _sent(path)
        epochs = project.training.epochs
        done = checkpoint is not None and checkpoint.settings.progress.epoch >= epochs
        if run and done and run.info().state == "completed":
            raise all_done(epochs)
        if parent and checkpoint:
            seed = checkpoint.settings.seed
        return cls(run, seed, checkpoint, parent)


def _sent(path: Path | None) -> Checkpoint | None:
    """The first process's checkpoint, which the others get as it is in the file; None where it has none."""
    content = bytes_to_all(path.read_bytes() if path else b"")
    if path:
        return Checkpoint.load(path)
    if not content:
        return None
    with TemporaryDirectory(prefix="workbench-") as folder:
        copy = Path(folder) / "checkpoint.safetensors"
        copy.write_bytes(content)
        return Checkpoint.load(copy)
