"""The verbs that show a stack to others: as a picture, and as a table."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli_failing import BadUsageError
from workbench.cli_options import Folder, Json, one_of
from workbench.cli_output import emit, say
from workbench.cli_project import free_to_write, home_of
from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.graph.file import load

if TYPE_CHECKING:
    from workbench.build.summary import Summary
    from workbench.graph.project import Graph

_SUFFIXES = {"text": ".txt", "csv": ".csv", "markdown": ".md"}
_WIDE = 160
"""Columns of a table that goes to a file or a program."""


def picture(
    folder: Folder,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE.svg|FILE.png", help="Where the picture goes.")
    ],
    dark: Annotated[bool, typer.Option("--dark", help="Light on a dark ground.")] = False,
    collapse: Annotated[
        list[str] | None,
        typer.Option(metavar="BLOCK|all", help="Draw a block as one row, by its id; or all of them."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw the stack as SVG or PNG.

    It has a row a layer, with links, blocks, shapes and parameters.
    """
    from workbench.build.check import check
    from workbench.build.picture import DARK, LIGHT, svg

    suffix = output.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise BadUsageError(
            "pictures are written as SVG or PNG.", place=str(output), remedy="Let it end in .svg or .png."
        )
    free_to_write(output, home_of(folder), suffix)
    project = load(folder)
    graph = project.model
    folded = _blocks(graph, collapse or [])
    document = svg(graph, check(graph), DARK if dark else LIGHT, project.name, folded)
    content = _pixels(document) if suffix == ".png" else document.encode()
    write_atomic(output, content)
    if as_json:
        emit({"path": output, "layers": len(graph), "bytes": len(content)})
        return
    say(f"Written to {output} ({len(content):,} bytes).")


def summary(
    folder: Folder,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(_SUFFIXES),
            help="How it is written; else as FILE ends, or text.",
            callback=one_of(_SUFFIXES),
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The file; else it is printed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a table of layers and blocks.

    It says settings, shapes, parameters, FLOPs, and the memory it takes.
    """
    from workbench.build.check import check
    from workbench.build.summary import summary as summary_of

    if output is not None:
        form = form or next((name for name, end in _SUFFIXES.items() if end == output.suffix.lower()), "text")
        free_to_write(output, home_of(folder), _SUFFIXES[form])
    graph = load(folder).model
    found = summary_of(graph, check(graph))
    text = _written(found, form or "text", output)
    if output is not None:
        write_atomic(output, text.encode())
    if as_json:
        emit({**_facts(found), "path": output})
    elif output is not None:
        say(f"Written to {output}.")
    else:
        say(text.rstrip("\n"))


def _blocks(graph: Graph, wanted: list[str]) -> frozenset[str]:
    """The blocks that are asked for. Raises `UserError` for one that isn't there."""
    known = frozenset(block.id for block in graph.blocks)
    if "all" in wanted:
        return known
    for name in wanted:
        if name not in known:
            there = f"There are {', '.join(sorted(known))}." if known else "The stack has no blocks."
            raise UserError("there is no such block.", place=f"--collapse {name}", remedy=there)
    return frozenset(wanted)


def _pixels(document: str) -> bytes:
    try:
        from workbench.ui.rasterise import png
    except ImportError as error:
        raise UserError(
            f"Qt, which draws PNG, can't be loaded ({error}).",
            place="picture",
            remedy="Write .svg, which needs no Qt; 'workbench doctor' says what is missing.",
        ) from error
    return png(document)


def _written(found: Summary, form: str, output: Path | None) -> str:
    from workbench.build.summary_text import as_csv, as_markdown, as_text

    if form == "csv":
        return as_csv(found)
    if form == "markdown":
        return as_markdown(found)
    on_screen = output is None and sys.stdout.isatty()
    return as_text(found, shutil.get_terminal_size().columns if on_screen else _WIDE)


def _facts(found: Summary) -> dict[str, Any]:
    """The summary for JSON; shapes as lists."""
    made = asdict(found) | {"mult_adds": found.mult_adds, "params_bytes": found.params_bytes}
    for row, source in zip(made["rows"], found.rows, strict=True):
        row["inputs"] = [spec and spec.shape for spec in source.inputs]
        row["output"] = source.output and source.output.shape
        row["mult_adds"] = source.mult_adds
    return made
