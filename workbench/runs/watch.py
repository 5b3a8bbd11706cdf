"""A training in other processes, watched: its events come as if it were done here."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from workbench.errors import UserError
from workbench.graph import Project
from workbench.runs.child import Child
from workbench.runs.run import Run
from workbench.train.controls import Controls
from workbench.train.event_json import event_from_json
from workbench.train.events import Event, Failed, Finished
from workbench.train.launch import Layout, command, environment, suits
from workbench.train.orders import Order

MODULE = "workbench.runs.rank"
"""What each process runs."""
SECONDS_TO_STOP = 60.0
"""Time that a training has to keep what was learned when it is closed."""
_SECONDS = 0.05
"""How often controls are looked at while nothing is heard."""


class Opened(NamedTuple):
    """Comes before all events: the run that they belong to, and what there is to tell of its start.

    ``notes`` are sentences on the data and the way of training; ``start`` and ``whole`` are what
    `workbench.train.starting.Start` says.
    """

    run_id: str
    seed: int
    notes: tuple[str, ...]
    start: str
    whole: bool


class WatchedTraining:
    """Trains a project in the processes of a `Layout`, or goes on with a run ``resume`` as ``project`` says.

    ``for event in training.events()`` does it, with the meaning that it has for `Trainer`: all processes wait
    while no event is asked for, and closing the generator stops them and keeps what was learned. What
    ``controls`` ask for is passed on, and done at the same step in all processes. With ``at``, a new run goes
    on from that run's checkpoint after so many steps. Raises `UserError` for what can't be trained so.
    """

    def __init__(
        self,
        project: Project,
        folder: Path,
        layout: Layout,
        *,
        device: str | None = None,
        seed: int | None = None,
        resume: str = "",
        at: int | None = None,
        controls: Controls | None = None,
    ) -> None:
        layout.check()
        suits(project.training, layout)
        if project.data is None:
            raise UserError("the project has no data.", place=str(folder), remedy="Choose data first.")
        self._project = project
        self._folder = folder
        self._layout = layout
        self._place = {
            "folder": str(folder.resolve()),
            "device": device or project.training.device,
            "backend": layout.backend,
            "shard": layout.shard,
        }
        self._request = {
            "project": project.model_dump(mode="json"),
            "seed": seed,
            "resume": resume,
            "at": at,
        }
        self.controls = controls or Controls()
        self._run: Run | None = None
        self._stopped = False
        self._one_by_one = False
        self._errors: dict[str, Any] = {}
        self._received = 0
        self._ended = False

    def events(self) -> Generator[Opened | Event, None, None]:
        """Start the processes and yield what happens; call it once.

        Only machine 0 has events to tell; on others this yields nothing, and returns when all is over. Raises
        `UserError` where training can't start, or where a process ends before its time; the run is then
        "failed" and can be resumed from its last checkpoint.
        """
        with TemporaryDirectory(prefix="workbench-") as logs:
            words = command(self._layout, MODULE, [json.dumps(self._place)], Path(logs))
            with Child(words, environment(self._layout)) as child:
                child.tell(self._request)
                try:
                    yield from self._heard(child)
                except GeneratorExit:
                    self._close(child)
                    raise
                status = child.wait()
        self._judge(status, child.last_words)

    def stop(self) -> None:
        """Let `events` end with ``Finished("stopped")``, or at once where no run was begun."""
        self.controls.stopping = True

    def change(self, name: str, value: float) -> None:
        """Change a setting from the next step on, as `Trainer.change`. Raises `UserError`."""
        self.controls.change(self._project.training, name, value)

    def _heard(self, child: Child) -> Generator[Opened | Event, None, None]:
        """Yield what the first process says, until all are gone; ask for each event."""
        while True:
            self._pass_on(child)
            try:
                found = child.next(_SECONDS)
            except TimeoutError:
                continue
            if found is None:
                return
            if "event" not in found and "run" not in found:
                self._errors = {**found, **self._errors}  # of each kind the first counts
                continue
            self._received += 1
            yield self._event(found)
            self._pass_on(child)  # before the word to go on, so that it holds for the next step
            child.tell(Order("go", value=self._received).to_json())

    def _event(self, found: Any) -> Opened | Event:
        if "run" in found:
            self._run = Run(self._folder / "runs" / found["run"])
            notes = tuple(found["notes"])
            return Opened(found["run"], found["seed"], notes, found["start"], found["whole"])
        event = event_from_json(found)
        self._ended = isinstance(event, Finished | Failed)
        return event

    def _pass_on(self, child: Child) -> None:
        """Tell the processes what the controls ask for."""
        controls, orders = self.controls, list[Order]()
        if controls.one_by_one != self._one_by_one:
            self._one_by_one = controls.one_by_one
            orders.append(Order("one_by_one", value=float(self._one_by_one)))
        while controls.wishes:
            orders.append(Order("change", *controls.wishes.popleft()))
        while controls.keep_wanted:
            controls.keep_wanted -= 1
            orders.append(Order("keep"))
        if controls.stopping and not self._stopped:
            self._stopped = True
            orders.append(Order("stop"))
        for order in orders:
            child.tell(order.to_json())
        if self._stopped and self._run is None:
            child.kill()  # nothing was learned yet

    def _close(self, child: Child) -> None:
        """Stop, and wait until what was learned is kept."""
        child.tell(Order("stop").to_json())
        with suppress(TimeoutError):
            while child.next(SECONDS_TO_STOP) is not None:
                pass

    def _judge(self, status: int, last_words: str) -> None:
        """Raise `UserError` where the processes didn't end as they should, and note it in the run."""
        stopped_early = self._stopped and self._run is None
        if self._ended or stopped_early or (status == 0 and not self._layout.leads):
            return
        error = self._error(status, last_words)
        if self._run is not None and self._run.info().state in {"running", "interrupted", "failed"}:
            self._run.update(state="failed", message=str(error))
        raise error

    def _error(self, status: int, last_words: str) -> UserError:
        told = self._errors.get("error")
        if told is not None:
            return UserError(told["what"], place=told["place"], remedy=told["remedy"])
        remedy = "Its last checkpoint is kept: resume the run." if self._run else ""
        lost = "lost" in self._errors  # who tells of that ends itself
        what = self._errors.get("broken") or ended(last_words, from_outside=lost)
        if what:
            return UserError(f"{what.rstrip('.')}.", remedy=remedy)
        if lost:
            where = ", on another machine" if self._layout.nnodes > 1 else ""
            return UserError(f"another process of the training is gone{where}.", remedy=remedy)
        line = (last_words.strip().splitlines() or ["it said nothing"])[-1]
        return UserError(f"the training processes ended with status {status} ({line}).", remedy=remedy)


def ended(report: str, *, from_outside: bool = False) -> str:
    """Return which process ended how, by what torchrun reports; "" where it doesn't say.

    Processes that ended by themselves aren't told of where only an end ``from_outside`` is asked for.
    """
    said = r"rank\s*:\s*(\d+).*?\n\s*exitcode\s*:\s*(-?\d+)"
    cause = re.search(said, report.rpartition("Root Cause")[2])  # the others were ended because of it
    if not cause:
        return ""
    # But one that waited for a killed process may have given up, and been seen, before that one was.
    ends = [(int(rank), int(code)) for rank, code in (cause.groups(), *re.findall(said, report))]
    killed = (end for end in ends if end[1] < 0 and end[1] != -signal.SIGTERM)
    rank, code = next(killed, ends[0])
    if code >= 0:
        return "" if from_outside else f"process {rank} ended with status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    why = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"process {rank} was ended from outside ({name}{why})"
