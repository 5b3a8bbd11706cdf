"""Where a run's values stand on an axis of epochs, steps or seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.runs.info import RunInfo
from workbench.runs.lookup import value_of
from workbench.runs.scalars import Curve

Axis = Literal["epoch", "step", "time"]


def places(
    steps: NDArray[np.int64], axis: Axis, info: RunInfo, found: Mapping[str, Curve]
) -> NDArray[np.float64]:
    """Return where on an axis values stand that were measured after so many steps, shape (n,).

    Epochs are counted by the curves that have a value an epoch, so that they are right where the batch size
    was changed on the way; before the first has ended, by the number of samples. Time is in seconds, at the
    run's mean speed.
    """
    if axis == "step":
        return steps.astype(np.float64)
    if axis == "time":
        return steps.astype(np.float64) * (info.seconds / info.step if info.step else 0.0)
    ends = epoch_ends(found)
    if not len(ends):
        return steps.astype(np.float64) / steps_per_epoch(info)
    known = np.concatenate(([0], ends))
    last = float(known[-1] - known[-2])
    beyond = np.maximum(steps - known[-1], 0) / last
    return np.asarray(np.interp(steps, known, np.arange(len(known))) + beyond, np.float64)


def epoch_ends(found: Mapping[str, Curve]) -> NDArray[np.int64]:
    """Return the steps after which epochs ended, by the series that have a value an epoch."""
    rare = [steps for name, (steps, _) in found.items() if name != "train_loss" and len(steps)]
    return max(rare, key=len) if rare else np.empty(0, np.int64)


def steps_per_epoch(info: RunInfo) -> float:
    """Return how many steps an epoch has, by the settings that the run began with; at least 1."""
    size = value_of(info, "batch_size")
    samples = info.data.samples.get("train", 0) if info.data else 0
    return max(1.0, float(-(-samples // size))) if isinstance(size, int) and size > 0 else 1.0
