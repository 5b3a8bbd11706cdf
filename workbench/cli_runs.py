"""The verbs about runs: list them, compare them, take their curves along, label them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli_options import Folder, Json, RunId
from workbench.cli_output import emit, figures, plain, say, table, told_progress
from workbench.cli_project import free_to_write, home_of, store_of
from workbench.interpret.statistics import statistics

if TYPE_CHECKING:
    from workbench.runs.compare import Pair
    from workbench.runs.scalars import Curve

_LONG = {"id", "project", "versions", "git", "process", "format", "changes"}
"""What the list of runs leaves out; ``run.json`` has it."""

OneRun = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or latest, or best.")]


def runs(
    folder: Folder,
    sort: Annotated[
        str,
        typer.Option(metavar="KEY", help="Order: id, state, val_loss, accuracy, seconds, optimizer.lr, ..."),
    ] = "id",
    reverse: Annotated[bool, typer.Option("--reverse", help="Largest or newest first.")] = False,
    wanted: Annotated[
        str,
        typer.Option(
            "--filter",
            metavar="TEXT",
            help="Only runs that all words hold for: part of an id, tag or note; val_loss<0.3; "
            "optimizer=Adam; tag=good; -failed.",
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """List the runs, with their best and last metrics."""
    from workbench.runs.query import arranged

    found = arranged(store_of(folder).list(), wanted, sort, descending=reverse)
    if as_json:
        emit({"runs": [{"id": info.id, **info.model_dump(exclude=_LONG)} for info in found]})
        return
    rows = [
        (
            i.id,
            i.state,
            f"{i.epochs}/{i.planned_epochs}",
            i.best_epoch,
            figures(i.best),
            figures(i.last),
            tags,
        )
        for i, tags in ((info, " ".join(info.tags)) for info in found)
    ]
    table(("id", "state", "epochs", "best epoch", "best", "last", "tags"), rows)


def curves(
    folder: Folder,
    run: RunId = "latest",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="Write them as CSV.")
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write them as TensorBoard's event files.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a run's curves. With --json whole: a pair of step and value a point, by name."""
    from workbench.runs.scalars import curves as curves_of

    opened = store_of(folder).open(run)
    written: dict[str, Path] = {}
    if output is not None:
        from workbench.runs.curves_csv import write_csv

        free_to_write(output, home_of(folder), ".csv")
        write_csv([opened], output)
        written["path"] = output
    if tensorboard is not None:
        from workbench.runs.tensorboard import write_events

        with told_progress("Writing events") as progress:
            written["tensorboard"] = write_events(opened, tensorboard, progress)
    if as_json and written:
        emit({"run": opened.id, **written})
        return
    found = curves_of(opened)
    if as_json:
        emit({name: list(zip(*map(plain, curve), strict=True)) for name, curve in found.items()})
        return
    _table_of_curves(found)
    for path in written.values():
        say(f"Written to {path}.")


def _table_of_curves(found: dict[str, Curve]) -> None:
    names = ("values", "first", "last", "lowest", "highest")
    stats = {name: statistics(values) for name, (_, values) in found.items()}
    rows = [
        (name, len(values), values[0], values[-1], stats[name].minimum, stats[name].maximum)
        for name, (_, values) in found.items()
        if len(values)
    ]
    table(("curve", *names), rows, right=names)


def compare(folder: Folder, left: OneRun, right: OneRun, as_json: Json = False) -> None:
    """Show what differs between two runs.

    That is figures, settings, the stack, and what they were trained with.
    """
    from workbench.runs.compare import compare as compared
    from workbench.runs.compare_text import diff_lines, to_json

    store = store_of(folder)
    found = compared(store.open(left).info(), store.open(right).info())
    if as_json:
        emit(to_json(found))
        return
    heads = (f"run {found.left}", f"run {found.right}")
    _pairs(("figure", *heads), found.figures)
    say("")
    _pairs(("setting", *heads), found.settings)
    say("")
    for line in found.changed_layers or ():
        for text in diff_lines(line):
            say(text)
    if not found.changed_layers:
        say("The stacks are alike.")
    say("")
    _pairs(("trained with", *heads), [pair for pair in found.about if not pair.same])


def _pairs(heads: tuple[str, ...], pairs: Any) -> None:
    from workbench.runs.compare_text import shown

    listed: list[Pair] = list(pairs)
    table(heads, [(pair.name, shown(pair.left), shown(pair.right)) for pair in listed])
    if not listed:
        say("(nothing differs)")


def note(
    folder: Folder,
    run: OneRun,
    tags: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Add a tag.")] = None,
    untags: Annotated[
        list[str] | None, typer.Option("--untag", metavar="TAG", help="Take a tag away.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Notes, in place of those before.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tag a run, or write notes on it. Without options, show them."""
    from workbench.runs.tags import retagged

    opened = store_of(folder).open(run)
    changes: dict[str, Any] = {}
    if tags or untags:
        changes["tags"] = retagged(opened.info().tags, tags or (), untags or ())
    if text is not None:
        changes["notes"] = text
    if changes:
        opened.update(**changes)
    info = opened.info()
    if as_json:
        emit({"run": info.id, "tags": info.tags, "notes": info.notes})
        return
    say(f"run {info.id}: {' '.join(info.tags) or 'no tags'}")
    if info.notes:
        say(info.notes)


VERBS = (runs, curves, compare, note)
