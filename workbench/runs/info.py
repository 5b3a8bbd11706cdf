"""``run.json``: what is known of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.graph.file import explain
from workbench.graph.frozen import Frozen
from workbench.graph.project import Task
from workbench.runs.machine import Git, Process

NAME = "run.json"
FORMAT = 1

State = Literal["running", "completed", "stopped", "failed", "interrupted", "damaged"]
"""Interrupted: it was running, but its process is gone. Damaged: its ``run.json`` can't be read."""


class DataFacts(Frozen):
    """The data that a run was trained on."""

    name: str
    task: Task
    sample_shape: tuple[int, ...]
    classes: tuple[str, ...]
    samples: dict[str, int]
    """Number of samples by split."""
    vocabulary: str = ""
    """SHA-256 of the words that its texts were read by, a word a line; "" where there were none."""


class Parent(Frozen):
    """The run, and the steps done in it, that a run goes on from."""

    run: str
    step: int


class RunInfo(Frozen):
    """A run, as of the last time that its file was written: at most seconds ago while it runs.

    ``epochs`` and ``step``: what is done, of ``planned_epochs``. ``last``: the last epoch's ``train_loss``,
    ``val_loss`` and validation metrics by name; ``best``: those of ``best_epoch``, whose weights are in
    ``best.safetensors``. ``seconds``: time in steps and validation. ``created``: UTC, ISO 8601.
    """

    format: int = FORMAT
    id: str = Field(exclude=True)
    created: str = ""
    state: State
    message: str = ""
    device: str = ""
    seed: int = 0
    planned_epochs: int = 0
    epochs: int = 0
    step: int = 0
    last: dict[str, float] = {}
    best: dict[str, float] = {}
    best_epoch: int | None = None
    seconds: float = 0.0
    samples_per_second: float = 0.0
    data: DataFacts | None = None
    versions: dict[str, str] = {}
    git: Git | None = None
    process: Process | None = None
    parent: Parent | None = None
    changes: tuple[dict[str, Any], ...] = ()
    """What people, or memory, changed while training: `workbench.train.events.Changed` as JSON."""
    tags: tuple[str, ...] = ()
    notes: str = ""
    project: dict[str, Any] = {}
    """The project as trained, as ``project.json`` would have it."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; none for regression."""
        return self.data.classes if self.data else ()


def read(folder: Path) -> RunInfo:
    """Read a run's file. A running run whose process is gone is given as interrupted. Raises `UserError`."""
    path = folder / NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        info = RunInfo.model_validate({**raw, "id": folder.name})
    except ValidationError as error:
        raise _damaged(path, explain(error)) from None
    except (OSError, ValueError, RecursionError, TypeError) as error:
        raise _damaged(path, str(getattr(error, "strerror", None) or error)) from error
    if info.format != FORMAT:
        raise _damaged(path, f"it has format {info.format}, this program reads {FORMAT}")
    if info.state == "running" and not (info.process and info.process.alive):
        return info.model_copy(update={"state": "interrupted"})
    return info


def write(folder: Path, info: RunInfo) -> None:
    """Write a run's file atomically. Raises `UserError`."""
    write_atomic(folder / NAME, (info.model_dump_json(indent=2) + "\n").encode())


def change(folder: Path, **changes: Any) -> None:
    """Change some of what is known of a run. Raises `UserError`."""
    write(folder, read(folder).model_copy(update=changes))


def _damaged(path: Path, why: str) -> UserError:
    return UserError(
        f"this run can't be read ({why.rstrip('.')}).",
        place=str(path),
        remedy="Restore the file from a copy, or delete the run.",
    )
