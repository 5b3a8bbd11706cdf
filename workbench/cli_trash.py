"""The verbs that clean up: delete runs, bring them back, and empty the trash."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import Annotated

import typer

from workbench.cli_options import Folder, Json
from workbench.cli_output import counted, emit, say, table
from workbench.cli_project import store_of
from workbench.errors import UserError
from workbench.train.preflight.amounts import size_of

ManyRuns = Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids of runs.")]


def delete(folder: Folder, ids: ManyRuns, as_json: Json = False) -> None:
    """Move runs to the trash, which keeps them for 30 days. 'workbench restore' brings them back."""
    from workbench.runs.store import info_in
    from workbench.runs.trash import DAYS

    store = store_of(folder)
    found = list(dict.fromkeys(store.open(run).id for run in ids))
    for run in found:
        if info_in(store.open(run).folder).state == "running":
            raise UserError(f"run {run} is being trained.", remedy="Stop it first. No run was deleted.")
    for run in found:
        store.delete(run)
    if as_json:
        emit({"deleted": found})
        return
    kept = size_of(sum(run.size for run in store.trash.runs()))
    say(f"Deleted: {', '.join(found)}. 'workbench restore' brings them back within {DAYS} days.")
    say(f"The trash takes {kept}; 'workbench trash {shlex.quote(str(folder))} --empty' frees that.")


def restore(folder: Folder, ids: ManyRuns, as_json: Json = False) -> None:
    """Bring deleted runs back."""
    store = store_of(folder)
    found = [store.restore(run.zfill(4) if run.isdecimal() else run).id for run in ids]
    if as_json:
        emit({"restored": found})
    else:
        say(f"Restored: {', '.join(found)}.")


def trash(
    folder: Folder,
    empty: Annotated[
        bool, typer.Option("--empty", help="Remove all deleted runs for good: they can't be brought back.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the deleted runs, or remove them for good. What was deleted 30 days ago goes by itself."""
    deleted = store_of(folder).trash
    found = deleted.empty() if empty else deleted.runs()
    size = sum(run.size for run in found)
    if as_json:
        rows = [{"id": run.id, "deleted": _moment(run.when), "bytes": run.size} for run in found]
        emit({"emptied" if empty else "runs": rows, "bytes": size})
    elif not found:
        say("The trash is empty.")
    elif empty:
        say(f"{counted(len(found), 'run')} removed for good; {size_of(size)} freed.")
    else:
        table(("id", "deleted", "size"), [(run.id, _moment(run.when), size_of(run.size)) for run in found])
        say(f"{size_of(size)} in all.")


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")


VERBS = (delete, restore, trash)
