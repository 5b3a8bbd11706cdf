"""How fast training goes: real steps on a copy, for a second or two."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import torch

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.train.events import Changed, EpochEnded, Failed, Finished, Started, Steps
from workbench.train.trainer import Trainer

SECONDS = 1.5
"""How long steps are timed, by default; a report of steps at least."""

TINY = 1e-9
"""The learning rate while timing."""


@dataclass(frozen=True)
class Timing:
    """Training's speed: ``samples_per_second`` in steps, ``epoch_seconds`` with the validation after them."""

    samples_per_second: float
    epoch_seconds: float
    note: str = ""
    """What happened meanwhile that a person should know, such as memory that ran out; "" for nothing."""


def time_epoch(
    project: Project,
    dataset: Dataset,
    *,
    device: str | None = None,
    folder: Path | None = None,
    seconds: float = SECONDS,
) -> Generator[float, None, Timing]:
    """Train a throw-away copy for so many seconds; yield the share of them that has passed.

    The first report of steps and the first epoch are left out where there are more: they prepare. Nothing
    is compiled, which would take longer than it shows. Raises `UserError` where the project can't be
    trained.
    """
    trainer = Trainer(_careful(project), dataset, device=device, folder=folder)
    speeds: list[tuple[int, float]] = []
    epochs: list[float] = []
    note = "Timed without compiling, which takes longer than this." if project.training.compile else ""
    begun = perf_counter()
    with closing(trainer.events()) as events:
        for event in events:
            if isinstance(event, Started):
                begun = perf_counter()
            elif isinstance(event, Steps):
                speeds.append((len(event.losses), event.samples_per_second))
            elif isinstance(event, EpochEnded):
                epochs.append(event.seconds)
            elif isinstance(event, Changed):
                note = event.why or note
            elif isinstance(event, Failed):
                note = event.message
            passed = (perf_counter() - begun) / seconds
            if isinstance(event, Failed | Finished) or (speeds and passed >= 1):
                break
            yield min(1.0, passed)
    if not speeds:
        raise UserError(note or "no step was done.", place="training")
    speed = _mean(speeds[1:] or speeds)
    if epochs:
        return Timing(speed, median(epochs[1:] or epochs), note)
    train, validation = len(dataset.splits["train"]), dataset.splits["validation"]
    forward = _forward(trainer, dataset) if len(validation) else 0.0
    return Timing(speed, train / speed + len(validation) * forward, note)


def _careful(project: Project) -> Project:
    """The project with a rate at which nothing diverges, and no early end: neither bears on the time."""
    training = project.training
    change = {"lr": TINY, "adamw_lr": TINY}
    names = change.keys() & type(training.optimizer).model_fields.keys()
    optimizer = training.optimizer.model_copy(update={name: change[name] for name in names})
    plain = {"compile": False, "epochs": 100_000, "patience": 0, "optimizer": optimizer}
    return project.model_copy(update={"training": training.model_copy(update=plain)})


def _mean(speeds: list[tuple[int, float]]) -> float:
    """Samples a second over reports of so many steps at such a speed."""
    return sum(steps for steps, _ in speeds) / sum(steps / max(speed, 1e-9) for steps, speed in speeds)


def _forward(trainer: Trainer, dataset: Dataset) -> float:
    """Seconds a sample of running the model without learning, as validation does."""
    size = trainer.project.training.batch_size
    chosen = dataset.splits["validation"][:size]
    inputs = torch.from_numpy(dataset.batch(chosen)).to(trainer.device)
    trainer.model.eval()
    taken = []
    with torch.inference_mode():
        for _ in range(2):  # the first prepares
            begun = perf_counter()
            trainer.model(inputs)
            if trainer.device.type == "cuda":
                torch.cuda.synchronize(trainer.device)
            taken.append(perf_counter() - begun)
    return min(taken) / len(chosen)
