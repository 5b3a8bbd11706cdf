"""What the Export stage lets run in the background; torch is loaded there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.export.base import Exported
from workbench.export.registry import EXPORTERS
from workbench.graph import Project

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset


def exported(
    name: str,
    folder: Path,
    project: Project,
    dataset: Dataset,
    run_id: str,
    path: Path,
    tell: Callable[[tuple[float, str]], None],
) -> Exported:
    """Write a run's best weights in a form; see `Exporter.export`. Raises `UserError`."""
    from workbench.runs.match import refuse_other_data
    from workbench.runs.store import RunStore
    from workbench.runs.weights import load_model

    run = RunStore(folder).open(run_id)
    refuse_other_data(run, dataset)
    model = load_model(run)
    return EXPORTERS[name].export(
        model, project, dataset, path, lambda share, text: tell((share, text)), run_id
    )
