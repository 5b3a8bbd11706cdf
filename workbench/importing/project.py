"""An imported model as a new project folder: the stack, and its weights to start from."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.file import NAME, save
from workbench.graph.training import TrainingSection
from workbench.importing.result import Imported

WEIGHTS = "weights.safetensors"


def write_project(imported: Imported, folder: Path, start: Project | None = None) -> Project:
    """Write project.json and weights.safetensors to a folder without a project; return the project.

    It gets the data and the training settings of ``start``, if that is given. Raises `UserError` where there
    is a project, or nothing can be written.
    """
    file = folder / NAME
    if file.exists():
        raise UserError("there is a project here already.", place=str(file), remedy="Choose another folder.")
    training = start.training if start else TrainingSection()
    project = Project(
        name=imported.name[:200] or "Imported",
        data=start.data if start else None,
        model=imported.graph,
        training=training.model_copy(update={"weights": write_weights(imported, folder)}),
    )
    save(project, file)
    return project


def write_weights(imported: Imported, folder: Path) -> str:
    """Write an import's weights to a file of a project's folder that isn't there yet; return its name.

    Returns "" where there are none to write. Raises `UserError`.
    """
    from workbench.train.checkpoint import write

    if not imported.weights:
        return ""
    target, number = folder / WEIGHTS, 2
    while target.exists():
        target, number = target.with_stem(f"{Path(WEIGHTS).stem}-{number}"), number + 1
    write(target, imported.weights, json.dumps({"format": 1, "from": imported.name}))
    return target.name
