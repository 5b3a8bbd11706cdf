"""A project folder as the command line's verbs need it: its data, its runs' models, and what is wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli_failing import BadUsageError
from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.file import file_of, load
from workbench.graph.overrides import override
from workbench.runs.match import listed, refuse_other_data

if TYPE_CHECKING:
    from workbench.build.check import Problem
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.runs.run import Run
    from workbench.runs.store import RunStore


@dataclass(frozen=True)
class Opened:
    """A run with all that looking at it takes: the project as trained, its data, and its weights."""

    run: Run
    project: Project
    dataset: Dataset
    model: StackModel

    @classmethod
    def of(cls, folder: Path, run_id: str, step: int | None = None) -> Opened:
        """Open a run of the project in ``folder``, with its best weights or those after so many steps.

        Raises `UserError`.
        """
        from workbench.build.check import check
        from workbench.runs.weights import load_model

        run = store_of(folder).open(run_id)
        project = run.project()
        dataset = data_of(project, folder)
        refuse_other_data(run, dataset)
        errors = check(project.model, dataset.facts).errors
        if errors:
            raise UserError(
                errors[0].message,
                place=f"run {run.id}",
                remedy="The data have changed since it was trained: put them back, or train again.",
            )
        return cls(run, project, dataset, load_model(run, "best" if step is None else step))


def what_is_predicted(project: Project, dataset: Dataset, guessed: bool) -> str:
    """Return a line on target, task and classes; and where the target was ``guessed``, how to choose it."""
    what = f"{len(dataset.classes)} classes: {listed(dataset.classes).rpartition(' (')[0]}"
    line = f"Predicts '{dataset.target}' ({what if dataset.classes else 'numbers: regression'})."
    if guessed and project.data and project.data.target is not None:
        line += " To predict another column: --target COLUMN."
    return line


def free_to_write(path: Path, folder: Path, suffix: str) -> None:
    """Raise `UserError` where ``path`` is part of a project or its data, or lacks the suffix."""
    if path.suffix.lower() != suffix:
        raise BadUsageError(
            f"what is written here is no {path.suffix or 'file without a suffix'}.",
            place=str(path),
            remedy=f"Let it end in {suffix}.",
        )
    target, runs = path.resolve(), (folder / "runs").resolve()
    if target == file_of(folder).resolve() or target.is_relative_to(runs):
        raise UserError(
            "this is part of the project itself.",
            place=str(path),
            remedy="Write to another folder, such as exports.",
        )
    data = _data_place(folder)
    if data is not None and (target == data or _holds(data, target, folder)):
        raise UserError(
            "this is among the project's data.",
            place=str(path),
            remedy="Write to another folder, such as exports.",
        )


def _data_place(folder: Path) -> Path | None:
    """The file or folder that a project's data are in, if that can be told."""
    from workbench.data.registry import FORMATS

    try:
        section = load(folder).data
        if section is None or section.format not in FORMATS or section.format == "sklearn":
            return None  # scikit-learn's sets are no files
        return FORMATS[section.format].locate(section, folder).resolve()
    except (UserError, OSError):
        return None  # without them nothing can be lost; what is wrong, the verb itself says


def _holds(data: Path, target: Path, folder: Path) -> bool:
    """Whether a file would be in the folder of the data; the project's own folder may be written to."""
    return data.is_dir() and target.is_relative_to(data) and not folder.resolve().is_relative_to(data)


def home_of(folder: Path) -> Path:
    """Return a project's folder, where the file in it may be named as well."""
    return file_of(folder).parent


def to_train(folder: Path, changes: Sequence[str], resume: str | None) -> tuple[Project, Run | None]:
    """Return a project to train, or else how the run to go on with was set up, and that run.

    ``changes`` are assignments as for `override`. Raises `UserError`.
    """
    from workbench.runs.store import RunStore

    earlier = RunStore(folder).open(resume) if resume else None
    return override(earlier.project() if earlier else load(folder), changes), earlier


def store_of(folder: Path) -> RunStore:
    """Return the runs of a project whose file is there, even if it is damaged. Raises `UserError`."""
    from workbench.runs.store import RunStore

    file = file_of(folder)
    if not os.path.isfile(file):  # noqa: PTH113 - pathlib raises for a name that is too long
        load(folder)  # says what is wrong
    return RunStore(file.parent)


def data_of(project: Project, folder: Path) -> Dataset:
    """Return a project's data. Raises `UserError`, and `MissingData` where they aren't there."""
    from workbench.data.load import load

    if project.data is None:
        raise UserError(
            "the project has no data.",
            place=str(folder),
            remedy="Make one that has with 'workbench new DIR --data PATH', or choose data in the window.",
        )
    return load(project.data, folder)


def data_or_problem(project: Project, folder: Path) -> tuple[Dataset | None, list[Problem]]:
    """Return the data, or why the stack can't be compared with them: a warning if they are missing."""
    from workbench.build.check import Problem
    from workbench.data.missing import MissingData

    try:
        return data_of(project, folder), []
    except UserError as error:
        missing = project.data is None or isinstance(error, MissingData)
        return None, [Problem("", "warning" if missing else "error", str(error))]
