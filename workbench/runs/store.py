"""All runs of a project: make, list, open, delete and bring back."""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.atomic import unwritable
from workbench.runs import info as files
from workbench.runs import machine, probe_files
from workbench.runs.info import DataFacts, Parent, RunInfo
from workbench.runs.numbered import run_folders
from workbench.runs.run import Run
from workbench.runs.scalars import ScalarWriter
from workbench.runs.trash import Trash

__all__ = ["Run", "RunInfo", "RunStore"]


class RunStore:
    """The folder ``runs`` in a project folder: a folder a run, named 0001, 0002, and so on.

    A deleted run lies in ``runs/.trash`` for a month, or until that is emptied. No other gets its number.
    """

    def __init__(self, project_folder: Path) -> None:
        self.folder = project_folder / "runs"
        self.trash = Trash(self.folder / ".trash")

    def create(
        self,
        project: Project,
        dataset: Dataset,
        *,
        device: str | None = None,
        seed: int | None = None,
        parent: Parent | None = None,
    ) -> Run:
        """Make a run for this process to train. ``device`` and ``seed`` default to the project's.

        With a ``parent`` it goes on from that run's checkpoint, and begins with the curves up to there.
        Raises `UserError` where nothing can be written.
        """
        facts = DataFacts(
            name=dataset.name,
            task=dataset.task,
            sample_shape=dataset.sample_shape,
            classes=dataset.classes,
            samples={name: len(indices) for name, indices in dataset.splits.items()},
            vocabulary=dataset.tokenizer.digest if dataset.tokenizer else "",
        )
        info = RunInfo(
            id="",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            state="running",
            device=device or project.training.device,
            seed=project.training.seed if seed is None else seed,
            planned_epochs=project.training.epochs,
            data=facts,
            versions=machine.versions(),
            git=machine.git(self.folder.parent),
            process=machine.this_process(),
            project=project.model_dump(mode="json"),
            parent=parent,
        )
        made = Run(self._hidden_folder())
        try:
            if parent:
                self._copy_past(parent, made)
            return Run(self._placed(made.folder, info))
        except BaseException:
            shutil.rmtree(made.folder, ignore_errors=True)
            raise

    def list(self) -> list[RunInfo]:
        """Return all runs, oldest first; one that can't be read has the state "damaged" and a message."""
        return [info_in(folder) for folder in run_folders(self.folder)]

    def open(self, run_id: str) -> Run:
        """Return a run by id ("0007" or "7"), or "latest", or "best": the one with the lowest loss.

        Raises `UserError` listing the runs where there is no such run.
        """
        if run_id in {"latest", "best"}:
            return self._chosen(run_id)
        name = run_id.zfill(4) if run_id.isdecimal() else run_id
        for folder in run_folders(self.folder):
            if folder.name == name:
                return Run(folder)
        known = ", ".join(folder.name for folder in run_folders(self.folder))
        raise UserError(
            f"no run is called {run_id!r}.",
            place=str(self.folder),
            remedy=f"There are {known}, and the words latest and best." if known else "Train one first.",
        )

    def delete(self, run_id: str) -> None:
        """Move a run to the trash, and drop what lay there for long.

        Raises `UserError` for one that is being trained.
        """
        run = self.open(run_id)
        if info_in(run.folder).state == "running":
            raise UserError(f"run {run.id} is being trained.", remedy="Stop it first.")
        self.trash.put(run.folder)
        with suppress(UserError):  # that run is deleted, whatever becomes of others
            self.trash.drop_old()

    def restore(self, run_id: str) -> Run:
        """Bring a deleted run back. Raises `UserError` where it isn't in the trash."""
        self.trash.take_back(run_id, self.folder / run_id)
        return Run(self.folder / run_id)

    def _chosen(self, word: str) -> Run:
        runs = [info for info in self.list() if info.state != "damaged"]
        if word == "best":
            runs = [info for info in runs if info.best_epoch is not None]
        if not runs:
            raise UserError(
                f"there is no {word} run yet.",
                place=str(self.folder),
                remedy="Train until an epoch has ended.",
            )
        chosen = min(reversed(runs), key=_loss) if word == "best" else runs[-1]
        return Run(self.folder / chosen.id)

    def _hidden_folder(self) -> Path:
        """Make a folder for a run in the making: who lists runs meanwhile sees none, instead of a half."""
        folder = self.folder / f".new-{secrets.token_hex(6)}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        return folder

    def _placed(self, made: Path, info: RunInfo) -> Path:
        """Give a run that is all there the next number; another process may take that first."""
        number = max(self.trash.number, *(int(path.name) for path in run_folders(self.folder)), 0) + 1
        while True:
            folder = self.folder / f"{number:04}"
            files.write(made, info.model_copy(update={"id": folder.name}))
            try:
                if not folder.exists():
                    return made.rename(folder)
            except OSError as error:
                if not folder.exists():
                    raise unwritable(folder, error) from error
            number += 1

    def _copy_past(self, parent: Parent, run: Run) -> None:
        """Copy a parent's curves and probes up to where a run goes on from it."""
        source = self.open(parent.run)
        curves = ScalarWriter(run.scalars, after=0)
        try:
            curves.copy_until(source, parent.step)
        finally:
            curves.close()
        with suppress(UserError):  # damaged ones are no reason not to train on
            before, now = (some.folder / probe_files.FOLDER for some in (source, run))
            probe_files.copy_until(before, now, parent.step)


def info_in(folder: Path) -> RunInfo:
    """Return what is known of the run in a folder; one that can't be read is "damaged"."""
    try:
        return files.read(folder)
    except UserError as error:
        return RunInfo(id=folder.name, state="damaged", message=str(error))


def _loss(info: RunInfo) -> float:
    return info.best.get("val_loss", info.best.get("train_loss", float("inf")))
