"""Training what waits in the queue, one run after the other."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import UserError
from workbench.runs.queue import Item, RunQueue

if TYPE_CHECKING:
    from workbench.runs.info import RunInfo
    from workbench.train.events import Event


@dataclass(frozen=True)
class ItemStarted:
    """An item of the queue became a run."""

    item: Item
    run: str


@dataclass(frozen=True)
class ItemEnded:
    """An item is done, or failed, as its state says."""

    item: Item


def train_queue(folder: Path) -> Generator[ItemStarted | Event | ItemEnded, None, None]:
    """Train what waits, item by item, until nothing does; items that are added meanwhile too.

    Between an `ItemStarted` and its `ItemEnded` come the events of its training. An item that can't be
    trained fails with a message, and the next one follows. Closing it stops the run; its item waits again.
    Raises `UserError` where the queue can't be read or written.
    """
    queue = RunQueue(folder)
    while (item := queue.take()) is not None:
        try:
            run = yield from _train(folder, queue, item)
        except UserError as error:
            queue.finish(item.id, "failed", queue.item(item.id).run, str(error))
        except BaseException:
            queue.finish(item.id, "waiting")
            raise
        else:
            failed = run.state == "failed"
            queue.finish(item.id, "failed" if failed else "done", run.id, run.message if failed else "")
        yield ItemEnded(queue.item(item.id))


def _train(folder: Path, queue: RunQueue, item: Item) -> Generator[ItemStarted | Event, None, RunInfo]:
    from workbench.data.load import load
    from workbench.runs.opening import announced
    from workbench.runs.recorder import record
    from workbench.runs.store import RunStore
    from workbench.train.trainer import Trainer

    project = item.opened()
    if project.data is None:
        raise UserError(
            "the project has no data.", place=f"item {item.id}", remedy="Add it with data chosen."
        )
    dataset = load(project.data, folder)
    trainer = Trainer(project, dataset, device=item.device, folder=folder)
    run = RunStore(folder).create(project, dataset, device=item.device)
    queue.note_run(item.id, run.id)
    yield from announced(run, ItemStarted(item, run.id))
    yield from record(run, trainer)
    return run.info()
