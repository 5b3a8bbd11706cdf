"""The verb ``queue``: runs that are trained one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import typer

from workbench.cli_failing import UnfinishedError
from workbench.cli_options import Device, Folder, Json, one_of, setting
from workbench.cli_output import TrainingProgress, counted, emit, say, table, tell
from workbench.cli_project import home_of, store_of
from workbench.cli_stopping import taken
from workbench.graph.file import load
from workbench.graph.overrides import override
from workbench.runs.queue import Item, RunQueue

Action = Literal["add", "list", "run", "remove", "retry", "up", "down", "clear"]


def queue(
    folder: Folder,
    action: Annotated[
        str,
        typer.Argument(
            metavar="|".join(get_args(Action)), help="What to do.", callback=one_of(get_args(Action))
        ),
    ] = "list",
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Of which item, for remove, retry, up and down.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        setting("Change a value for the run that is added."),
    ] = None,
    device: Device = None,
    as_json: Json = False,
) -> None:
    """Line up runs, and train them one after the other."""
    store_of(folder)  # a project is there
    home = home_of(folder)
    chosen = cast("Action", action)
    if (number is None) == (chosen in ("remove", "retry", "up", "down")):
        raise typer.BadParameter(
            f"'{chosen}' {'needs the number of an item' if number is None else 'takes no number'}."
        )
    if chosen != "add" and (changes or device):
        raise typer.BadParameter("--set and --device go with 'add'.")
    items = RunQueue(home)
    failed: list[Item] = []
    stopped = False
    match chosen:
        case "add":
            project = override(load(home), changes or [])
            item = items.add(project, changes or [], device)
            tell(f"{item.id} was added: {_summary(item)}")
        case "remove":
            items.remove(number or 0)
        case "retry":
            items.retry(number or 0)
        case "up" | "down":
            items.move(number or 0, -1 if chosen == "up" else 1)
        case "clear":
            items.clear_done()
        case "run":
            stopped, failed = _train_queue(home)
    rows = items.items()
    told = {"items": [_facts(item) for item in rows]}
    if rows and not as_json:
        table(("", "state", "changes", "run", "message"), [_row(item) for item in rows], right=("",))
    elif not as_json:
        say("The queue is empty. 'workbench queue DIR add' adds the project as it is.")
    if stopped:
        raise UnfinishedError("stopped; the run that was under way waits again.", told, place="queue")
    if failed:
        count = counted(len(failed), "run")
        raise UnfinishedError(f"{count} failed.", told, place="queue", remedy=failed[-1].message)
    if as_json:
        emit(told)


def _train_queue(home: Path) -> tuple[bool, list[Item]]:
    """Train what waits; return whether it was stopped, and what failed."""
    from workbench.runs.queued import ItemEnded, ItemStarted, train_queue

    failed: list[Item] = []
    progress: list[TrainingProgress] = []

    def take(event: Any) -> None:
        if isinstance(event, ItemStarted):
            tell(f"{event.item.id}: {_summary(event.item)}")
            progress[:] = [TrainingProgress(event.run).__enter__()]
        elif isinstance(event, ItemEnded):
            _leave(progress)
            if event.item.state == "failed":
                failed.append(event.item)
                tell(f"{event.item.id} failed: {event.item.message}")
        else:
            progress[0].show(event)

    try:
        return taken(train_queue(home), take), failed
    finally:
        _leave(progress)


def _leave(progress: list[TrainingProgress]) -> None:
    while progress:
        progress.pop().__exit__(None, None, None)


def _summary(item: Item) -> str:
    return ", ".join(item.changes) or "the project as it is"


def _row(item: Item) -> tuple[object, ...]:
    return item.id, item.state, _summary(item), item.run or None, item.message or None


def _facts(item: Item) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude={"project", "process"})
