"""Importing from the command line: an ONNX file, or a class in a Python file, as a new project."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli_options import Json
from workbench.cli_output import counted, emit, say, tell
from workbench.cli_project import what_is_predicted
from workbench.errors import UserError

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.graph import Project
    from workbench.importing.result import Imported

_SHAPE = re.compile(r"\d{1,7}(?:[x×*,]\d{1,7}){0,5}")


def import_model(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="An .onnx or a .py file.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The new project's folder.")],
    name: Annotated[
        str | None, typer.Option("--class", metavar="NAME", help="The class in a Python file.")
    ] = None,
    shapes: Annotated[
        list[str] | None,
        typer.Option("--shape", metavar="3x32x32", help="A sample's shape; again for a further input."),
    ] = None,
    args: Annotated[
        str, typer.Option("--args", metavar="JSON", help="The class's arguments by name.")
    ] = "{}",
    dtypes: Annotated[
        list[str] | None,
        typer.Option("--dtype", metavar="float32|int64", help="What an input is; in the order of --shape."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long a Python file may take.")
    ] = 120,
    data: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Data for it; its weights are kept as a run at once."),
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of the data to predict.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Run the Python file's code without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Make a project of an ONNX file or of a PyTorch class. Answers are compared with the original's.

    Importing a Python file runs the code in it with your own rights; that this is in a process apart is no
    sandbox. Import only files that you trust.
    """
    if target is not None and data is None:
        raise typer.BadParameter("--target goes with --data.")
    sides = tuple(map(_shape, shapes or ()))
    for dtype in dtypes or ():
        if dtype not in ("float32", "int64"):
            raise typer.BadParameter(f"--dtype is float32 or int64, not {dtype!r}.")
    if path.suffix.lower() == ".onnx":
        found = _onnx(path, sides, name is not None or args != "{}" or bool(dtypes))
    elif path.suffix.lower() == ".py":
        found = _pytorch(path, name, sides, _arguments(args), dtypes or [], timeout, yes)
    else:
        raise typer.BadParameter(f"{path.name} is neither an .onnx nor a .py file.")
    from workbench.importing.project import write_project

    start, dataset = _data(found, data, target, output)
    project = write_project(found, output, start)
    run = _kept(output, project, dataset)
    for note in (*found.notes, *(dataset.notes if dataset else ())):
        tell(note)
    if as_json:
        emit(
            {
                "path": str(output),
                "name": project.name,
                "layers": len(project.model),
                "blocks": len(project.model.blocks),
                "weights": len(found.weights),
                "max_abs_diff": found.parity.max_abs_diff,
                "max_rel_diff": found.parity.max_rel_diff,
                "run": run,
                "notes": list(found.notes),
            }
        )
        return
    where = shlex.quote(str(output))
    say(f"Made {output}: {project.name} ({counted(len(project.model), 'layer')}).")
    say(f"Its answers differ from the original's by {found.parity.max_abs_diff:.2g} at most.")
    if start and dataset:
        say(what_is_predicted(start, dataset, guessed=target is None))
        if run:
            say(f"Its weights are run {run}: 'workbench evaluate {where} --run {run}' measures them.")
    else:
        say(f"Next: 'workbench check {where}', then choose data for it in the window: 'workbench {where}'.")


def _data(
    found: Imported, path: str | None, target: str | None, folder: Path
) -> tuple[Project | None, Dataset | None]:
    """The data that the model is to get, loaded, in a project of their own. They must fit it."""
    if path is None:
        return None, None
    from workbench.data.intake import project_for
    from workbench.importing.fitting import require_fit

    project, dataset = project_for(path, target, folder=folder)
    require_fit(found.graph, dataset.facts, path)
    return project, dataset


def _kept(folder: Path, project: Project, dataset: Dataset | None) -> str | None:
    """The run that holds the weights as they came, where there are any, and data to look at them with."""
    from workbench.build.check import check

    if dataset is None or not check(project.model).params:
        return None
    from workbench.runs.untrained import keep_untrained

    return keep_untrained(folder, project, dataset).id


def _onnx(path: Path, shapes: tuple[tuple[int, ...], ...], pythonic: bool) -> Imported:
    if pythonic:
        raise typer.BadParameter("--class, --args and --dtype go with a Python file.")
    from workbench.importing.onnx import import_onnx

    return import_onnx(path, shapes)


def _pytorch(
    path: Path,
    name: str | None,
    shapes: tuple[tuple[int, ...], ...],
    args: dict[str, Any],
    dtypes: list[str],
    timeout: float,
    yes: bool,
) -> Imported:
    if name is None or not shapes:
        raise typer.BadParameter("a Python file needs --class NAME and --shape, such as --shape 3x32x32.")
    if not path.is_file():
        raise UserError("there is no such file.", place=str(path), remedy="Check the name.")
    if not yes:
        _ask(path)
    from workbench.importing.pytorch import import_pytorch

    return import_pytorch(path, name, shapes, args=args, dtypes=dtypes, timeout=timeout)


def _ask(path: Path) -> None:
    """Ask before a person's code runs. Without anyone to ask it is bad usage."""
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"this runs the code in {path.name}. Say --yes if you trust it.")
    if not typer.confirm(f"This runs the code in {path}. Do you trust it?", err=True):
        raise UserError("nothing was run.", place=str(path), remedy="Read the file first.")


def _shape(text: str) -> tuple[int, ...]:
    if not _SHAPE.fullmatch(text) or any(int(side) < 1 for side in re.split("[x×*,]", text)):
        raise typer.BadParameter(f"--shape {text!r} is no shape. Write a sample's sides, such as 3x32x32.")
    return tuple(map(int, re.split("[x×*,]", text)))


def _arguments(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"--args is no JSON ({error}).") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("--args is a JSON object, such as '{\"num_classes\": 10}'.")
    return found
