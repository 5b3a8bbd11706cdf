"""Whether the stack can learn a single batch by heart: what can't do that has a fault somewhere."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch import nn

from workbench.data.dataset import Dataset
from workbench.graph.project import Project
from workbench.graph.training import Constant
from workbench.train.preflight.trial import Trial

STEPS = 200
MOST = 64
"""Samples in the batch, at most."""
LOW = 0.05
"""The loss at which a batch is known: of classes as it is (each sample's own class gets 95 % of the
probability), of values as a share of the loss at the start."""

Verdict = Literal["learned", "slow", "stuck", "diverged"]

_CLASSES = frozenset({"cross_entropy", "nll", "bce", "bce_with_logits"})
"""Losses of classes whose floor is 0."""


@dataclass(frozen=True, eq=False)
class OneBatch:
    """How learning one batch went.

    ``losses``: float64, shape (steps,), each before its step. ``floor``: at or below it, a batch counts as
    learned. ``message`` is the verdict in a sentence, ``remedy`` what to look at; "" where all is well.
    """

    verdict: Verdict
    message: str
    remedy: str
    samples: int
    floor: float
    losses: NDArray[np.float64]

    def to_json(self) -> dict[str, Any]:
        """Return it in types that JSON has."""
        return {
            "verdict": self.verdict,
            "message": self.message,
            "remedy": self.remedy,
            "samples": self.samples,
            "floor": self.floor,
            "losses": self.losses.tolist(),
        }


def learn_one_batch(
    project: Project,
    dataset: Dataset,
    *,
    device: str | None = None,
    seed: int | None = None,
    folder: Path | None = None,
    steps: int = STEPS,
) -> Generator[float, None, OneBatch]:
    """Train a throw-away copy on one batch again and again; yield the loss of each step.

    With the project's optimiser at its full rate, but without what keeps a network from learning by heart:
    dropout, mixup, label smoothing, penalties and averages. It ends as soon as the batch is well known. The
    same seed gives the same result. Raises `UserError` where the project can't be trained.
    """
    trial = Trial(_plain(project), dataset, device=device, seed=seed, folder=folder)
    for module in trial.model.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.eval()
    batch = next(trial.batches(min(MOST, project.training.batch_size)))
    floor = LOW
    losses: list[float] = []
    for _ in range(steps):
        with trial.working():
            losses.append(float(trial.step(batch, project.training.optimizer.lr)))
        if len(losses) == 1 and trial.loss not in _CLASSES:
            floor = LOW * losses[0]
        if not math.isfinite(losses[-1]) or losses[-1] < floor / 5:
            break
        yield losses[-1]
    return judged(np.array(losses), floor, len(batch[1]), project.training.optimizer.lr)


def judged(losses: NDArray[np.float64], floor: float, samples: int, lr: float) -> OneBatch:
    """Return what the losses of steps on one batch say."""
    start, least, last = float(losses[0]), float(np.nanmin(losses)), float(losses[-1])
    how = f"in {len(losses)} steps on {samples} samples the loss went from {start:.3g} to {last:.3g}"
    if not np.isfinite(losses).all() or last > 2 * start:
        verdict: Verdict = "diverged"
        message = f"It doesn't learn one batch: {how}."
        remedy = f"Lower the learning rate (try {lr / 10:.1g}), or clip gradients."
    elif least <= floor:
        verdict, message, remedy = "learned", f"It learns one batch: {how}.", ""
    elif least < start / 2:
        verdict = "slow"
        message = f"It learns one batch slowly: {how}; {floor:.2g} is the aim."
        remedy = "Raise the learning rate, or make the stack larger."
    else:
        verdict = "stuck"
        message = f"It doesn't learn one batch: {how}; {floor:.2g} is the aim."
        remedy = (
            "Look at the data (do targets belong to their samples, are inputs scaled?), at the stack's end "
            "and the loss, and at the learning rate."
        )
    return OneBatch(verdict, message, remedy, samples, floor, losses)


def _plain(project: Project) -> Project:
    """The project without what keeps a network from learning by heart."""
    training = project.training
    change: dict[str, Any] = {"schedule": Constant(), "mixup": 0.0, "l1": 0.0, "l2": 0.0, "ema": 0.0}
    if "weight_decay" in type(training.optimizer).model_fields:
        change["optimizer"] = training.optimizer.model_copy(update={"weight_decay": 0.0})
    if "label_smoothing" in type(training.loss).model_fields:
        change["loss"] = training.loss.model_copy(update={"label_smoothing": 0.0})
    return project.model_copy(update={"training": training.model_copy(update=change)})
