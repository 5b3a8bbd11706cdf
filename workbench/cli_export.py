"""A run's model for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli_options import Folder, Json, RunId, one_of
from workbench.cli_output import emit, say, tell
from workbench.cli_project import Opened, free_to_write, home_of
from workbench.export.registry import EXPORTERS


def export(
    folder: Folder,
    to: Annotated[
        str, typer.Option(metavar="|".join(EXPORTERS), help="What to write.", callback=one_of(EXPORTERS))
    ],
    run: RunId = "latest",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="PATH", help="The file; else DIR/exports/model_RUN."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a run's model as ONNX or as code. What is written is compared with the model."""
    exporter = EXPORTERS[to]
    if output is not None:
        free_to_write(output, home_of(folder), exporter.suffix)
    opened = Opened.of(home_of(folder), run)
    path = output or home_of(folder) / "exports" / f"model_{opened.run.id}{exporter.suffix}"
    found = exporter.export(
        opened.model, opened.project, opened.dataset, path, lambda _share, text: tell(text), opened.run.id
    )
    if as_json:
        emit({"run": opened.run.id, "to": to, **found.as_json()})
        return
    for item in found.inputs:
        say(f"input {item['name']}: {item['dtype']} {'×'.join(map(str, item['shape']))}")
    checked = found.checked
    say(f"Differs from the model by {found.max_abs_diff:.2g} at most, over {checked.samples} samples.")
    say(f"Written to {' and '.join(map(str, found.files))} ({found.size_bytes:,} bytes).")
