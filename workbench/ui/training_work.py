"""What the training thread does: opens a run, and trains into it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.errors import UserError
from workbench.graph import Project
from workbench.train.controls import Controls
from workbench.train.events import Started
from workbench.train.launch import ALONE, Layout
from workbench.ui.earlier_curves import earlier_curves

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.runs.store import RunStore
    from workbench.train.starting import Start


@dataclass(frozen=True)
class Order:
    """What to train: a project on its data; or a run to go on with, under the settings that it has.

    ``at``: the run's checkpoint, by its steps, from which a new run branches off, with the settings of
    ``project``; None to go on in the run itself. ``layout``: the processes that train it, if not this one.
    """

    project: Project
    dataset: Dataset
    folder: Path
    device: str
    run: str = ""
    at: int | None = None
    layout: Layout = ALONE


class RunOpened(NamedTuple):
    """Sent before the first event of training: which run it goes into, and what there is to tell of it."""

    run_id: str
    project: Project
    start: Start
    note: str
    seed: int


def train(order: Order, controls: Controls) -> Generator[Any, None, None]:
    """Carry an order out, yielding `RunOpened` and then what `workbench.runs.recorder.record` yields.

    After its `Started`, a run that is gone on with tells its `EarlierCurves`.
    """
    from workbench.runs.match import require_same_data
    from workbench.runs.store import RunStore

    store = RunStore(order.folder)
    if order.run:
        require_same_data(store.open(order.run), order.project.data)
    work = _here if order.layout.alone else _together
    with closing(work(order, store, controls)) as events:
        for event in events:
            yield event
            if isinstance(event, Started) and order.run and order.at is None:
                with suppress(UserError):  # no reason not to train
                    yield earlier_curves(store.open(order.run), event)


def _here(order: Order, store: RunStore, controls: Controls) -> Generator[Any, None, None]:
    """Train in this process."""
    from workbench.runs.opening import announced, begun, branched, resumed
    from workbench.runs.recorder import record

    if order.run and order.at is not None:
        made = branched(store, order.run, order.at, order.project, order.dataset, controls, order.device)
    elif order.run:
        made = resumed(store, order.run, order.dataset, controls, order.device)
    else:
        made = begun(store, order.project, order.dataset, controls, order.device)
    run, trainer = made
    opened = RunOpened(run.id, trainer.project, trainer.start, trainer.note, trainer.seed)
    yield from announced(run, opened) if run.id != order.run else (opened,)
    yield from record(run, trainer)


def _together(order: Order, store: RunStore, controls: Controls) -> Generator[Any, None, None]:
    """The same, in other processes."""
    from workbench.runs.watch import Opened, WatchedTraining
    from workbench.train.starting import Start

    project = order.project
    if order.run and order.at is None:
        project = store.open(order.run).project()
    training = WatchedTraining(
        project,
        order.folder,
        order.layout,
        device=order.device,
        resume=order.run,
        at=order.at,
        controls=controls,
    )
    with closing(training.events()) as events:
        for event in events:
            if isinstance(event, Opened):
                start = Start(event.start, event.whole)
                yield RunOpened(event.run_id, project, start, " ".join(event.notes), event.seed)
            else:
                yield event
