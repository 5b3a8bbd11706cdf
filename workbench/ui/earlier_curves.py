"""What a run had learned before it was gone on with, to be drawn before what it learns now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.train.events import Started
from workbench.ui.curve import Curve
from workbench.ui.epoch_places import EpochPlaces
from workbench.ui.past_curve import in_epochs

if TYPE_CHECKING:
    from workbench.runs.run import Run


@dataclass(frozen=True)
class EarlierCurves:
    """A run's losses, metrics and learning rates up to where it goes on, by name, over epochs."""

    curves: dict[str, Curve]


def earlier_curves(run: Run, started: Started) -> EarlierCurves:
    """Return a run's curves up to the step that it goes on from.

    What it had learned after its last checkpoint is learned anew, and left out. Raises `UserError` for
    curves that can't be read.
    """
    from workbench.runs.scalars import curves

    upto = started.first_step
    found = {name: (s[s <= upto], v[s <= upto]) for name, (s, v) in curves(run).items()}
    ends = max((steps for name, (steps, _) in found.items() if name != "train_loss"), key=len, default=None)
    # Where batches have had several sizes, a step's place is not exact: none may be beyond what follows.
    places = EpochPlaces()
    places.begin(started)
    here = float(places.of(upto, 1)[0])
    made: dict[str, Curve] = {}
    for name, (steps, values) in found.items():
        if len(steps):
            made[name] = Curve()
            made[name].append(np.minimum(in_epochs(steps, ends), here), values)
    return EarlierCurves(made)
