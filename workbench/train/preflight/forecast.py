"""What a run will cost, told before it starts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from workbench.build.check import check
from workbench.data.dataset import Dataset
from workbench.graph.project import Project
from workbench.train import device as devices
from workbench.train.preflight.fitting import MARGIN, Room, largest_batch, room
from workbench.train.preflight.memory import Memory, StepMemory, measure, refuse_hopeless
from workbench.train.preflight.timing import SECONDS, Timing, time_epoch


@dataclass(frozen=True)
class Forecast:
    """What a run takes, as far as it is known; what is still worked out, or can't be, is None.

    ``flops``: of one sample's forward pass. ``step``: memory for a batch of any size; ``room``: what the
    device has; ``samples``: those of the training split.
    """

    params: int
    flops: int
    device: str
    batch_size: int
    epochs: int
    samples: int
    room: Room
    step: StepMemory | None = None
    timing: Timing | None = None

    @property
    def memory(self) -> Memory | None:
        """What a step takes with the project's batch size."""
        return self.step.at(min(self.batch_size, self.samples)) if self.step else None

    @property
    def fits(self) -> bool | None:
        """Whether a step fits, with a margin."""
        return self.memory.total <= self.room.usable if self.memory else None

    @property
    def largest_batch(self) -> int | None:
        """The largest batch that fits; 0 where none does."""
        return largest_batch(self.step, self.room, self.samples) if self.step else None

    @property
    def run_seconds(self) -> float | None:
        """Seconds that the whole run takes."""
        return self.timing.epoch_seconds * self.epochs if self.timing else None

    def to_json(self) -> dict[str, Any]:
        """Return it in types that JSON has; memory in bytes."""
        return {
            "params": self.params,
            "flops": self.flops,
            "device": self.device,
            "batch_size": self.batch_size,
            "memory": {**asdict(self.memory), "total": self.memory.total} if self.memory else None,
            "room": asdict(self.room),
            "margin": MARGIN,
            "fits": self.fits,
            "largest_batch": self.largest_batch,
            "samples_per_second": self.timing.samples_per_second if self.timing else None,
            "epoch_seconds": self.timing.epoch_seconds if self.timing else None,
            "run_seconds": self.run_seconds,
            "note": self.timing.note if self.timing else "",
        }


def forecast(
    project: Project,
    dataset: Dataset,
    *,
    device: str | None = None,
    folder: Path | None = None,
    seconds: float = SECONDS,
    working: Callable[[], None] = lambda: None,
) -> Generator[Forecast, None, Forecast]:
    """Work out what a run takes: first what is known at once, then memory, then the time.

    Yields what is known so far, several times while steps are timed. ``working`` is called often while
    memory is measured and may raise to end the work. Steps that don't fit are not timed. Raises `UserError`
    where the project can't be trained.
    """
    training = project.training
    report = check(project.model, dataset.facts)
    place = devices.resolve(device or training.device)
    known = Forecast(
        params=report.params,
        flops=report.flops,
        device=devices.describe(place),
        batch_size=training.batch_size,
        epochs=training.epochs,
        samples=len(dataset.splits["train"]),
        room=room(place),
    )
    yield known
    refuse_hopeless(known.params, training.optimizer.name, known.room.total)
    step = measure(project, dataset, device=device, folder=folder, working=working)
    known = replace(known, step=step)
    yield known
    if not known.fits:
        return known
    timed = time_epoch(project, dataset, device=device, folder=folder, seconds=seconds)
    try:
        while True:
            next(timed)
            yield known
    except StopIteration as end:
        return replace(known, timing=end.value)
