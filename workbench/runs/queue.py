"""The queue of runs: projects as they were when they were added, trained one after the other.

It lies in ``runs/queue.json``, is written atomically, and survives closing. Who trains takes the next item
with `RunQueue.take` and says how it went with `RunQueue.finish`; a run that fails doesn't hold the others up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.atomic import write_atomic
from workbench.graph.file import explain, parse
from workbench.graph.frozen import Frozen
from workbench.runs import machine
from workbench.runs.file_lock import alone

NAME = "queue.json"
FORMAT = 1

T = TypeVar("T")

State = Literal["waiting", "running", "done", "failed"]


class Item(Frozen):
    """A run that is to be trained, or was.

    ``id`` counts from 1 and is never given twice. ``changes`` are the assignments that set it apart from the
    project it was added from, for people to read; ``project`` has them already. ``run`` is the id of the run
    that it became, "" before. ``message`` says why it failed. ``added``: UTC, ISO 8601.
    """

    id: int = Field(ge=1)
    state: State = "waiting"
    changes: tuple[str, ...] = ()
    device: str | None = None
    added: str = ""
    run: str = ""
    message: str = ""
    process: machine.Process | None = None
    project: dict[str, Any] = {}

    def opened(self) -> Project:
        """Return the project to train. Raises `UserError`."""
        return parse(json.dumps(self.project), f"item {self.id} of the queue")


class _File(Frozen):
    format: int = FORMAT
    next_id: int = Field(default=1, ge=1)
    items: tuple[Item, ...] = ()


class RunQueue:
    """The queue of the project in a folder. Every method reads the file anew, and raises `UserError`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "runs" / NAME

    def items(self) -> tuple[Item, ...]:
        """Return all items, in order. One that ran in a process that is gone has failed."""
        return tuple(_as_it_is(item) for item in self._read().items)

    def item(self, item_id: int) -> Item:
        """Return an item by its id."""
        items = self.items()
        return items[_place(items, item_id)]

    def add(self, project: Project, changes: Sequence[str] = (), device: str | None = None) -> Item:
        """Put a project, as it is now, at the end of the queue."""
        raw = project.model_dump(mode="json", exclude={"search"})
        added = datetime.now(UTC).isoformat(timespec="seconds")

        def change(file: _File) -> tuple[_File, Item]:
            item = Item(id=file.next_id, changes=tuple(changes), device=device, added=added, project=raw)
            items = (*file.items, item)
            return file.model_copy(update={"next_id": file.next_id + 1, "items": items}), item

        return self._changed(change)

    def remove(self, item_id: int) -> tuple[int, Item]:
        """Take an item out; return where it stood and the item, for `put_back`. Not while it runs."""

        def change(items: list[Item]) -> tuple[int, Item]:
            at = _place(items, item_id)
            if items[at].state == "running":
                raise UserError(f"item {item_id} of the queue is being trained.", remedy="Stop it first.")
            return at, items.pop(at)

        return self._edit(change)

    def put_back(self, at: int, item: Item) -> None:
        """Undo `remove`."""

        def change(items: list[Item]) -> None:
            if all(other.id != item.id for other in items):
                items.insert(at, item)

        self._edit(change)

    def move(self, item_id: int, by: int) -> None:
        """Move an item down by so many places, or up where ``by`` is negative, as far as that goes."""

        def change(items: list[Item]) -> None:
            at = _place(items, item_id)
            item = items.pop(at)
            items.insert(min(max(at + by, 0), len(items)), item)

        self._edit(change)

    def retry(self, item_id: int) -> Item:
        """Let an item that is done or failed wait again, for a run of its own."""

        def change(items: list[Item]) -> Item:
            at = _place(items, item_id)
            if items[at].state in ("running", "waiting"):
                raise UserError(f"item {item_id} of the queue is {items[at].state} already.")
            items[at] = items[at].model_copy(
                update={"state": "waiting", "run": "", "message": "", "process": None}
            )
            return items[at]

        return self._edit(change)

    def clear_done(self) -> None:
        """Take out the items that are done."""

        def change(items: list[Item]) -> None:
            items[:] = [item for item in items if item.state != "done"]

        self._edit(change)

    def take(self) -> Item | None:
        """Claim the next waiting item for this process; None where none waits.

        Raises `UserError` while another process trains one: they are trained one after the other.
        """

        def change(items: list[Item]) -> Item | None:
            _refuse_beside_another(items)
            at = next((n for n, item in enumerate(items) if item.state == "waiting"), None)
            if at is None:
                return None
            items[at] = items[at].model_copy(update={"state": "running", "process": machine.this_process()})
            return items[at]

        return self._edit(change)

    def note_run(self, item_id: int, run: str) -> None:
        """Say which run an item that is running became."""
        self._edit(lambda items: _update(items, item_id, run=run))

    def finish(self, item_id: int, state: State, run: str = "", message: str = "") -> None:
        """Say how an item went; "waiting" puts it back in line. One that is gone meanwhile stays gone."""
        self._edit(lambda items: _update(items, item_id, state=state, run=run, message=message, process=None))

    def _edit(self, change: Callable[[list[Item]], T]) -> T:
        """Change the items, in place, and write them; nobody else changes them meanwhile."""

        def edit(file: _File) -> tuple[_File, T]:
            items = [_as_it_is(item) for item in file.items]
            found = change(items)
            return file.model_copy(update={"items": tuple(items)}), found

        return self._changed(edit)

    def _changed(self, change: Callable[[_File], tuple[_File, T]]) -> T:
        with alone(self.path.with_suffix(".lock"), "the queue"):
            file, found = change(self._read())
            write_atomic(self.path, (file.model_dump_json(indent=2) + "\n").encode())
        return found

    def _read(self) -> _File:
        try:
            file = _File.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return _File()
        except ValidationError as error:
            raise _damaged(self.path, explain(error)) from None
        except OSError as error:
            raise _damaged(self.path, str(error.strerror or error)) from error
        if file.format != FORMAT:
            raise _damaged(self.path, f"it has format {file.format}, this program reads {FORMAT}")
        return file


def _as_it_is(item: Item) -> Item:
    if item.state == "running" and not (item.process and item.process.alive):
        message = "The program ended while it ran."
        if item.run:
            message += f" Run {item.run} can go on from where it was; training this again begins anew."
        return item.model_copy(update={"state": "failed", "message": message, "process": None})
    return item


def _refuse_beside_another(items: Sequence[Item]) -> None:
    here = machine.this_process().pid
    for item in items:
        if item.state == "running" and item.process is not None and item.process.pid != here:
            raise UserError(
                f"item {item.id} is being trained by another program (process {item.process.pid}).",
                place="queue",
                remedy="Wait until it is done, or stop it there, and begin again.",
            )


def _update(items: list[Item], item_id: int, **changes: object) -> None:
    for at, item in enumerate(items):
        if item.id == item_id:
            items[at] = item.model_copy(update=changes)


def _place(items: Sequence[Item], item_id: int) -> int:
    for at, item in enumerate(items):
        if item.id == item_id:
            return at
    known = ", ".join(str(item.id) for item in items)
    raise UserError(
        f"nothing in the queue has the number {item_id}.",
        remedy=f"There are {known}." if known else "The queue is empty.",
    )


def _damaged(path: Path, why: str) -> UserError:
    return UserError(
        f"the queue can't be read ({why.rstrip('.')}).",
        place=str(path),
        remedy="Restore the file from a copy, or delete it to begin a new queue.",
    )
