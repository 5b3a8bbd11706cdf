"""Making a project: from a sample that ships, a known architecture, or data."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli_failing import words_alone
from workbench.cli_options import Folder
from workbench.cli_output import counted, say, tell
from workbench.cli_project import what_is_predicted
from workbench.errors import UserError
from workbench.graph.file import NAME, save
from workbench.graph.project import Project

if TYPE_CHECKING:
    from workbench.graph.facts import Facts


def new(
    folder: Folder,
    sample: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Start from a sample that ships; 'workbench samples' lists them."),
    ] = None,
    data: Annotated[
        str | None, typer.Option(metavar="PATH", help="Start from data: a file or folder.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of the data to predict.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="The column of text to learn from; without it, where there is no other."
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Start from a known architecture, resized to the data if there are any; "
            "'workbench templates' lists them.",
        ),
    ] = None,
) -> None:
    """Make a project from a sample, a template or data. Data get a stack that fits them."""
    if (sample is None) == (data is None and template is None):
        raise typer.BadParameter("give --sample NAME, or --data PATH, --template NAME or both of these.")
    for option, column in (("--target", target), ("--text", text)):
        if column is not None and data is None:
            raise typer.BadParameter(f"{option} goes with --data.")
    from workbench.data.samples import sample_project
    from workbench.templates.registry import template_named

    with words_alone():
        known = None if sample is None else sample_project(sample)
        shape = None if template is None else template_named(template)
    file = folder / NAME
    if os.path.exists(file):  # noqa: PTH110 - pathlib raises for a name that is too long
        raise UserError("there is a project here already.", place=str(file), remedy="Choose another folder.")
    if known is not None:
        project, of, predicted = known, f"sample {sample}", ""
    elif data is None:
        assert shape is not None
        name = folder.resolve().name[:200] or shape.title
        project, of, predicted = Project(name=name, model=shape.graph()), shape.title, ""
    else:
        from workbench.data.intake import project_for

        project, dataset = project_for(data, target, folder.resolve().name or None, folder, text)
        if shape is not None:
            project = project.model_copy(update={"model": shape.for_data(dataset.facts).graph(dataset.facts)})
            _tell_errors(project, dataset.facts)
        of = f"{counted(len(dataset), 'sample')}, {dataset.task}"
        predicted = what_is_predicted(project, dataset, guessed=target is None)
        for note in dataset.notes:
            tell(note)
    save(project, file)
    where = shlex.quote(str(folder))
    say(f"Made {file}: {project.name} ({of}, {counted(len(project.model), 'layer')}).")
    if predicted:
        say(predicted)
    if not project.data:
        say("It has no data to train on yet: choose them in the window, or make it with --data PATH.")
    say("Next:")
    for verb in ("check", "train", "evaluate", "") if project.data else ("check", ""):
        say(f"  workbench {verb + ' ' if verb else ''}{where}" + ("" if verb else "   opens the window"))


def _tell_errors(project: Project, facts: Facts) -> None:
    """Say at once what keeps a stack from being trained on the data that it was made for."""
    from workbench.build.check import check as check_stack

    for problem in check_stack(project.model, facts, project.training).errors:
        tell(f"warning: this can't be trained on these data yet. {problem.message}")
