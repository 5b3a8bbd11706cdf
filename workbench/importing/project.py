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


def write_project(imported: Imported, folder: Path) -> Project:
    """Write project.json and weights.safetensors to a folder without a project; return the project.

    Raises `UserError` where there is a project, or nothing can be written.
    """
    from workbench.train.checkpoint import write

    file = folder / NAME
    if file.exists():
        raise UserError("there is a project here already.", place=str(file), remedy="Choose another folder.")
    training = TrainingSection(weights=WEIGHTS) if imported.weights else TrainingSection()
    project = Project(name=imported.name[:200] or "Imported", model=imported.graph, training=training)
    if imported.weights:
        write(folder / WEIGHTS, imported.weights, json.dumps({"format": 1, "from": imported.name}))
    save(project, file)
    return project
