"""The learning-rate range test: the loss while the rate grows (Smith, 2017, arXiv:1506.01186)."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.graph.project import Project
from workbench.train.preflight.trial import Trial

LOW, HIGH, STEPS = 1e-7, 10.0, 140
"""The first and the last rate, and the number of steps between: 17 and a half a decade."""
DIVERGED = 4.0
"""The test ends where the loss is so many times its lowest, as in fastai and Lightning."""
SMOOTH = 0.9
"""Share of the running mean that decides on that which is kept each step."""
FALL = 0.02
"""Share of the loss at the start by which it must fall at least, to be no noise."""
WIDTH = 3.0
"""Standard deviation, in steps, of the bell that the curve is smoothed with."""


@dataclass(frozen=True, eq=False)
class Tried:
    """The rates that were tried since the last such event, and the losses; float64, shape (steps,)."""

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RateTest:
    """What the test found: float64, shape (steps,).

    ``losses`` are as measured, each before the step at its rate; ``smoothed`` runs through them.
    ``suggestion`` is the rate at which the smoothed loss falls fastest while the rate grows, as in Lightning;
    None where it never falls.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    suggestion: float | None

    @property
    def message(self) -> str:
        """What is to be said of it."""
        if self.suggestion is None:
            return "The loss doesn't fall at any rate: look at the data, the loss and the stack's end."
        return f"The loss falls fastest at a learning rate of {self.suggestion:.2g}."

    def to_json(self) -> dict[str, Any]:
        """Return it in types that JSON has."""
        return {
            "suggestion": self.suggestion,
            "message": self.message,
            "rates": self.rates.tolist(),
            "losses": self.losses.tolist(),
        }


def find_rate(
    project: Project,
    dataset: Dataset,
    *,
    device: str | None = None,
    seed: int | None = None,
    folder: Path | None = None,
    steps: int = STEPS,
) -> Generator[Tried, None, RateTest]:
    """Train a throw-away copy while the rate grows from 1e-7 to 10 by equal factors; yield what was tried.

    It ends early where the loss runs away. The same seed gives the same test. Raises `UserError` for LBFGS,
    and where the project can't be trained.
    """
    optimizer = project.training.optimizer.name
    if optimizer == "LBFGS":
        raise UserError(
            "LBFGS chooses how far it steps by itself, so that a test of rates says nothing.",
            place="training.optimizer",
            remedy="Leave its learning rate at 1, or choose another optimiser.",
        )
    trial = Trial(project, dataset, device=device, seed=seed, folder=folder)
    batches = trial.batches(project.training.batch_size)
    rates = np.geomspace(LOW, HIGH, steps)
    losses: list[float] = []
    watch = _Divergence()
    for number, rate in enumerate(rates.tolist()):
        with trial.working():
            losses.append(float(trial.step(next(batches), rate)))
        if watch.diverged(losses[-1]):
            break
        yield Tried(rates[number : number + 1], np.array(losses[-1:]))
    return judged(rates[: len(losses)], np.array(losses))


def judged(rates: NDArray[np.float64], losses: NDArray[np.float64]) -> RateTest:
    """Return what losses at growing rates say; where they are no finite numbers, the curve ends."""
    finite = np.isfinite(losses)
    end = len(losses) if finite.all() else int(np.argmin(finite))
    rates, losses = rates[:end], losses[:end]
    # What runs away at the end would be smeared over all that is before it.
    smooth = smoothed(np.minimum(losses, 2 * np.median(losses[: max(1, end // 3)]))) if end else losses
    return RateTest(rates, losses, smooth, steepest(rates, smooth))


def smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values under a bell that moves along; unlike a running mean it doesn't lag behind."""
    places = np.arange(len(values))
    weights = np.exp(-0.5 * ((places[:, None] - places[None, :]) / WIDTH) ** 2)
    return np.asarray(weights @ values / weights.sum(1))


def steepest(rates: NDArray[np.float64], losses: NDArray[np.float64]) -> float | None:
    """Return the rate where the loss falls fastest over the logarithm of the rate.

    Only up to its lowest point; None where it falls by less than a fiftieth.
    """
    lowest = int(np.argmin(losses)) if len(losses) else 0
    if lowest < 2:
        return None
    start = float(np.median(losses[: max(1, lowest // 3)]))
    if start - losses[lowest] < FALL * abs(start):
        return None
    slopes = np.gradient(losses[: lowest + 1], np.log(rates[: lowest + 1]))
    return float(rates[int(np.argmin(slopes))])


class _Divergence:
    """Whether a loss has run away from its lowest, by a running mean."""

    def __init__(self) -> None:
        self._mean = 0.0
        self._count = 0
        self._best = math.inf

    def diverged(self, loss: float) -> bool:
        self._count += 1
        self._mean = SMOOTH * self._mean + (1 - SMOOTH) * loss
        mean = self._mean / (1 - SMOOTH**self._count)
        if not math.isfinite(mean):
            return True
        self._best = min(self._best, mean)
        return mean > DIVERGED * self._best
